//! The probe: what is on the reader, and where its job really stands. Every run begins here; nothing is assumed.

use super::command::{ChipState, KVN_UNIQUE, PERSONALIZATION, open};
use super::desk::Desk;
use super::door::Door;
use super::lock::{Locked, Personalized};
use super::write::Opened;
use crate::chip::apdu::StatusWord;
use crate::perso::error::PersoError;
use crate::perso::state::{Intent, State};
use crate::reason::Reason;

/// What the probe found.
pub(super) enum Seen {
    /// A chip in PERSO_OPEN that is this job's.
    Open(Box<Opened>),
    /// A chip in PERSONALIZED that is this job's.
    Personalized(Personalized),
    /// A LOCKED chip that holds this job's EF.SOD.
    Locked(Locked),
}

impl Desk<'_, '_, '_> {
    /// Looks at the chip from a fresh power-up.
    pub(super) fn probe(&mut self) -> Result<Seen, PersoError> {
        const STEP: &str = "SELECT personalization";
        self.power_cycle()?;
        match self.select(STEP, PERSONALIZATION)? {
            StatusWord::NO_ERROR => self.through_the_door(),
            StatusWord::CONDITIONS_NOT_SATISFIED => self.closed().map(Seen::Locked),
            status => Err(PersoError::NotOurs { step: STEP, status: status.0 }),
        }
    }

    /// Door 2 of the job's chip or of a blank, with the chip-unique keys; makes the first tap if it has none yet.
    pub(super) fn door_two(&mut self) -> Result<Door, PersoError> {
        let level = self.station.options.level;
        if let Some(door) = self.handshake(PERSONALIZATION, KVN_UNIQUE, level)? {
            return Ok(door);
        }
        self.first_tap()?;
        match self.select("SELECT personalization", PERSONALIZATION)? {
            StatusWord::NO_ERROR => {}
            status => return Err(PersoError::NotOurs { step: "SELECT personalization", status: status.0 }),
        }
        self.handshake(PERSONALIZATION, KVN_UNIQUE, level)?.ok_or(PersoError::Unexpected("first tap"))
    }

    fn through_the_door(&mut self) -> Result<Seen, PersoError> {
        let mut door = self.door_two()?;
        let status = door.status(self)?;
        if status.state == ChipState::Blank {
            self.check_room(usize::try_from(status.room).unwrap_or(usize::MAX))?;
        }
        if self.job.chip.is_none() {
            if status.state != ChipState::Blank {
                // At a level where answers bear no MAC another than the chip may have said so.
                if door.vouches() {
                    self.set_aside(door.serial, Reason::CardNotBlank);
                }
                return Err(PersoError::NotBlank(status.state.name()));
            }
            self.reserve(&door)?;
        }
        match status.state {
            // OPEN may have been answered by another than the chip, at a level where answers bear no MAC.
            ChipState::Blank if self.job.state <= State::Open => {
                door.send(self, "PERSO_OPEN", &open())?;
                self.advance(State::Open)?;
                Ok(Seen::Open(Box::new(Opened::new(door, status))))
            }
            ChipState::PersoOpen if self.job.state < State::Personalized => {
                self.advance(State::Open)?;
                Ok(Seen::Open(Box::new(Opened::new(door, status))))
            }
            ChipState::Personalized if self.job.intended(Intent::Commit) => {
                self.advance(State::Personalized)?;
                Ok(Seen::Personalized(Personalized::seen()))
            }
            state => Err(PersoError::Unexplained { chip: state.name(), job: self.job.state.name() }),
        }
    }

    /// Binds the chip to the job, before the first byte that changes it.
    pub(super) fn reserve(&mut self, door: &Door) -> Result<(), PersoError> {
        let now = self.now();
        self.station.journal.reserve(&self.job.id, door.serial, now)?;
        self.refresh(State::Reserved)
    }

    /// No door answers: LOCKED, or TERMINATED, or no chip of ours. Only a job whose LOCK was intended looks further.
    fn closed(&mut self) -> Result<Locked, PersoError> {
        if self.job.chip.is_none() {
            return Err(PersoError::NotBlank("no door answers"));
        }
        if !self.job.intended(Intent::Lock) {
            return Err(PersoError::Unexplained { chip: "LOCKED or TERMINATED", job: self.job.state.name() });
        }
        self.confirm_locked()
    }
}
