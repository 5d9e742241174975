//! The end of the order: read back, then LOCK; and what to do when its reply is lost.

use super::command::{self, PERSONALIZATION, SECURITY_DOMAIN};
use super::desk::Desk;
use super::door::Door;
use super::sign::pass_two;
use super::write::whole;
use crate::chip::apdu::StatusWord;
use crate::perso::error::PersoError;
use crate::perso::inspect::{Expected, Matched};
use crate::perso::state::{Intent, State};

/// The chip is PERSONALIZED: readable, not in use.
pub(super) struct Personalized(());

/// The chip was read back and equals its image.
pub(super) struct Checked {
    _matched: Matched,
}

/// The chip is LOCKED.
pub(super) struct Locked(());

impl Personalized {
    /// After COMMIT, or after a probe that saw the state.
    pub(super) fn seen() -> Self {
        Self(())
    }

    /// Reads the card back from a fresh power-up. A resumed job reads again: the proof is never taken from the journal. A reading
    /// may be spoiled on its way or be another card's, and a card is destroyed for a difference; so it takes two readings that
    /// differ, and after them the job's own chip on the reader.
    pub(super) fn read_back(self, desk: &mut Desk<'_, '_, '_>) -> Result<Checked, PersoError> {
        let files = whole(desk, &pass_two(desk)?);
        let expected = Expected { files: &files, passwords: &desk.work.passwords };
        let matched = match desk.read_once(&expected) {
            Err(PersoError::Inspect(first)) if first.is_difference() => match desk.read_once(&expected) {
                Err(PersoError::Inspect(second)) if second.is_difference() => {
                    desk.own_door()?;
                    return Err(second.into());
                }
                other => other?,
            },
            other => other?,
        };
        desk.advance(State::ReadBack)?;
        Ok(Checked { _matched: matched })
    }
}

impl Checked {
    /// LOCK. If its reply is lost, the chip is looked at once more; if it is gone, the job is quarantined.
    pub(super) fn lock(self, desk: &mut Desk<'_, '_, '_>) -> Result<Locked, PersoError> {
        let mut door = desk.own_door()?;
        desk.intend(Intent::Lock)?;
        match door.send(desk, "LOCK", &command::lock()) {
            Ok(_) if door.vouches() => {
                desk.advance(State::Locked)?;
                Ok(Locked(()))
            }
            // Two bare status words that agree, and EF.SOD behind them: LOCK's own, and the door's.
            Ok(_) => desk.after_unsure_lock(PersoError::Unexpected("LOCK"), Desk::shows_own_sod),
            Err(lost) => desk.after_unsure_lock(lost, Desk::confirm_locked),
        }
    }
}

impl Desk<'_, '_, '_> {
    /// The personalization door of the job's own chip, from a fresh power-up: the handshake admits no other.
    fn own_door(&mut self) -> Result<Door, PersoError> {
        const STEP: &str = "SELECT personalization";
        self.power_cycle()?;
        match self.select(STEP, PERSONALIZATION)? {
            StatusWord::NO_ERROR => {}
            status => return Err(PersoError::NotOurs { step: STEP, status: status.0 }),
        }
        let level = self.station.options.level;
        self.handshake(PERSONALIZATION, command::KVN_UNIQUE, level)?.ok_or(PersoError::Unexpected("INITIALIZE UPDATE"))
    }

    fn read_once(&mut self, expected: &Expected<'_>) -> Result<Matched, PersoError> {
        self.power_cycle()?;
        Ok(self.station.inspector.read_back(self.link.port(), expected, &mut self.inspected)?)
    }

    /// The reply to LOCK did not come or cannot be trusted: the chip alone knows.
    fn after_unsure_lock(
        &mut self,
        lost: PersoError,
        confirm: impl FnOnce(&mut Self) -> Result<Locked, PersoError>,
    ) -> Result<Locked, PersoError> {
        let gone = |e: PersoError| match e {
            PersoError::Link { .. } => PersoError::LostAtLock,
            other => other,
        };
        self.power_cycle().map_err(gone)?;
        match self.select("SELECT personalization", PERSONALIZATION).map_err(gone)? {
            StatusWord::CONDITIONS_NOT_SATISFIED => confirm(self),
            // Its door still answers: it did not lock, and the job can be resumed.
            _ => Err(lost),
        }
    }

    /// A chip without doors is this job's LOCKED chip if it shows the job's EF.SOD behind PACE.
    pub(super) fn confirm_locked(&mut self) -> Result<Locked, PersoError> {
        // A bare status word is anyone's: the other door must be closed too before it is believed.
        match self.select("SELECT security domain", SECURITY_DOMAIN)? {
            StatusWord::CONDITIONS_NOT_SATISFIED => {}
            status => return Err(PersoError::NotOurs { step: "SELECT security domain", status: status.0 }),
        }
        self.shows_own_sod()
    }

    /// The job's EF.SOD, behind PACE from a fresh power-up.
    fn shows_own_sod(&mut self) -> Result<Locked, PersoError> {
        let stored = self.job.sod.clone().ok_or(PersoError::Unexplained { chip: "LOCKED", job: self.job.state.name() })?;
        self.power_cycle()?;
        let shown = self.station.inspector.security_object(self.link.port(), &self.work.passwords, &mut self.inspected)?;
        if shown != stored {
            let bound = self.job.chip.map(|c| c.to_string()).unwrap_or_default();
            return Err(PersoError::WrongCard { bound, found: "unknown".into() });
        }
        self.advance(State::Locked)?;
        Ok(Locked(()))
    }
}
