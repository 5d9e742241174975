//! What two officers can say of a doubt, and of whom they say it.

use super::CentreError;
use super::findings::Suspect;
use super::holds::FRAUD;
use crate::issuance::application::Step;
use crate::issuance::store::Id;
use std::collections::BTreeSet;

/// What two officers found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// One person, who keeps the record that was there first: this application ends.
    KeepFirst,
    /// One person, who keeps this record: of the candidates that are the same the applications end, and every card of theirs is revoked,
    /// wherever it is.
    KeepChosen,
    /// Different people: a false match.
    DifferentPeople,
    /// Fraud: this application ends, and the suspended card stays without effect; of those that are named, if any are.
    Fraud,
    /// The fingers were too poor: they are taken again.
    Recapture,
    /// After a mismatch at handover: the holder was right, and the card is made again.
    Remake,
    /// After a mismatch at handover: somebody else came.
    ImpostorRefused,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::KeepFirst,
        Self::KeepChosen,
        Self::DifferentPeople,
        Self::Fraud,
        Self::Recapture,
        Self::Remake,
        Self::ImpostorRefused,
    ];

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::KeepFirst => "keep-first",
            Self::KeepChosen => "keep-chosen",
            Self::DifferentPeople => "different-people",
            Self::Fraud => FRAUD,
            Self::Recapture => "recapture",
            Self::Remake => "remake",
            Self::ImpostorRefused => "impostor-refused",
        }
    }

    pub(super) const fn step(self) -> Step {
        match self {
            Self::KeepFirst | Self::Fraud | Self::ImpostorRefused => Step::Reject,
            Self::KeepChosen | Self::DifferentPeople | Self::Remake => Step::ClearDoubt,
            Self::Recapture => Step::Recapture,
        }
    }

    /// Whether the application goes on as nobody but who was named: nothing of that can be said while somebody with such fingers is not.
    pub(super) const fn says_who_it_is_not(self) -> bool {
        matches!(self, Self::KeepChosen | Self::DifferentPeople)
    }
}

/// What two officers say: the outcome, and which candidates are the same person.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// What it is.
    pub outcome: Outcome,
    /// Who is meant: needed for one person of several candidates; of fraud, whose cards stay suspended.
    pub same: &'a [Id],
}

impl From<Outcome> for Decision<'_> {
    /// Of whoever is the only candidate.
    fn from(outcome: Outcome) -> Self {
        Self { outcome, same: &[] }
    }
}

/// The candidates that are this person: those that are named, or the only one that there is, if more than its data says so.
///
/// # Errors
/// [`CentreError::Outcome`] where there is no candidate, [`CentreError::WhoIsSame`], [`CentreError::NoCandidate`],
/// [`CentreError::NobodyIsSame`].
pub(super) fn who(candidates: &[Suspect], outcome: Outcome, named: &[Id]) -> Result<Vec<Id>, CentreError> {
    let is_candidate = |id: &Id| candidates.iter().any(|suspect| suspect.application == id.as_str());
    if let Some(stranger) = named.iter().find(|id| !is_candidate(id)) {
        return Err(CentreError::NoCandidate(stranger.clone()));
    }
    match (outcome, candidates) {
        (Outcome::KeepFirst | Outcome::KeepChosen, []) => Err(CentreError::Outcome),
        (Outcome::KeepFirst | Outcome::KeepChosen, [one]) if named.is_empty() && one.may_be_kept_for() => {
            Ok(vec![Id::parse(&one.application)?])
        }
        (Outcome::KeepFirst | Outcome::KeepChosen, _) if named.is_empty() => Err(CentreError::WhoIsSame),
        (Outcome::KeepFirst | Outcome::KeepChosen | Outcome::Fraud, _) => {
            Ok(named.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect())
        }
        _ if named.is_empty() => Ok(Vec::new()),
        _ => Err(CentreError::NobodyIsSame),
    }
}
