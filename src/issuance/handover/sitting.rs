//! A comparison at a desk: every capture is kept before anything is said of it, so that one that is left is gone on with, and none is
//! made uncounted.
//!
//! What is kept is a sealed part of the card, each time with a step of the card (*try*) in the audit, signed by whoever sits there. The
//! name of the change is drawn from the card and the number of the capture: two processes over one card cannot both keep an n-th.

use super::HandoverError;
use super::policy::TrialPolicy;
use super::present::Presented;
use super::trial::{Ended, Kept, Next, Sample, Trial, TrialError};
use crate::finger::position::FingerPosition;
use crate::issuance::card;
use crate::issuance::desk::{By, Desk};
use crate::issuance::store::{Id, Kind, Move, Part, StoreError, Word};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// How long a match that was kept is good for a handover that was cut short.
const MATCH_AGE: SignedDuration = SignedDuration::from_mins(15);

/// A trial with the number of changes that kept it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    n: u32,
    trial: Kept,
}

/// A comparison that goes on at a desk.
#[derive(Debug)]
pub struct Sitting {
    trial: Trial,
    card: Id,
    case: Id,
    n: u32,
    /// Whether everything so far is kept: after a change that was refused, nothing more is taken.
    is_kept: bool,
}

impl Sitting {
    /// Sits down over a card: goes on with the comparison that was begun, or begins one under this policy, which is kept at once.
    ///
    /// # Errors
    /// [`TrialError`]: no finger, as many sittings as may be, a round that is another officer's; what desk and store say.
    pub fn over(desk: &mut Desk<'_>, presented: &Presented, policy: TrialPolicy, by: By<'_>) -> Result<Self, HandoverError> {
        let (card, case) = (presented.card().clone(), presented.case.id.clone());
        let officer = by.first.id();
        let Some(written) = written(desk, &card)? else {
            let trial = Trial::begin(policy, presented.fingers(), officer)?;
            let mut sitting = Self { trial, card, case, n: 0, is_kept: true };
            sitting.keep(desk, by)?;
            return Ok(sitting);
        };
        let trial = Trial::resume(&written.trial, presented.fingers(), officer)?;
        let mut sitting = Self { trial, card, case, n: written.n, is_kept: true };
        let age = desk.now().duration_since(presented.card.changed);
        match sitting.next() {
            Next::Over(Ended::NoMatch(_)) | Next::SecondOfficer => {}
            Next::Over(Ended::Match(_)) if age <= MATCH_AGE => {}
            Next::Over(_) => {
                sitting.trial.again(officer)?;
                sitting.keep(desk, by)?;
            }
            Next::Capture(_) => sitting.seat(by)?,
        }
        Ok(sitting)
    }

    /// What is due.
    #[must_use]
    pub fn next(&self) -> Next {
        self.trial.next()
    }

    /// Captures that were made so far.
    #[must_use]
    pub fn captures(&self) -> usize {
        self.trial.captures().len()
    }

    /// Takes what the sensor gave of the finger that is due, and keeps it before it says what is due then.
    ///
    /// # Errors
    /// [`TrialError`]; what desk and store say: that somebody else kept a capture meanwhile, too.
    pub fn take(
        &mut self,
        desk: &mut Desk<'_>,
        (position, sample): (FingerPosition, Sample<'_>),
        device: Option<&Word>,
        by: By<'_>,
    ) -> Result<Next, HandoverError> {
        if !self.is_kept {
            return Err(HandoverError::NotKept);
        }
        self.trial.take(position, sample, device.map(Word::as_str))?;
        self.keep(desk, by)?;
        Ok(self.next())
    }

    /// The next round is another officer's, one of those who sit here.
    ///
    /// # Errors
    /// [`HandoverError::SecondMissing`], and the round stays kept until somebody comes; [`TrialError::SameOfficer`].
    pub fn repeat(&mut self, desk: &mut Desk<'_>, by: By<'_>) -> Result<Next, HandoverError> {
        let second = by.second.ok_or(HandoverError::SecondMissing)?;
        let either = self.trial.repeat_by(second.id());
        match either {
            Err(TrialError::SameOfficer) => self.trial.repeat_by(by.first.id())?,
            other => other?,
        };
        self.keep(desk, by)?;
        Ok(self.next())
    }

    /// Whose round goes on: whoever of these took none of the rounds before.
    fn seat(&mut self, by: By<'_>) -> Result<(), TrialError> {
        let others = by.second.map_or(Err(TrialError::SameOfficer), |second| self.trial.sits(second.id()));
        self.trial.sits(by.first.id()).or(others)
    }

    fn keep(&mut self, desk: &mut Desk<'_>, by: By<'_>) -> Result<(), HandoverError> {
        self.is_kept = false;
        self.n += 1;
        let job = Id::parse(&format!("T-{}-{}", self.card, self.n))?;
        let kept = Written { n: self.n, trial: self.trial.kept() };
        let plain = Zeroizing::new(serde_json::to_vec(&kept).unwrap_or_else(|_| unreachable!("a trial is plain JSON")));
        let sealed = desk.key.seal(Kind::Card, &self.card, Part::Trial, &plain, desk.rng)?;
        // A digest under the store's key: scores are few, and must not be found by trying.
        let evidence = desk.key.mark("trial", &plain);
        let step = Move::card_of(self.card.clone(), self.case.clone(), card::Step::Try).by_evidence(evidence).with_sealed(sealed);
        let step = match self.trial.captures().last().and_then(|c| c.device.as_deref()).map(Word::parse) {
            Some(device) => step.on(device?),
            None => step,
        };
        desk.take_by(&job, vec![step], by)?;
        self.is_kept = true;
        Ok(())
    }
}

fn written(desk: &mut Desk<'_>, card: &Id) -> Result<Option<Written>, HandoverError> {
    let Some(sealed) = desk.store.sealed(Kind::Card, card, Part::Trial)? else { return Ok(None) };
    let plain = desk.key.open(&sealed)?;
    Ok(Some(serde_json::from_slice(&plain).map_err(|_| StoreError::Damaged("trial"))?))
}

/// The trial of a card as it is kept; none where none was begun.
///
/// # Errors
/// What the store says.
pub fn kept(desk: &mut Desk<'_>, card: &Id) -> Result<Option<Kept>, HandoverError> {
    Ok(written(desk, card)?.map(|written| written.trial))
}

/// Whether the last sitting over a card ended without a sample that was good enough.
///
/// # Errors
/// [`TrialError::Kept`]; what the store says.
pub fn was_too_poor(desk: &mut Desk<'_>, card: &Id) -> Result<bool, HandoverError> {
    Ok(kept(desk, card)?.is_some_and(|kept| kept.is_too_poor()))
}
