//! What is kept sealed of an application beside its capture: who, why, which papers, what changed, and the papers that we printed.

use super::error::ChangeError;
use crate::issuance::names::Named as _;
use crate::issuance::office::Office;
use crate::issuance::papers::{Form, Needed, Paper, Reason};
pub use crate::issuance::procedure::Receiver;
use crate::issuance::procedure::{Place, Procedure};
use crate::limits::CASE_CHANGES;
use crate::record::{Biodata, Line};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

const FORMAT: u8 = 1;

/// A field that is otherwise than the register has it, with the proof.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Which, as a JSON pointer into the biodata: `/address/line`.
    pub field: String,
    /// The new value, as the record's JSON has it.
    pub value: Value,
    /// The deed or decision that proves it.
    pub proof: String,
}

/// Which field, never what stands in it.
impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Change({})", self.field)
    }
}

/// Why somebody is visited at home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    /// Too old to come.
    Age,
    /// Disabled.
    Disability,
    /// Gravely ill.
    Illness,
}

/// A visit that is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visit {
    /// Why.
    pub why: Why,
    /// When.
    pub on: Date,
}

/// A hand through which the summons went.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passed {
    /// Who took it: the village's head, or the resident.
    pub to: Receiver,
    /// By name.
    pub name: String,
    /// When.
    pub at: Timestamp,
}

/// Personal data: the name is not shown.
impl std::fmt::Debug for Passed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Passed({:?})", self.to)
    }
}

/// What is kept of an application.
#[derive(Debug, Clone, PartialEq)]
pub struct Dossier {
    /// The procedure, with the mode that it has by now.
    pub procedure: Procedure,
    /// Why a card is asked for.
    pub reason: Reason,
    /// Who, with the changes.
    pub biodata: Biodata,
    /// Whether the register's data were the centre's.
    pub is_clean: bool,
    /// Whether a card was held when this began.
    pub holds_card: bool,
    /// Papers that were brought.
    pub brought: Vec<Needed>,
    /// Fields that are otherwise than the register has them.
    pub changes: Vec<Change>,
    /// When whoever is summoned is to come.
    pub summoned_for: Option<Date>,
    /// Through which hands the summons went.
    pub passed: Vec<Passed>,
    /// The visit at home.
    pub visit: Option<Visit>,
    /// Number of the receipt that counts: none before capture, 1 with it, one more for each that was lost.
    pub receipt: u32,
    /// Number of the receipt whose stamp was printed last; none before.
    pub printed: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: u8,
    procedure: String,
    reason: String,
    biodata: Value,
    clean: bool,
    holds_card: bool,
    brought: Vec<(String, String)>,
    changes: Vec<Change>,
    summoned_for: Option<Date>,
    passed: Vec<Passed>,
    visit: Option<Visit>,
    receipt: u32,
    // Stores from before stamps were counted have none.
    #[serde(default)]
    printed: u32,
}

/// The words of papers, for evidence that outlives this program.
pub(super) fn papers_text(papers: &[Needed]) -> String {
    papers.iter().map(|n| format!("{}:{}", n.paper.name(), n.form.name())).collect::<Vec<_>>().join(" ")
}

impl Why {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Disability => "disability",
            Self::Illness => "illness",
        }
    }
}

impl Receiver {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::VillageHead => "village-head",
            Self::Resident => "resident",
        }
    }
}

impl Dossier {
    /// As it is sealed.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let written = Written {
            format: FORMAT,
            procedure: self.procedure.name().to_owned(),
            reason: self.reason.name().to_owned(),
            biodata: self.biodata.to_json(),
            clean: self.is_clean,
            holds_card: self.holds_card,
            brought: self.brought.iter().map(|n| (n.paper.name().to_owned(), n.form.name().to_owned())).collect(),
            changes: self.changes.clone(),
            summoned_for: self.summoned_for,
            passed: self.passed.clone(),
            visit: self.visit,
            receipt: self.receipt,
            printed: self.printed,
        };
        serde_json::to_vec(&written).unwrap_or_else(|_| unreachable!("a dossier is plain JSON"))
    }

    /// Reads what was sealed; nothing if it is not of this form.
    #[must_use]
    pub fn from_json(json: &[u8]) -> Option<Self> {
        let written: Written = serde_json::from_slice(json).ok().filter(|w: &Written| w.format == FORMAT)?;
        let needed =
            |(paper, form): &(String, String)| Some(Needed { paper: Paper::of_name(paper)?, form: Form::of_name(form)? });
        Some(Self {
            procedure: Procedure::of_name(&written.procedure)?,
            reason: Reason::of_name(&written.reason)?,
            biodata: Biodata::from_json(&written.biodata).ok()?,
            is_clean: written.clean,
            holds_card: written.holds_card,
            brought: written.brought.iter().map(needed).collect::<Option<_>>()?,
            changes: written.changes,
            summoned_for: written.summoned_for,
            passed: written.passed,
            visit: written.visit,
            receipt: written.receipt,
            printed: written.printed,
        })
    }

    /// The office that is this place for the resident; none if the codes of the address are no office's.
    #[must_use]
    pub fn office(&self, place: Place) -> Option<Office> {
        let address = &self.biodata.address;
        match place {
            Place::Ministry => Some(Office::Ministry),
            Place::Regency | Place::Home => address.regency_code.as_str().parse().ok(),
            Place::ServicePoint => address.district_code.as_str().parse().ok(),
        }
    }

    /// Whether the summons went through this hand.
    #[must_use]
    pub fn went_through(&self, hand: Receiver) -> bool {
        self.passed.iter().any(|passed| passed.to == hand)
    }

    /// The first hand that the summons did not go through yet.
    #[must_use]
    pub fn due_hand(&self) -> Option<Receiver> {
        self.procedure.hands().iter().copied().find(|hand| !self.went_through(*hand))
    }

    /// Takes the register's data, with what changed laid over them.
    ///
    /// # Errors
    /// [`ChangeError::Value`] if they contradict each other.
    pub fn refresh(&mut self, register: &Biodata) -> Result<(), ChangeError> {
        self.biodata = apply(register, &self.changes)?;
        Ok(())
    }
}

/// Data with the changes in them.
///
/// # Errors
/// [`ChangeError`].
pub fn apply(register: &Biodata, changes: &[Change]) -> Result<Biodata, ChangeError> {
    if changes.len() > CASE_CHANGES {
        return Err(ChangeError::TooMany(CASE_CHANGES));
    }
    let mut fields = register.to_json();
    for change in changes {
        let named = || ChangeError::Field(change.field.chars().take(64).collect());
        if Line::parse(&change.proof).is_err() {
            return Err(ChangeError::Proof(change.field.clone()));
        }
        // A NIK never changes: not with a move, and not with a corrected date of birth.
        if change.field == "/nik" || !change.field.starts_with('/') {
            return Err(named());
        }
        *fields.pointer_mut(&change.field).ok_or_else(named)? = change.value.clone();
    }
    Ok(Biodata::from_json(&fields)?)
}
