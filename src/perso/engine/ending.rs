//! What becomes of a job whose run stopped: it waits, it is void, or it is quarantined.

use super::command::{self, KVN_UNIQUE, PERSONALIZATION, SECURITY_DOMAIN};
use super::desk::Desk;
use super::{Outcome, Station};
use crate::chip::apdu::{Command, StatusWord};
use crate::chip::port::Port;
use crate::crypto::scp03::ChipSerial;
use crate::perso::error::{Ending, PersoError};
use crate::perso::journal::{End, Job};
use crate::perso::receipt::Receipt;
use crate::perso::state::{Intent, State};
use crate::perso::work::Work;
use crate::reason::{Reason, Refusal as _};

const SELECT: &str = "SELECT personalization";

/// The outcome of a job that ended before this run. A void job whose chip was not yet seen TERMINATED goes on.
pub(super) fn already_ended(station: &Station<'_>, job: &Job) -> Result<Option<Outcome>, PersoError> {
    let reason = job.reason.unwrap_or(Reason::JobVoid);
    Ok(match job.state {
        State::Issued => {
            let entry = station.journal.receipt(&job.id)?.ok_or(PersoError::Receipt("it is not in the chain".into()))?;
            let receipt = Receipt::from_json(&entry.body).map_err(|_| PersoError::Receipt("it is damaged".into()))?;
            Some(Outcome::Issued(Box::new(receipt)))
        }
        State::Void if job.terminated || !may_speak(reason) => {
            Some(Outcome::Void { reason, error: None, terminated: job.terminated })
        }
        State::Quarantined => Some(Outcome::Quarantined { reason }),
        _ => None,
    })
}

/// A chip that failed authentication is never spoken to again, not even to terminate it.
fn may_speak(reason: Reason) -> bool {
    reason != Reason::CardAuthFailed
}

/// Ends a run that stopped at `error`. A journal that fails on top of it leaves the job as it was; but a chip that failed
/// authentication is refused by that name, for only that keeps it from being tried again.
pub(super) fn settle(desk: &mut Desk<'_, '_, '_>, error: PersoError) -> Result<Outcome, PersoError> {
    match ended(desk, error.clone()) {
        Err(PersoError::Journal(_)) if matches!(error, PersoError::AuthenticationFailed(_)) => Err(error),
        other => other,
    }
}

fn ended(desk: &mut Desk<'_, '_, '_>, error: PersoError) -> Result<Outcome, PersoError> {
    desk.job = desk.station.journal.job(&desk.job.id)?;
    if desk.job.chip.is_none() {
        return Err(error);
    }
    match error.end() {
        // The receipt is in the chain; only the word of it was lost.
        _ if desk.job.state == State::Issued => already_ended(desk.station, &desk.job)?.ok_or(error),
        _ if desk.job.state == State::Void => Ok(Outcome::Void {
            reason: desk.job.reason.unwrap_or(Reason::JobVoid),
            error: Some(error),
            terminated: desk.job.terminated,
        }),
        // LOCK was sent, and what failed now told its serial without proof: the job's own chip may be in use.
        Ending::VoidUntouched if desk.job.intended(Intent::Lock) => quarantine(desk),
        // Before the first write, a chip that failed is set aside and the job keeps its place; it is bound, so it ends.
        Ending::VoidUntouched => end_void(desk, Some(error), false),
        Ending::Void => void(desk, error),
        Ending::Quarantine => {
            let now = desk.now();
            desk.station.journal.end(&desk.job.id, End::Quarantined { reason: error.reason() }, now)?;
            Ok(Outcome::Quarantined { reason: error.reason() })
        }
        Ending::Wait => Ok(Outcome::Resumable(error)),
    }
}

/// Makes the job void first, then tells the chip: a void job with a living chip is safe, the other way round is not.
fn void(desk: &mut Desk<'_, '_, '_>, error: PersoError) -> Result<Outcome, PersoError> {
    let now = desk.now();
    if let Some(chip) = desk.job.chip.filter(|_| error.is_known_key()) {
        desk.station.journal.block(chip, error.reason(), now)?;
    }
    desk.station.journal.end(&desk.job.id, End::Void { reason: error.reason(), terminated: false }, now)?;
    let terminated = desk.terminate().unwrap_or(false);
    let outcome = end_void(desk, Some(error), terminated);
    let _ = desk.count();
    outcome
}

fn end_void(desk: &mut Desk<'_, '_, '_>, error: Option<PersoError>, terminated: bool) -> Result<Outcome, PersoError> {
    let reason = error.as_ref().map_or(Reason::JobVoid, PersoError::reason);
    let now = desk.now();
    desk.station.journal.end(&desk.job.id, End::Void { reason, terminated }, now)?;
    desk.job = desk.station.journal.job(&desk.job.id)?;
    let reason = desk.job.reason.unwrap_or(reason);
    Ok(Outcome::Void { reason, error, terminated: desk.job.terminated })
}

/// Brings the chip of a void job to TERMINATED, if it is on the reader.
pub(super) fn finish_void(desk: &mut Desk<'_, '_, '_>) -> Result<Outcome, PersoError> {
    let result = desk.terminate();
    let _ = desk.count();
    match result {
        Ok(terminated) => end_void(desk, None, terminated),
        Err(e) => end_void(desk, Some(e), false),
    }
}

/// The chip's state cannot be known any more.
fn quarantine(desk: &mut Desk<'_, '_, '_>) -> Result<Outcome, PersoError> {
    let (now, reason) = (desk.now(), Reason::JobQuarantined);
    desk.station.journal.end(&desk.job.id, End::Quarantined { reason }, now)?;
    Ok(Outcome::Quarantined { reason })
}

/// The operator gives up: VOID if the job's chip is there with an open door, QUARANTINED if there is no chip, or if it may be
/// LOCKED. With another chip on the reader, or one that does not answer, the job stays as it is.
pub(super) fn give_up(
    station: &mut Station<'_>,
    port: Option<&mut dyn Port>,
    work: &Work,
    job: Job,
) -> Result<Outcome, PersoError> {
    if job.chip.is_none() {
        super::give_up_unbound(station.journal, &job.id, station.clock.now())?;
        return Ok(Outcome::Void { reason: Reason::JobVoid, error: None, terminated: false });
    }
    let void_before = job.state == State::Void;
    let Some(port) = port else {
        if void_before {
            let reason = job.reason.unwrap_or(Reason::JobVoid);
            return Ok(Outcome::Void { reason, error: None, terminated: job.terminated });
        }
        let now = station.clock.now();
        station.journal.end(&job.id, End::Quarantined { reason: Reason::JobQuarantined }, now)?;
        return Ok(Outcome::Quarantined { reason: Reason::JobQuarantined });
    };
    let mut desk = Desk::begin(station, port, work, job)?;
    if void_before {
        return finish_void(&mut desk);
    }
    match desk.has_open_door() {
        Ok(true) => void(&mut desk, PersoError::GivenUp),
        Ok(false) => quarantine(&mut desk),
        Err(error) => settle(&mut desk, error),
    }
}

impl Desk<'_, '_, '_> {
    /// Whether the job's own chip shows an open door; false if none opens after LOCK was sent.
    fn has_open_door(&mut self) -> Result<bool, PersoError> {
        self.power_cycle()?;
        match self.select(SELECT, PERSONALIZATION)? {
            StatusWord::NO_ERROR => {}
            StatusWord::CONDITIONS_NOT_SATISFIED if self.job.intended(Intent::Lock) => return Ok(false),
            status => return Err(PersoError::NotOurs { step: SELECT, status: status.0 }),
        }
        let level = self.station.options.level;
        if self.handshake(PERSONALIZATION, KVN_UNIQUE, level)?.is_some() {
            return Ok(true);
        }
        // Before its first tap a bound chip has no keys of its own, and nothing of the job on it: what it announces is enough.
        self.select("SELECT security domain", SECURITY_DOMAIN)?;
        let found = self.announced_serial()?;
        if found.is_some() && found == self.job.chip {
            return Ok(true);
        }
        let name = |serial: Option<ChipSerial>| serial.map_or_else(|| "unknown".to_owned(), |s| s.to_string());
        Err(PersoError::WrongCard { bound: name(self.job.chip), found: name(found) })
    }

    /// TERMINATE, from whatever state before LOCKED. True if the chip said so, or answers as a terminated chip after it was asked.
    fn terminate(&mut self) -> Result<bool, PersoError> {
        self.power_cycle()?;
        match self.select(SELECT, PERSONALIZATION)? {
            StatusWord::NO_ERROR => {}
            StatusWord::CONDITIONS_NOT_SATISFIED => {
                return Ok(self.job.intended(Intent::Terminate) && self.is_dead()?);
            }
            status => return Err(PersoError::NotOurs { step: SELECT, status: status.0 }),
        }
        let level = self.station.options.level;
        let Some(mut door) = self.handshake(PERSONALIZATION, KVN_UNIQUE, level)? else {
            return Ok(false);
        };
        self.intend(Intent::Terminate)?;
        door.send(self, "TERMINATE", &command::terminate())?;
        if door.vouches() {
            return Ok(true);
        }
        self.power_cycle()?;
        self.is_dead()
    }

    /// Whether even the MF is refused: a LOCKED card, ours or anyone's, would select it.
    fn is_dead(&mut self) -> Result<bool, PersoError> {
        let mf = self.send("SELECT MF", &Command::new(0x00, 0xA4, 0x00, 0x0C))?;
        Ok(mf.status == StatusWord::CONDITIONS_NOT_SATISFIED)
    }
}
