//! The comparison at handover: the live fingers of whoever claims a card against the fingers on it, as one transaction at one rate.
//!
//! Every finger of the card may be laid down a few times; each finger's best score counts, and the fingers add up. One officer's round
//! that ends without a match is repeated by a second officer; only then is it *no match*. The rate of false matches holds for all of
//! it: the threshold is that of the best of every combination of captures that the policy allows, made or not. A poor sample is neither
//! a match nor a mismatch, and a trial in which a finger gave nothing but poor samples ends as *too poor*.

use crate::finger::matcher::{Band, MatchOutcome};
use crate::finger::matching::{Fmr, MinutiaMatcher, Ready, Score, Threshold, Workspace};
use crate::finger::position::FingerPosition;
use crate::finger::template::Template;
use crate::issuance::officer::OfficerId;

/// A score this near the threshold, in hundredths of a nat, could have fallen the other way.
const NEAR: i32 = 300;
/// Rounds: the desk's officer, and a second one who repeats it.
const ROUNDS: u8 = 2;

/// How a trial is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrialPolicy {
    /// Of persons who are not the holder, the share that the whole transaction lets through.
    pub fmr: Fmr,
    /// How often each finger may be laid down in each round.
    pub captures: u8,
}

impl Default for TrialPolicy {
    /// One in ten thousand; three times.
    fn default() -> Self {
        Self { fmr: Fmr::E4, captures: 3 }
    }
}

/// A capture of the trial, as it is logged: which finger, by which officer, and what came of it; no minutiae.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logged {
    /// Finger of the card.
    pub finger: FingerPosition,
    /// Round, from 1.
    pub round: u8,
    /// Whose round.
    pub officer: OfficerId,
    /// Whether the sample was good enough to be compared.
    pub compared: bool,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// This finger is laid down, or laid down again.
    Capture(FingerPosition),
    /// The round ended without a match: another officer repeats it.
    SecondOfficer,
    /// The trial is over.
    Over(Ended),
}

/// How a trial ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The fingers are the card's.
    Match(Matched),
    /// They are not, after all that the policy allows.
    NoMatch(Mismatched),
    /// It cannot be said: a finger gave nothing but poor samples. The card stays where it is.
    TooPoor,
}

/// The proof that live fingers matched the card's. Only a [`Trial`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    band: Band,
    fingers: Vec<FingerPosition>,
    fmr: Fmr,
    captures: Vec<Logged>,
}

/// The proof that two officers' rounds found live fingers that are not the card's. Only a [`Trial`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatched {
    captures: Vec<Logged>,
    second: OfficerId,
}

impl Matched {
    /// How clear it was.
    #[must_use]
    pub const fn band(&self) -> Band {
        self.band
    }

    /// Fingers that were compared.
    #[must_use]
    pub fn fingers(&self) -> &[FingerPosition] {
        &self.fingers
    }

    /// The transaction's rate of false matches.
    #[must_use]
    pub const fn fmr(&self) -> Fmr {
        self.fmr
    }

    /// Every capture that was made.
    #[must_use]
    pub fn captures(&self) -> &[Logged] {
        &self.captures
    }
}

impl Mismatched {
    /// Every capture that was made.
    #[must_use]
    pub fn captures(&self) -> &[Logged] {
        &self.captures
    }

    /// Who repeated it.
    #[must_use]
    pub const fn second(&self) -> OfficerId {
        self.second
    }
}

/// Why a trial is not begun, or a step of it not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrialError {
    /// The card holds no finger: that is the manual way's.
    #[error("the card holds no finger")]
    NoFinger,
    /// The policy allows no capture.
    #[error("the policy allows no capture")]
    NoCapture,
    /// Another step is due.
    #[error("this is not what is due in the trial")]
    NotDue,
    /// The officer of the first round repeats it.
    #[error("the second round is another officer's")]
    SameOfficer,
}

impl crate::reason::Refusal for TrialError {
    fn reason(&self) -> crate::reason::Reason {
        use crate::reason::Reason;
        match self {
            Self::NoFinger => Reason::NoFingerOnFile,
            Self::NoCapture => Reason::InputInvalid,
            Self::NotDue => Reason::WrongState,
            Self::SameOfficer => Reason::NotPermitted,
        }
    }
}

/// A finger of the card, and what its captures gave.
struct Finger {
    position: FingerPosition,
    stored: Ready,
    /// Captures of this round.
    laid: u8,
    /// The best score of all rounds; none while every sample was too poor.
    best: Option<Score>,
}

/// A trial that goes on.
pub struct Trial {
    policy: TrialPolicy,
    fingers: Vec<Finger>,
    round: u8,
    officer: OfficerId,
    captures: Vec<Logged>,
    workspace: Workspace,
}

impl std::fmt::Debug for Trial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Trial(round {}, {} captures)", self.round, self.captures.len())
    }
}

impl Trial {
    /// Begins one, against the fingers of a card whose signature was checked.
    ///
    /// # Errors
    /// [`TrialError::NoFinger`], [`TrialError::NoCapture`].
    pub fn begin(policy: TrialPolicy, card: &[(FingerPosition, Template)], officer: OfficerId) -> Result<Self, TrialError> {
        let finger = |(position, template): &(_, Template)| Finger {
            position: *position,
            stored: Ready::of(template),
            laid: 0,
            best: None,
        };
        let fingers: Vec<Finger> = card.iter().map(finger).collect();
        if fingers.is_empty() {
            return Err(TrialError::NoFinger);
        }
        if policy.captures == 0 {
            return Err(TrialError::NoCapture);
        }
        Ok(Self { policy, fingers, round: 1, officer, captures: Vec::new(), workspace: Workspace::new() })
    }

    /// What is due.
    #[must_use]
    pub fn next(&self) -> Next {
        if let Some(matched) = self.matched() {
            return Next::Over(Ended::Match(matched));
        }
        // Every finger once, then those that are not used up, in the card's order.
        let due = self.fingers.iter().filter(|f| f.laid < self.policy.captures).min_by_key(|f| f.laid);
        if let Some(finger) = due {
            return Next::Capture(finger.position);
        }
        if self.fingers.iter().any(|f| f.best.is_none()) {
            return Next::Over(Ended::TooPoor);
        }
        if self.round < ROUNDS {
            return Next::SecondOfficer;
        }
        Next::Over(Ended::NoMatch(Mismatched { captures: self.captures.clone(), second: self.officer }))
    }

    /// Takes a capture of the finger that is due: its template, or none if it was too poor to say anything.
    ///
    /// # Errors
    /// [`TrialError::NotDue`].
    pub fn take(&mut self, position: FingerPosition, sample: Option<&Template>) -> Result<Next, TrialError> {
        if self.next() != Next::Capture(position) {
            return Err(TrialError::NotDue);
        }
        let Some(finger) = self.fingers.iter_mut().find(|f| f.position == position) else { return Err(TrialError::NotDue) };
        finger.laid += 1;
        let score = sample.and_then(|template| compared(&mut self.workspace, template, &finger.stored));
        finger.best = finger.best.max(score);
        self.captures.push(Logged { finger: position, round: self.round, officer: self.officer, compared: score.is_some() });
        Ok(self.next())
    }

    /// A second officer repeats the round.
    ///
    /// # Errors
    /// [`TrialError::NotDue`], [`TrialError::SameOfficer`].
    pub fn repeat_by(&mut self, officer: OfficerId) -> Result<Next, TrialError> {
        if self.next() != Next::SecondOfficer {
            return Err(TrialError::NotDue);
        }
        if officer == self.officer {
            return Err(TrialError::SameOfficer);
        }
        self.round += 1;
        self.officer = officer;
        self.fingers.iter_mut().for_each(|finger| finger.laid = 0);
        Ok(self.next())
    }

    /// Captures that were made so far.
    #[must_use]
    pub fn captures(&self) -> &[Logged] {
        &self.captures
    }

    /// The match, if the fused score of the fingers that were compared reaches the threshold of the whole transaction.
    fn matched(&self) -> Option<Matched> {
        let compared: Vec<(FingerPosition, Score)> = self.fingers.iter().filter_map(|f| Some((f.position, f.best?))).collect();
        if compared.is_empty() {
            return None;
        }
        let score = Score::fuse(compared.iter().map(|(_, score)| *score));
        let over = score.centinats().saturating_sub(self.threshold(compared.len()).score.centinats());
        let band = if over < NEAR { Band::Near } else { Band::Clear };
        let fingers = compared.into_iter().map(|(finger, _)| finger).collect();
        (over >= 0).then(|| Matched { band, fingers, fmr: self.policy.fmr, captures: self.captures.clone() })
    }

    /// The threshold for so many fingers. Whoever claims the card has as many chances as there are combinations of captures of the card's
    /// fingers in both rounds, and beside those of all fingers those of each alone.
    fn threshold(&self, fingers: usize) -> Threshold {
        let each = usize::from(self.policy.captures) * usize::from(ROUNDS);
        let all = self.fingers.len().min(2);
        let combinations = (1..=all).fold(1usize, |product, _| product.saturating_mul(each + 1)).saturating_sub(1);
        Threshold::at_fmr(self.policy.fmr, fingers).for_best_of(combinations)
    }
}

/// The score of a sample that is good enough to say anything.
fn compared(workspace: &mut Workspace, sample: &Template, stored: &Ready) -> Option<Score> {
    let judged = MinutiaMatcher::default().judge_ready(workspace, &Ready::of(sample), stored).ok()?;
    (judged.outcome != MatchOutcome::SampleTooPoor).then_some(judged.score)
}

#[cfg(test)]
#[path = "trial_tests.rs"]
mod tests;
