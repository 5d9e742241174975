//! One check of a verdict: its name, its result, its reason.

use super::told::Told;
use crate::reason::{Lang, Reason};
use serde::Serialize;

/// The checks of a verdict, in the order in which a verdict lists them and in which the first failure names the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckName {
    /// EF.SOD's signature, and its signer's chain to a trust anchor of ours.
    Signer,
    /// The CRL of the signer's CSCA: fresh, and the signer not on it.
    Revocation,
    /// Every group read equals its hash in EF.SOD.
    GroupsHashed,
    /// Every group of EF.SOD was read or shown present.
    GroupsPresent,
    /// Nothing is present that EF.SOD does not list; EF.COM names the same groups.
    GroupsSigned,
    /// EF.CardAccess stands inside DG14, and PACE ran by it.
    SecurityInfos,
    /// The groups say the same about the holder and the document.
    Consistency,
    /// EF.Fingers has the digest that DG13 holds.
    Fingers,
    /// The chip proved the key of DG14.
    ChipAuthentication,
    /// The chip signed the judge's challenge with the key of DG15.
    ActiveAuthentication,
    /// A chip was present when the judge asked.
    Presence,
    /// The card's entry on the status list.
    Status,
    /// The card's own validity.
    CardValidity,
}

impl CheckName {
    /// All of them, in their order.
    pub const ALL: [Self; 13] = [
        Self::Signer,
        Self::Revocation,
        Self::GroupsHashed,
        Self::GroupsPresent,
        Self::GroupsSigned,
        Self::SecurityInfos,
        Self::Consistency,
        Self::Fingers,
        Self::ChipAuthentication,
        Self::ActiveAuthentication,
        Self::Presence,
        Self::Status,
        Self::CardValidity,
    ];

    /// The stable name in verdicts, e.g. `groups-hashed`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Signer => "signer",
            Self::Revocation => "revocation",
            Self::GroupsHashed => "groups-hashed",
            Self::GroupsPresent => "groups-present",
            Self::GroupsSigned => "groups-signed",
            Self::SecurityInfos => "security-infos",
            Self::Consistency => "consistency",
            Self::Fingers => "fingers",
            Self::ChipAuthentication => "chip-authentication",
            Self::ActiveAuthentication => "active-authentication",
            Self::Presence => "presence",
            Self::Status => "status",
            Self::CardValidity => "card-validity",
        }
    }
}

impl CheckName {
    /// The name for people.
    #[must_use]
    pub const fn title(self, lang: Lang) -> &'static str {
        match self {
            Self::Signer => lang.pick("signer", "penanda tangan"),
            Self::Revocation => lang.pick("revocation", "pencabutan"),
            Self::GroupsHashed => lang.pick("groups-hashed", "data utuh"),
            Self::GroupsPresent => lang.pick("groups-present", "data lengkap"),
            Self::GroupsSigned => lang.pick("groups-signed", "data bertanda tangan"),
            Self::SecurityInfos => lang.pick("security-infos", "info keamanan"),
            Self::Consistency => lang.pick("consistency", "kesesuaian data"),
            Self::Fingers => lang.pick("fingers", "sidik jari"),
            Self::ChipAuthentication => lang.pick("chip-authentication", "autentikasi cip"),
            Self::ActiveAuthentication => lang.pick("active-authentication", "autentikasi aktif"),
            Self::Presence => lang.pick("presence", "kehadiran cip"),
            Self::Status => lang.pick("status", "status kartu"),
            Self::CardValidity => lang.pick("card-validity", "masa berlaku"),
        }
    }
}

impl std::fmt::Display for CheckName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckResult {
    /// It holds.
    Passed,
    /// It does not.
    Failed,
    /// What is needed to decide is missing.
    Undecided,
    /// The card or the mode has nothing to check here.
    NotApplicable,
}

impl CheckResult {
    /// The result for people, in a column of at most five letters.
    #[must_use]
    pub const fn mark(self, lang: Lang) -> &'static str {
        match self {
            Self::Passed => lang.pick("ok", "ya"),
            Self::Failed => lang.pick("FAIL", "GAGAL"),
            Self::Undecided => "?",
            Self::NotApplicable => "-",
        }
    }
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which.
    pub name: CheckName,
    /// What came of it.
    pub result: CheckResult,
    /// Why, unless it passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What exactly, without personal values.
    pub detail: Told,
}

impl Check {
    /// A check that holds.
    pub fn passed(name: CheckName, detail: Told) -> Self {
        Self { name, result: CheckResult::Passed, reason: None, detail }
    }

    /// A check that does not hold.
    pub fn failed(name: CheckName, reason: Reason, detail: Told) -> Self {
        Self { name, result: CheckResult::Failed, reason: Some(reason), detail }
    }

    /// A check that could not be decided.
    pub fn undecided(name: CheckName, reason: Reason, detail: Told) -> Self {
        Self { name, result: CheckResult::Undecided, reason: Some(reason), detail }
    }

    /// Nothing to check.
    pub fn not_applicable(name: CheckName, detail: Told) -> Self {
        Self { name, result: CheckResult::NotApplicable, reason: None, detail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_for_people_and_for_machines_are_the_same() {
        for name in CheckName::ALL {
            assert_eq!(serde_json::to_value(name).unwrap(), name.code());
        }
    }
}
