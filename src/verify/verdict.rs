//! The verdict: a decision with every check behind it.
//!
//! `Genuine` cannot be written down; it comes out of [`Proofs`], which holds one token of each check that must pass, and each
//! token comes out of that check alone.

use super::check::{Check, CheckResult};
use super::hex::Hex;
use super::judge::{ChipProven, FilesAgree, GroupsMatch, InForce, SignerTrusted, StatusFits};
use crate::lds::file_id::FileId;
use crate::reason::Reason;
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
    pub notes: Vec<String>,
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

    /// Puts a verdict together. Precedence: the first check that failed; else the first that is undecided and is not about presence;
    /// else the first about presence; else *genuine*, if and only if every proof is there.
    pub(super) fn conclude(proofs: Option<Proofs>, findings: Findings) -> Self {
        let first = |wanted: CheckResult, presence: bool| {
            let fits = |c: &&Check| c.result == wanted && c.reason.is_some_and(is_presence) == presence;
            findings.checks.iter().find(fits).and_then(|c| c.reason)
        };
        let (decision, reason) = if let Some(reason) = first(CheckResult::Failed, false) {
            (Decision::NotGenuine, Some(reason))
        } else if let Some(reason) = first(CheckResult::Undecided, false) {
            (Decision::CouldNotDecide, Some(reason))
        } else if let Some(reason) = first(CheckResult::Failed, true).or_else(|| first(CheckResult::Undecided, true)) {
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

/// Reasons that speak about the chip's presence alone.
fn is_presence(reason: Reason) -> bool {
    matches!(reason, Reason::PresenceNotProven | Reason::ChallengeReplayed | Reason::ChallengeExpired | Reason::WeakKey)
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
    pub notes: Vec<String>,
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
