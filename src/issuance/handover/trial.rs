//! The comparison at handover: the live fingers of whoever claims a card against the fingers on it, as one transaction at one rate.
//!
//! Every finger of the card may be laid down a few times; each finger's best score counts, and the fingers add up. One officer's round
//! that ends without a match is repeated by another officer; only after the last round is it *no match*. A poor sample is neither a match
//! nor a mismatch, and a sitting in which a finger gave nothing but poor samples ends as *too poor*: whoever claims the card may come
//! again, so often as the policy allows. The rate of false matches holds for all of it: the threshold is that of the best of every
//! combination of captures in every sitting that the policy allows, made or not. What was laid down is kept ([`Kept`]), and a comparison
//! that was left is gone on with, never begun anew.

use super::policy::{self, PolicyError, TrialPolicy};
use crate::finger::matcher::{Band, MatchOutcome};
use crate::finger::matching::{MinutiaMatcher, Ready, Score, Threshold, Workspace};
use crate::finger::position::FingerPosition;
use crate::finger::template::Template;
use crate::issuance::officer::OfficerId;
use crate::limits::HANDOVER_LOG;
use serde::{Deserialize, Serialize};

/// Format of what is kept.
const FORMAT: u8 = 1;
/// A score this near the threshold, in hundredths of a nat, could have fallen the other way.
const NEAR: i32 = 300;

/// What a capture gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gave {
    /// A sample that was compared.
    Compared,
    /// A sample too poor to say anything.
    Poor,
    /// The sensor reports something that is no live finger.
    Artefact,
    /// Nothing: the sensor failed. The finger may be laid down for it again.
    Nothing,
}

/// What the sensor gave of the finger that is due.
#[derive(Debug, Clone, Copy)]
pub enum Sample<'a> {
    /// Minutiae.
    Print(&'a Template),
    /// Too poor to have any.
    Poor,
    /// No live finger.
    Artefact,
    /// The sensor failed.
    Nothing,
}

/// A capture of the trial, as it is logged: which finger, by which officer, and what came of it; no minutiae.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logged {
    /// Sitting, from 1.
    pub sitting: u8,
    /// Round, from 1.
    pub round: u8,
    /// Finger of the card.
    #[serde(with = "word")]
    pub finger: FingerPosition,
    /// Whose round: an officer's id.
    pub officer: String,
    /// What the sample gave.
    pub gave: Gave,
    /// The sensor, if it said which.
    pub device: Option<String>,
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
    threshold: Score,
    policy: TrialPolicy,
    captures: Vec<Logged>,
}

/// The proof that two officers' rounds found live fingers that are not the card's. Only a [`Trial`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatched {
    threshold: Score,
    policy: TrialPolicy,
    captures: Vec<Logged>,
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

    /// The score that had to be reached.
    #[must_use]
    pub const fn threshold(&self) -> Score {
        self.threshold
    }

    /// How it was held: its rate of false matches is that of all of it.
    #[must_use]
    pub const fn policy(&self) -> TrialPolicy {
        self.policy
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

    /// The score that was not reached.
    #[must_use]
    pub const fn threshold(&self) -> Score {
        self.threshold
    }

    /// How it was held.
    #[must_use]
    pub const fn policy(&self) -> TrialPolicy {
        self.policy
    }
}

/// Why a trial is not begun, or a step of it not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrialError {
    /// The card holds no finger: that is the manual way's.
    #[error("the card holds no finger")]
    NoFinger,
    /// Another step is due.
    #[error("this is not what is due in the trial")]
    NotDue,
    /// An officer of an earlier round repeats it.
    #[error("the next round is another officer's")]
    SameOfficer,
    /// As many sittings as the policy allows said nothing: the fingers are captured anew (`ektp case recapture`).
    #[error("after {0} sittings no sample was good enough: the fingers are to be captured anew")]
    UsedUp(u8),
    /// What is kept is not of this card's fingers.
    #[error("what was kept of the comparison is not of this card")]
    Kept,
}

impl crate::reason::Refusal for TrialError {
    fn reason(&self) -> crate::reason::Reason {
        use crate::reason::Reason;
        match self {
            Self::NoFinger => Reason::NoFingerOnFile,
            Self::NotDue => Reason::WrongState,
            Self::SameOfficer => Reason::NotPermitted,
            Self::UsedUp(_) => Reason::SampleTooPoor,
            Self::Kept => Reason::AuditAltered,
        }
    }
}

/// A finger of the card, and what its captures gave.
struct Finger {
    position: FingerPosition,
    stored: Ready,
    /// Captures of this round.
    laid: u8,
    /// The best score of this sitting; none while every sample was too poor.
    best: Option<Score>,
}

/// A trial as it is kept, sealed, between one capture and the next.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    format: u8,
    policy: policy::Written,
    sitting: u8,
    round: u8,
    fingers: Vec<KeptFinger>,
    captures: Vec<Logged>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptFinger {
    #[serde(with = "word")]
    finger: FingerPosition,
    laid: u8,
    best: Option<i32>,
}

/// Scores are not shown.
impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kept(sitting {}, round {}, {} captures)", self.sitting, self.round, self.captures.len())
    }
}

impl Kept {
    /// Every capture that was made.
    #[must_use]
    pub fn captures(&self) -> &[Logged] {
        &self.captures
    }

    /// Whether its last sitting is over and said nothing.
    #[must_use]
    pub fn is_too_poor(&self) -> bool {
        let used_up = self.fingers.iter().all(|finger| finger.laid >= self.policy.captures());
        used_up && self.fingers.iter().any(|finger| finger.best.is_none())
    }
}

/// A trial that goes on.
pub struct Trial {
    policy: TrialPolicy,
    fingers: Vec<Finger>,
    sitting: u8,
    round: u8,
    officer: OfficerId,
    captures: Vec<Logged>,
    workspace: Workspace,
}

impl std::fmt::Debug for Trial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Trial(sitting {}, round {}, {} captures)", self.sitting, self.round, self.captures.len())
    }
}

impl Trial {
    /// Begins one, against the fingers of a card whose signature was checked.
    ///
    /// # Errors
    /// [`TrialError::NoFinger`].
    pub fn begin(policy: TrialPolicy, card: &[(FingerPosition, Template)], officer: OfficerId) -> Result<Self, TrialError> {
        let finger = |(position, template): &(_, Template)| Finger {
            position: *position,
            stored: Ready::of(template),
            laid: 0,
            best: None,
        };
        let fingers: Vec<Finger> = card.iter().take(usize::from(policy.fingers)).map(finger).collect();
        if fingers.is_empty() {
            return Err(TrialError::NoFinger);
        }
        Ok(Self { policy, fingers, sitting: 1, round: 1, officer, captures: Vec::new(), workspace: Workspace::new() })
    }

    /// Goes on with one that was kept, under the policy that it began with, whatever is asked for now.
    ///
    /// # Errors
    /// [`TrialError::Kept`] if it is not of these fingers, [`TrialError::NoFinger`].
    pub fn resume(kept: &Kept, card: &[(FingerPosition, Template)], officer: OfficerId) -> Result<Self, TrialError> {
        let policy = TrialPolicy::of(&kept.policy).map_err(|_: PolicyError| TrialError::Kept)?;
        let mut trial = Self::begin(policy, card, officer)?;
        let same = trial.fingers.iter().map(|f| f.position).eq(kept.fingers.iter().map(|f| f.finger));
        if !same || kept.format != FORMAT {
            return Err(TrialError::Kept);
        }
        for (finger, kept) in trial.fingers.iter_mut().zip(&kept.fingers) {
            (finger.laid, finger.best) = (kept.laid, kept.best.map(Score::from_centinats));
        }
        (trial.sitting, trial.round) = (kept.sitting, kept.round);
        trial.captures.clone_from(&kept.captures);
        Ok(trial)
    }

    /// As it is kept.
    #[must_use]
    pub fn kept(&self) -> Kept {
        let finger = |f: &Finger| KeptFinger { finger: f.position, laid: f.laid, best: f.best.map(Score::centinats) };
        Kept {
            format: FORMAT,
            policy: self.policy.written(),
            sitting: self.sitting,
            round: self.round,
            fingers: self.fingers.iter().map(finger).collect(),
            captures: self.captures.clone(),
        }
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
        if self.round < self.policy.rounds {
            return Next::SecondOfficer;
        }
        let threshold = self.threshold(self.fingers.len()).score;
        Next::Over(Ended::NoMatch(Mismatched { threshold, policy: self.policy, captures: self.captures.clone() }))
    }

    /// Takes a capture of the finger that is due. Whatever is no print counts as one that was laid down, but where the sensor failed.
    ///
    /// # Errors
    /// [`TrialError::NotDue`]; [`TrialError::UsedUp`] if there is no room for another capture.
    pub fn take(&mut self, position: FingerPosition, sample: Sample<'_>, device: Option<&str>) -> Result<Next, TrialError> {
        if self.next() != Next::Capture(position) {
            return Err(TrialError::NotDue);
        }
        if self.captures.len() >= HANDOVER_LOG {
            return Err(TrialError::UsedUp(self.sitting));
        }
        let Some(finger) = self.fingers.iter_mut().find(|f| f.position == position) else { return Err(TrialError::NotDue) };
        let score = match sample {
            Sample::Print(template) => compared(&mut self.workspace, template, &finger.stored),
            Sample::Poor | Sample::Artefact | Sample::Nothing => None,
        };
        let gave = match sample {
            Sample::Print(_) if score.is_some() => Gave::Compared,
            Sample::Print(_) | Sample::Poor => Gave::Poor,
            Sample::Artefact => Gave::Artefact,
            Sample::Nothing => Gave::Nothing,
        };
        finger.laid += u8::from(gave != Gave::Nothing);
        finger.best = finger.best.max(score);
        let (sitting, round, officer) = (self.sitting, self.round, self.officer.to_string());
        let device = device.map(ToOwned::to_owned);
        self.captures.push(Logged { sitting, round, finger: position, officer, gave, device });
        Ok(self.next())
    }

    /// Another officer repeats the round.
    ///
    /// # Errors
    /// [`TrialError::NotDue`], [`TrialError::SameOfficer`].
    pub fn repeat_by(&mut self, officer: OfficerId) -> Result<Next, TrialError> {
        if self.next() != Next::SecondOfficer {
            return Err(TrialError::NotDue);
        }
        self.round += 1;
        if let Err(error) = self.sits(officer) {
            self.round -= 1;
            return Err(error);
        }
        self.fingers.iter_mut().for_each(|finger| finger.laid = 0);
        Ok(self.next())
    }

    /// Whose round goes on.
    ///
    /// # Errors
    /// [`TrialError::SameOfficer`] of whoever took captures of an earlier round of the sitting.
    pub fn sits(&mut self, officer: OfficerId) -> Result<(), TrialError> {
        let (name, here) = (officer.to_string(), (self.sitting, self.round));
        if self.captures.iter().any(|c| c.sitting == here.0 && c.round < here.1 && c.officer == name) {
            return Err(TrialError::SameOfficer);
        }
        self.officer = officer;
        Ok(())
    }

    /// Whoever claims the card comes again, after a sitting that said nothing, or whose answer nobody acted on.
    ///
    /// # Errors
    /// [`TrialError::UsedUp`]; [`TrialError::NotDue`] while a sitting goes on, and after *no match*.
    pub fn again(&mut self, officer: OfficerId) -> Result<Next, TrialError> {
        match self.next() {
            Next::Over(Ended::TooPoor | Ended::Match(_)) if self.sitting < self.policy.sittings => {}
            Next::Over(Ended::TooPoor | Ended::Match(_)) => return Err(TrialError::UsedUp(self.sitting)),
            _ => return Err(TrialError::NotDue),
        }
        (self.sitting, self.round, self.officer) = (self.sitting + 1, 1, officer);
        self.fingers.iter_mut().for_each(|finger| (finger.laid, finger.best) = (0, None));
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
        let threshold = self.threshold(compared.len()).score;
        let score = Score::fuse(compared.iter().map(|(_, score)| *score));
        let over = score.centinats().saturating_sub(threshold.centinats());
        let band = if over < NEAR { Band::Near } else { Band::Clear };
        let fingers = compared.into_iter().map(|(finger, _)| finger).collect();
        (over >= 0).then(|| Matched { band, fingers, threshold, policy: self.policy, captures: self.captures.clone() })
    }

    /// The threshold for so many fingers. Whoever claims the card has as many chances as there are combinations of captures of the card's
    /// fingers in all rounds of a sitting, beside those of all fingers those of each alone, and that in every sitting.
    fn threshold(&self, fingers: usize) -> Threshold {
        let each = usize::from(self.policy.captures) * usize::from(self.policy.rounds);
        let combinations = self.fingers.iter().fold(1usize, |product, _| product.saturating_mul(each + 1)).saturating_sub(1);
        Threshold::at_fmr(self.policy.fmr, fingers).for_best_of(combinations.saturating_mul(usize::from(self.policy.sittings)))
    }
}

/// The score of a sample that is good enough to say anything.
fn compared(workspace: &mut Workspace, sample: &Template, stored: &Ready) -> Option<Score> {
    let judged = MinutiaMatcher::default().judge_ready(workspace, &Ready::of(sample), stored).ok()?;
    (judged.outcome != MatchOutcome::SampleTooPoor).then_some(judged.score)
}

/// A finger by its word.
mod word {
    use crate::finger::position::FingerPosition;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    #[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
    pub fn serialize<S: Serializer>(finger: &FingerPosition, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(finger.text())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<FingerPosition, D::Error> {
        let text = String::deserialize(from)?;
        FingerPosition::from_text(&text).ok_or_else(|| de::Error::custom("no finger"))
    }
}

#[cfg(test)]
#[path = "trial_tests.rs"]
mod tests;
