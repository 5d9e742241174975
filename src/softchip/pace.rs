//! PACE on the chip: passwords, the persistent count of failures and the slow-down.

use super::chip::SoftChip;
use super::controls;
use super::layout::PACE_FAILURES;
use super::secure::Proven;
use super::status::{CONDITIONS_NOT_SATISFIED, Done, NO_REFERENCE, Stop, WRONG_DATA, refuse};
use super::table;
use crate::chip::apdu::{Command, Response};
use crate::chip::ca::CaCard;
use crate::chip::pace::{CardStep, PaceCard, PaceParams, Password};
use crate::chip::set_at::SetAt;
use crate::lds::der;
use crate::lds::file_id::FileId;
use std::time::Duration;

/// Failures in a row after which every further try takes [`SLOW_DOWN`].
const FREE_FAILURES: u16 = 3;
/// What a try then takes at least.
const SLOW_DOWN: Duration = Duration::from_secs(1);

/// A protocol of several commands that is under way.
#[derive(Default)]
pub(super) enum Under {
    /// None.
    #[default]
    Nothing,
    /// PACE, after MSE:Set AT.
    Pace(Box<PaceCard>),
    /// Chip Authentication, after MSE:Set AT.
    ChipAuthentication(CaCard),
    /// BAC, after GET CHALLENGE.
    Basic([u8; 8]),
}

impl SoftChip {
    /// MSE:Set AT for PACE. What an earlier PACE gave ends here.
    pub(super) fn set_pace(&mut self, command: &Command) -> Done {
        self.session.secure.proven = None;
        let set_at = SetAt::parse(command).map_err(|status| Stop::Status(status.0))?;
        let parameters = controls::stored_parameters(&self.store).ok_or(Stop::Status(CONDITIONS_NOT_SATISFIED))?;
        let announced = self.announced(&set_at.protocol);
        let bits = [128, 192, 256]
            .into_iter()
            .find_map(|bits| PaceParams::new(parameters.curve, bits).ok().filter(|p| p.protocol() == set_at.protocol));
        let params = bits.filter(|_| announced).ok_or(Stop::Status(WRONG_DATA))?;
        let id = u64::from(parameters.curve.parameter_id());
        if set_at.reference.is_some_and(|reference| reference != id) {
            return refuse(NO_REFERENCE);
        }
        let password = match set_at.password {
            Some(1) => controls::mrz_digest(&self.store).map(|digest| Password::from_mrz_digest(*digest)),
            Some(2) => controls::can(&self.store).and_then(|can| Password::can(&can).ok()),
            Some(_) => None,
            None => return refuse(WRONG_DATA),
        };
        let password = password.ok_or(Stop::Status(NO_REFERENCE))?;
        let run = PaceCard::start(&params, &password, &mut *self.rng);
        self.session.secure.under = Under::Pace(Box::new(run));
        self.slow_down();
        Ok(Vec::new())
    }

    /// Makes this command wait if too many tries failed.
    pub(super) fn slow_down(&mut self) {
        if self.store.failures(PACE_FAILURES) >= FREE_FAILURES {
            self.work.slow_down = SLOW_DOWN;
        }
    }

    /// One GENERAL AUTHENTICATE of PACE.
    pub(super) fn step_pace(&mut self, run: PaceCard, command: &Command) -> Done {
        let last = command.cla() & 0x10 == 0;
        if last {
            // Counted before it is judged: who cuts the power to hide a failure has it counted.
            self.store.count_attempt(PACE_FAILURES)?;
        } else {
            self.work.agreements += 2;
        }
        match run.process(command) {
            CardStep::Next(response, run) => {
                self.session.secure.under = Under::Pace(run);
                answer(response)
            }
            CardStep::Done(response, done) => {
                self.store.attempt_was_good(PACE_FAILURES)?;
                self.session.secure.proven = Some(Proven::by_pace(done.own));
                self.session.secure.replace_channel(done.sm);
                answer(response)
            }
            CardStep::Failed { response, .. } => answer(response),
        }
    }

    /// Whether EF.CardAccess announces this protocol.
    fn announced(&self, protocol: &str) -> bool {
        let oid = der::oid(protocol);
        let files = table::files(&self.store);
        let file = files.iter().find(|f| f.dgi == FileId::CardAccess.dgi());
        let contents = file.and_then(|f| table::contents(&self.store, f)).unwrap_or_default();
        !oid.is_empty() && contents.windows(oid.len()).any(|window| window == oid)
    }
}

pub(super) fn answer(response: Response) -> Done {
    response.ok().map_err(|status| Stop::Status(status.0))
}
