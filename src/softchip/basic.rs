//! Basic Access Control on the chip, where the test profile enables it (Doc 9303-11 4.3).

use super::chip::SoftChip;
use super::controls;
use super::layout::PACE_FAILURES;
use super::pace::{Under, answer};
use super::secure::Proven;
use super::session::Selected;
use super::status::{CONDITIONS_NOT_SATISFIED, Done, Stop, WRONG_LENGTH, refuse};
use crate::chip::apdu::Command;
use crate::chip::bac::{self, BacKeys};

/// Bytes of the chip's challenge.
const CHALLENGE: u32 = 8;

impl SoftChip {
    /// Whether a plain GET CHALLENGE or EXTERNAL AUTHENTICATE is for BAC: in LDS1, without a session.
    pub(super) fn serves_bac(&self) -> bool {
        self.session.selected == Selected::Lds1 && !self.session.secure.is_open() && controls::has_bac(&self.store)
    }

    /// GET CHALLENGE.
    pub(super) fn bac_challenge(&mut self, command: &Command) -> Done {
        if command.le() != Some(CHALLENGE) {
            return refuse(WRONG_LENGTH);
        }
        let mut challenge = [0; 8];
        self.rng.fill_bytes(&mut challenge);
        self.session.secure.under = Under::Basic(challenge);
        Ok(challenge.to_vec())
    }

    /// EXTERNAL AUTHENTICATE, once for each challenge; counted like a try of PACE.
    pub(super) fn bac_authenticate(&mut self, challenge: &[u8; 8], command: &Command) -> Done {
        let digest = controls::mrz_digest(&self.store).ok_or(Stop::Status(CONDITIONS_NOT_SATISFIED))?;
        self.slow_down();
        self.store.count_attempt(PACE_FAILURES)?;
        let keys = BacKeys::from_mrz_digest(&digest);
        let (response, channel) = bac::answer(&keys, challenge, command, &mut *self.rng).map_err(|s| Stop::Status(s.0))?;
        self.store.attempt_was_good(PACE_FAILURES)?;
        self.session.secure.proven = Some(Proven::by_basic());
        self.session.secure.replace_channel(channel);
        answer(response)
    }
}
