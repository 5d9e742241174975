//! An office at work: whoever sits there takes steps, each signed under a grant that is in force, and the store takes them once.
//!
//! A [`Desk`] joins what the rules, the officers and the store hold apart. A step is signed as an act over its statement
//! ([`crate::issuance::store::Draft::acts`]); the roster says whether each signer may; only then the store is asked. The same job again
//! is found by its id, whatever the clock says by then.

mod error;
mod officer;
#[cfg(unix)]
pub mod session;
pub mod signatures;
#[cfg(test)]
mod tests;

pub use error::DeskError;
pub use officer::{By, Hand, HandError, Officer};

use super::office::Office;
use super::officer::Roster;
use super::store::{Done, Draft, Entry, Hands, Id, Move, Store, StoreKey};
use crate::world::Clock;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, offset};
use rand_core::CryptoRng;

/// An office, its store and its roster.
pub struct Desk<'a> {
    /// Which office: whose chain of the audit the steps go to.
    pub office: Office,
    /// Grants as far as they are known here.
    pub roster: &'a Roster,
    /// What the office knows and does.
    pub store: &'a mut dyn Store,
    /// The key of the store.
    pub key: &'a StoreKey,
    /// The office's clock.
    pub clock: &'a dyn Clock,
    /// For nonces of what is sealed, and for numbers that are drawn.
    pub rng: &'a mut dyn CryptoRng,
}

impl std::fmt::Debug for Desk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Desk({})", self.office)
    }
}

impl Desk<'_> {
    /// What the office's clock says.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The day in the archipelago's west, where the offices' books turn their page.
    #[must_use]
    pub fn today(&self) -> Date {
        self.now().to_zoned(TimeZone::fixed(offset(7))).date()
    }

    /// Takes steps together, each by its own hands: all of them, or none. The same job again is found, and not done again.
    ///
    /// # Errors
    /// [`DeskError`]: an officer may not, a signature could not be had, or what the store says.
    pub fn take(&mut self, job: &Id, steps: Vec<(Move, By<'_>)>) -> Result<Done, DeskError> {
        let (moves, by): (Vec<Move>, Vec<By<'_>>) = steps.into_iter().unzip();
        let draft = Draft::new(job.clone(), self.office.into(), self.now(), moves)?;
        if let Some(done) = self.before(job, &draft)? {
            return Ok(done);
        }
        let acts = draft.acts().zip(by);
        let hands: Result<Vec<Hands>, DeskError> =
            acts.map(|((name, subject), by)| by.sign(self.roster, (&name, subject), (self.office, draft.at()))).collect();
        Ok(self.store.take(&draft.signed(hands?)?)?)
    }

    /// The same, every step by the same hands.
    ///
    /// # Errors
    /// As [`Desk::take`].
    pub fn take_by(&mut self, job: &Id, moves: Vec<Move>, by: By<'_>) -> Result<Done, DeskError> {
        self.take(job, moves.into_iter().map(|step| (step, by)).collect())
    }

    /// What this job did before.
    fn before(&mut self, job: &Id, draft: &Draft) -> Result<Option<Done>, DeskError> {
        let rows = self.store.job(job)?;
        if rows.is_empty() {
            return Ok(None);
        }
        if !draft.is_what_was_done(&rows) {
            return Err(super::store::StoreError::Conflict(job.to_string()).into());
        }
        Ok(Some(Done { entries: rows.into_iter().map(Entry::from).collect(), again: true }))
    }
}
