//! A port that watches invariant I6: at every irreversible APDU its intent must already be durable.

use crate::chip::port::{Port, PortError, PortLimits};
use crate::crypto::hash::sha256;
use crate::perso::job::JobId;
use crate::perso::journal::{Journal, Ledger as _};
use crate::perso::state::Intent;
use crate::softchip::{SharedChip, SoftChip, SoftPort};
use crate::world::DangerousSeededEntropy;

pub(super) struct Spy {
    pub(super) port: SoftPort,
    journal: Journal,
    job: JobId,
    /// Whether a byte of DG2 rots as soon as COMMIT was answered.
    pub(super) rots: bool,
    /// Instruction byte of every APDU.
    pub(super) instructions: Vec<u8>,
    /// Irreversible APDUs whose intent was not durable.
    pub(super) violations: Vec<&'static str>,
}

impl Spy {
    pub(super) fn new(port: SoftPort, journal: Journal, job: JobId) -> Self {
        Self { port, journal, job, rots: false, instructions: Vec::new(), violations: Vec::new() }
    }

    fn watch(&mut self, apdu: &[u8]) {
        let intent = match apdu {
            [0x84, 0xD8, ..] => Intent::FirstTap,
            [0x84, 0x46, 0x80, slot, ..] => Intent::Generate(*slot),
            [0x84, 0xF0, 0x80, 0x07, ..] => Intent::Commit,
            [0x84, 0xF0, 0x80, 0x0F, ..] => Intent::Lock,
            [0x84, 0xF0, 0x80, 0x7F, ..] => Intent::Terminate,
            _ => return,
        };
        let durable = self.journal.job(&self.job).is_ok_and(|job| job.intended(intent));
        if !durable {
            self.violations.push(intent.name());
        }
    }
}

impl Port for Spy {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, PortError> {
        self.watch(apdu);
        self.instructions.extend(apdu.get(1));
        let answer = self.port.transmit(apdu);
        if self.rots && apdu.starts_with(&[0x84, 0xF0, 0x80, 0x07]) && answer.is_ok() {
            self.port.chip().iter().for_each(rot);
        }
        answer
    }

    fn power_cycle(&mut self) -> Result<(), PortError> {
        self.port.power_cycle()
    }

    fn atr(&self) -> Vec<u8> {
        self.port.atr()
    }

    fn limits(&self) -> PortLimits {
        self.port.limits()
    }

    fn fingerprint(&self) -> String {
        self.port.fingerprint()
    }
}

/// Alters one byte of DG2 in the chip's memory.
fn rot(chip: &SharedChip) {
    let mut chip = chip.lock().unwrap();
    let mut state = chip.save();
    let body = state.len() - 32;
    let at = state.windows(100).position(|w| w == [7; 100]).unwrap();
    state[at + 50] ^= 1;
    let sum = sha256(&state[..body]);
    state[body..].copy_from_slice(&sum);
    *chip = SoftChip::restore(&state, DangerousSeededEntropy::new(3)).unwrap();
}
