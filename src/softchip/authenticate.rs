//! The commands of authentication, each to its protocol.

use super::chip::SoftChip;
use super::pace::Under;
use super::status::{CONDITIONS_NOT_SATISFIED, Done, UNKNOWN_INS, WRONG_P1_P2, refuse};
use crate::chip::apdu::Command;

impl SoftChip {
    /// MSE, GENERAL AUTHENTICATE, PSO, GET CHALLENGE, EXTERNAL and INTERNAL AUTHENTICATE.
    pub(super) fn authenticate(&mut self, command: &Command) -> Done {
        let under = std::mem::take(&mut self.session.secure.under);
        match (command.ins(), command.p1(), command.p2()) {
            (0x22, 0xC1, 0xA4) => self.set_pace(command),
            (0x86, 0x00, 0x00) => match under {
                Under::Pace(run) => self.step_pace(*run, command),
                Under::Nothing => refuse(CONDITIONS_NOT_SATISFIED),
            },
            (0x22 | 0x86, ..) => refuse(WRONG_P1_P2),
            _ => refuse(UNKNOWN_INS),
        }
    }
}
