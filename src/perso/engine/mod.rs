//! The engine: one job to one chip on one port by a write-ahead order: intent is durable before each irreversible effect; on every run it probes first.

mod command;
mod desk;
mod door;
mod ending;
mod first_tap;
mod issue;
mod keys;
mod lock;
mod look;
mod probe;
mod sign;
mod write;

pub use look::announced;

use super::error::PersoError;
use super::inspect::Inspector;
use super::job::JobId;
use super::journal::{End, Job, Ledger};
use super::receipt::{Mode, Receipt};
use super::state::State;
use super::work::Work;
use crate::chip::port::Port;
use crate::chip::scp03::Level;
use crate::perso::chunk::ChunkSize;
use crate::pki::key_service::KeyService;
use crate::pki::signer::Signer;
use crate::reason::{Reason, Refusal as _};
use crate::world::Clock;
use rand_core::CryptoRng;

/// How a station personalizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Who holds the keys.
    pub mode: Mode,
    /// Security level of the personalization channel.
    pub level: Level,
    /// Size of the chunks.
    pub chunk: ChunkSize,
}

impl Options {
    /// Level 33 and 223-byte chunks.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        Self { mode, level: Level::Full, chunk: ChunkSize::default() }
    }
}

/// Who watches a run.
pub trait Progress {
    /// A state was reached and is durable.
    fn reached(&mut self, state: State);
    /// Part of the stream is on the chip.
    fn written(&mut self, done: usize, total: usize);
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn reached(&mut self, _: State) {}
    fn written(&mut self, _: usize, _: usize) {}
}

/// Who signs receipts: the station's receipt key.
pub trait Notary {
    /// A detached signature over the receipt's bytes (CMS, DER).
    ///
    /// # Errors
    /// [`PersoError::Receipt`].
    fn sign(&self, receipt: &[u8]) -> Result<Vec<u8>, PersoError>;
    /// Serial number of its certificate, hexadecimal.
    fn certificate(&self) -> String;
}

/// A station: everything but the card and the job.
pub struct Station<'a> {
    /// The journal.
    pub journal: &'a mut dyn Ledger,
    /// Session keys, first-tap key data and proofs.
    pub keys: &'a mut dyn KeyService,
    /// The document signer.
    pub signer: &'a mut dyn Signer,
    /// Quality control.
    pub inspector: &'a mut dyn Inspector,
    /// The receipt key.
    pub notary: &'a dyn Notary,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Host challenges.
    pub rng: &'a mut dyn CryptoRng,
    /// Who watches.
    pub progress: &'a mut dyn Progress,
    /// How it personalizes.
    pub options: Options,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The card is locked, read back and in the receipt chain.
    Issued(Box<Receipt>),
    /// The job waits; the same chip and `resume` bring it on.
    Resumable(PersoError),
    /// The job is void; its chip must be destroyed.
    Void {
        /// Why.
        reason: Reason,
        /// The refusal of this run, if it was this one that ended the job.
        error: Option<PersoError>,
        /// Whether the chip was seen TERMINATED.
        terminated: bool,
    },
    /// The chip's state is unknown; revoke the document number before any replacement.
    Quarantined {
        /// Why.
        reason: Reason,
    },
}

impl Outcome {
    /// The reason code, if no card was issued.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::Issued(_) => None,
            Self::Resumable(e) => Some(e.reason()),
            Self::Void { reason, .. } => Some(*reason),
            Self::Quarantined { .. } => Some(Reason::JobQuarantined),
        }
    }
}

/// Brings a job as far as it will go: takes it in, or finds it in the journal, probes the chip and continues from there.
///
/// # Errors
/// A [`PersoError`] that leaves the job without a chip, as it was: the job conflicts, the journal cannot be written, quality
/// control is not ready, the signer refuses the card, or the chip is no blank of ours. Everything later is an [`Outcome`].
pub fn run(station: &mut Station<'_>, port: &mut dyn Port, work: &Work) -> Result<Outcome, PersoError> {
    // Fail closed before anything: a receipt chain that cannot go on refuses the operation (invariant I7).
    station.journal.chain_head()?;
    let job = station.journal.open_job(&work.job, station.options.mode, station.clock.now())?;
    if let Some(ended) = ending::already_ended(station, &job)? {
        return Ok(ended);
    }
    if job.state != State::Void {
        station.inspector.ready(station.clock.now())?;
    }
    if job.chip.is_none() {
        // A card that the signer refuses in the end must not cost a blank.
        station.signer.accepts(&work.order())?;
    }
    let void = job.state == State::Void;
    let mut desk = desk::Desk::begin(station, port, work, job)?;
    if void {
        return ending::finish_void(&mut desk);
    }
    let result = desk.drive();
    // The APDUs of a run are worth counting, and no reason to call a card unissued whose receipt is in the chain.
    let _ = desk.count();
    match result {
        Ok(receipt) => Ok(Outcome::Issued(Box::new(receipt))),
        Err(error) => ending::settle(&mut desk, error),
    }
}

/// Gives a job up: VOID and TERMINATE if its chip is on the reader with an open door; QUARANTINED if there is no card, or if LOCK
/// was sent and no door opens. Another chip on the reader, or a reader that fails, leaves the job as it was.
///
/// # Errors
/// [`PersoError::Journal`] if there is no such job or it ended already.
pub fn give_up(station: &mut Station<'_>, port: Option<&mut dyn Port>, work: &Work, id: &JobId) -> Result<Outcome, PersoError> {
    let job: Job = station.journal.job(id)?;
    if let Some(ended) = ending::already_ended(station, &job)? {
        return Ok(ended);
    }
    ending::give_up(station, port, work, job)
}

/// Gives up a job that has no chip: it is void, and nothing else is needed for that.
///
/// # Errors
/// [`PersoError::Journal`] if there is no such job or it ended otherwise; [`PersoError::Unexplained`] if a chip is bound to it.
pub fn give_up_unbound(journal: &mut dyn Ledger, id: &JobId, now: jiff::Timestamp) -> Result<(), PersoError> {
    let job = journal.job(id)?;
    if job.chip.is_some() {
        return Err(PersoError::Unexplained { chip: "bound", job: job.state.name() });
    }
    Ok(journal.end(id, End::Void { reason: Reason::JobVoid, terminated: false }, now)?)
}
