//! The verdict: a decision with every check behind it.
//!
//! `Genuine` cannot be written down; it comes out of [`Proofs`], which holds one token of each check that must pass, and each
//! token comes out of that check alone.

use super::check::{Check, CheckResult};
use super::hex::Hex;
use super::judge::{ChipProven, FilesAgree, GroupsMatch, InForce, SignerTrusted, StatusFits};
use super::told::Told;
use crate::lds::file_id::FileId;
use crate::reason::{Lang, Reason};
use serde::Serialize;

/// What the judge decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// The authority made this card, it is unaltered, in force, and its chip was present.
    Genuine,
    /// The data are the authority's, but no chip proved itself to this judge.
    DataAuthentic,
    /// Something is false.
    NotGenuine,
    /// Something needed is missing.
    CouldNotDecide,
}

impl Decision {
    /// All of them, best first.
    pub const ALL: [Self; 4] = [Self::Genuine, Self::DataAuthentic, Self::NotGenuine, Self::CouldNotDecide];

    /// Its word, which stands in verdicts and records.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Genuine => "genuine",
            Self::DataAuthentic => "data-authentic",
            Self::NotGenuine => "not-genuine",
            Self::CouldNotDecide => "could-not-decide",
        }
    }

    /// The decision for people.
    #[must_use]
    pub const fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Genuine => lang.pick("genuine", "asli"),
            Self::DataAuthentic => lang.pick("data authentic, chip not proven", "data asli, cip tidak terbukti"),
            Self::NotGenuine => lang.pick("NOT GENUINE", "TIDAK ASLI"),
            Self::CouldNotDecide => lang.pick("could not decide", "tidak dapat diputuskan"),
        }
    }
}

/// The decision, its reason and every check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    decision: Decision,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// Whether the trust anchors were sample keys: nothing then counts outside tests.
    pub sample_keys: bool,
    /// Every check, in order.
    pub checks: Vec<Check>,
    /// Groups whose bytes the authority signed and which were read.
    pub hashed: Vec<FileId>,
    /// Groups that the chip showed to be there but that were not read.
    pub present_not_read: Vec<FileId>,
    /// The status list that was used: the judge remembers the highest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_list: Option<ListSeen>,
    /// The revocation lists that decided: the judge remembers the highest number of each authority.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revocation_lists: Vec<RevocationListSeen>,
    /// What the verdict does not prove, and what it leans on.
    pub notes: Vec<Told>,
}

/// A revocation list that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevocationListSeen {
    /// SHA-256 of the authority's public key.
    pub authority: Hex,
    /// Its number.
    pub number: u64,
    /// When it was made.
    pub this_update: jiff::Timestamp,
}

/// A status list that was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ListSeen {
    /// Its number.
    pub number: u64,
    /// When it was made.
    pub issued_at: jiff::Timestamp,
}

impl Verdict {
    /// What was decided.
    #[must_use]
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// Why it is not *genuine*; none if it is.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        self.reason
    }

    /// The exit code: 0 for *genuine*, else the reason's.
    #[must_use]
    pub fn exit(&self) -> u8 {
        self.reason.map_or(0, Reason::exit)
    }

    /// Nothing was looked at, and nothing decided.
    #[cfg(test)]
    pub(crate) fn of_nothing() -> Self {
        Self::conclude(None, Findings::default())
    }

    /// Puts a verdict together. Precedence: the first check that failed; else the first that is undecided and is not about presence;
    /// else the first about presence; else *genuine*, if and only if every proof is there.
    pub(super) fn conclude(proofs: Option<Proofs>, findings: Findings) -> Self {
        let first = |wanted: Weight| {
            let fits = |check: &Check| check.reason.filter(|reason| Weight::of(check.result, *reason) == wanted);
            findings.checks.iter().find_map(fits)
        };
        let (decision, reason) = if let Some(reason) = first(Weight::False) {
            (Decision::NotGenuine, Some(reason))
        } else if let Some(reason) = first(Weight::Open) {
            (Decision::CouldNotDecide, Some(open(reason)))
        } else if let Some(reason) = first(Weight::ChipUnproven) {
            (Decision::DataAuthentic, Some(reason))
        } else if let Some(proofs) = proofs {
            proofs.genuine()
        } else {
            (Decision::CouldNotDecide, Some(Reason::CouldNotDecide))
        };
        let Findings { sample_keys, checks, hashed, present_not_read, status_list, revocation_lists, notes } = findings;
        Self { decision, reason, sample_keys, checks, hashed, present_not_read, status_list, revocation_lists, notes }
    }
}

/// What a check weighs in the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// It holds, or there was nothing to check.
    None,
    /// The card is false, or not in force.
    False,
    /// Something is missing.
    Open,
    /// Whether the chip was there is not shown, and nothing else is said.
    ChipUnproven,
}

/// Exit codes of the specification's decisions: could not decide, presence not proven.
const OPEN: u8 = 3;
const UNPROVEN: u8 = 45;

impl Weight {
    fn of(result: CheckResult, reason: Reason) -> Self {
        match (result, reason.exit()) {
            (CheckResult::Passed | CheckResult::NotApplicable, _) => Self::None,
            (_, UNPROVEN) => Self::ChipUnproven,
            (CheckResult::Undecided, _) | (_, OPEN) => Self::Open,
            (CheckResult::Failed, _) => Self::False,
        }
    }
}

/// The reason of a verdict that could not decide: exit 3 means that and nothing else. What came of a list or file that was refused has
/// another exit where the question was about the list; its check names it.
fn open(reason: Reason) -> Reason {
    if reason.exit() == OPEN { reason } else { Reason::CouldNotDecide }
}

/// Everything a verdict lists.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub sample_keys: bool,
    pub checks: Vec<Check>,
    pub hashed: Vec<FileId>,
    pub present_not_read: Vec<FileId>,
    pub status_list: Option<ListSeen>,
    pub revocation_lists: Vec<RevocationListSeen>,
    pub notes: Vec<Told>,
}

/// One token of each check that *genuine* needs.
#[derive(Debug)]
pub(super) struct Proofs {
    pub signer: SignerTrusted,
    pub groups: GroupsMatch,
    pub consistent: FilesAgree,
    pub chip: ChipProven,
    pub status: StatusFits,
    pub validity: InForce,
}

impl Proofs {
    /// The only place where *genuine* is made.
    fn genuine(self) -> (Decision, Option<Reason>) {
        // Spent: each token stands for a check that passed, and none can be used twice.
        let _spent = (self.signer, self.groups, self.consistent, self.chip, self.status, self.validity);
        (Decision::Genuine, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::check::CheckName;

    fn verdict(checks: Vec<Check>) -> Verdict {
        Verdict::conclude(None, Findings { checks, ..Findings::default() })
    }

    /// Every check that could stand in a verdict with a reason.
    fn every_check() -> Vec<Check> {
        let both = |reason: &Reason| {
            [
                Check::failed(CheckName::Status, *reason, Told::default()),
                Check::undecided(CheckName::Status, *reason, Told::default()),
            ]
        };
        Reason::ALL.iter().flat_map(both).collect()
    }

    #[test]
    fn each_decision_has_its_exit_and_no_other_decision_has_it() {
        let all = every_check();
        let alone = all.iter().map(|check| verdict(vec![check.clone()]));
        let pairs = all.iter().flat_map(|a| all.iter().step_by(7).map(|b| verdict(vec![a.clone(), b.clone()])));
        for verdict in alone.chain(pairs).chain([verdict(Vec::new())]) {
            let (decision, exit) = (verdict.decision(), verdict.exit());
            let context = (&verdict.checks, verdict.reason());
            assert_eq!(decision == Decision::CouldNotDecide, exit == 3, "{context:?}");
            assert_eq!(decision == Decision::DataAuthentic, exit == 45, "{context:?}");
            assert_eq!(decision == Decision::Genuine, exit == 0, "{context:?}");
        }
    }

    #[test]
    fn an_expired_challenge_leaves_the_data_authentic() {
        let expired = Check::undecided(CheckName::Presence, Reason::ChallengeExpired, Told::default());
        let alone = verdict(vec![expired.clone()]);
        assert_eq!((alone.decision(), alone.exit()), (Decision::DataAuthentic, 45));
        let stale = verdict(vec![expired.clone(), Check::undecided(CheckName::Status, Reason::StatusListStale, Told::default())]);
        assert_eq!((stale.decision(), stale.reason()), (Decision::CouldNotDecide, Some(Reason::StatusListStale)));
        let altered = verdict(vec![expired, Check::failed(CheckName::GroupsHashed, Reason::HashMismatch, Told::default())]);
        assert_eq!((altered.decision(), altered.reason()), (Decision::NotGenuine, Some(Reason::HashMismatch)));
    }

    #[test]
    fn a_refused_list_is_named_by_its_check_and_decides_nothing() {
        let refused = verdict(vec![Check::undecided(CheckName::Status, Reason::StatusListInvalid, Told::default())]);
        assert_eq!((refused.decision(), refused.reason()), (Decision::CouldNotDecide, Some(Reason::CouldNotDecide)));
        assert_eq!(refused.checks[0].reason, Some(Reason::StatusListInvalid));
    }
}
