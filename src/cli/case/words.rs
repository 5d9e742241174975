//! Words on the command line of cases, and what they mean.

use crate::cli::output::Failure;
use crate::cli::{place, secret_input};
use crate::finger::FingerPosition;
use crate::issuance::case::{Change, OldCard, Receiver, Why, Withdrawal};
use crate::issuance::names::Named;
use crate::issuance::papers::{Form, Needed, Paper, Reason};
use crate::issuance::store::Id;
use crate::limits::RECORD_BYTES;
use crate::record::{FamilyCardNo, Line, Nik, PassedOver, date};
use jiff::civil::Date;
use std::path::Path;
use zeroize::Zeroizing;

/// Roles of a desk, the usual one first.
pub use crate::issuance::Role::{Camat, HeadOfRegistry, Operator, Supervisor};

pub fn application(text: &str) -> Result<Id, String> {
    Id::parse(text).map_err(|e| e.to_string())
}

/// A NIK, or `-`: the next line of standard input, so that none stands in a shell's history.
pub fn nik(text: &str) -> Result<Nik, String> {
    Nik::parse(&given(text, "NIK")?).map_err(|e| e.to_string())
}

/// The number of a family card, or `-` as with [`nik`].
pub fn family(text: &str) -> Result<FamilyCardNo, String> {
    FamilyCardNo::parse(&given(text, "number of the family card")?).map_err(|e| e.to_string())
}

/// What stands there, or on the next line of standard input: numbers first, in the order of the command line, then passphrases.
fn given(text: &str, question: &str) -> Result<Zeroizing<String>, String> {
    if text != "-" {
        return Ok(Zeroizing::new(text.to_owned()));
    }
    let line = secret_input::read("-", question).map_err(|failure| failure.message)?;
    Ok(Zeroizing::new(line.expose().trim().to_owned()))
}

pub fn day(text: &str) -> Result<Date, String> {
    date::parse(text).map_err(|e| e.to_string())
}

pub fn name(text: &str) -> Result<Line, String> {
    Line::parse(text).map_err(|e| e.to_string())
}

fn named<T: Named>(text: &str) -> Result<T, String> {
    T::of_name(text).ok_or_else(|| T::EVERY.iter().map(|member| member.name()).collect::<Vec<_>>().join(", "))
}

pub fn reason(text: &str) -> Result<Reason, String> {
    named(text)
}

/// `PAPER` is the original, `PAPER:copy` a copy.
pub fn paper(text: &str) -> Result<Needed, String> {
    let (paper, form) = text.split_once(':').unwrap_or((text, "original"));
    Ok(Needed { paper: named::<Paper>(paper)?, form: named::<Form>(form)? })
}

/// `FINGER=REASON`.
pub fn exception(text: &str) -> Result<(FingerPosition, PassedOver), String> {
    let (finger, why) = text.split_once('=').ok_or("FINGER=REASON")?;
    let position =
        FingerPosition::from_text(&finger.replace('-', "_")).ok_or("no finger of this name: right_thumb to left_little")?;
    let words = || PassedOver::ALL.iter().map(|why| why.code()).collect::<Vec<_>>().join(", ");
    Ok((position, PassedOver::parse(why).map_err(|_| format!("no reason of this name: {}", words()))?))
}

/// Changed fields of a JSON file.
pub fn changes(path: Option<&Path>) -> Result<Vec<Change>, Failure> {
    let Some(path) = path else { return Ok(Vec::new()) };
    let json = place::read(path, u64::try_from(RECORD_BYTES).unwrap_or(u64::MAX))?;
    serde_json::from_slice(&json).map_err(|e| {
        // Where, and never what stands there.
        let at = format!("{}: no list of changes at line {}, column {}", path.display(), e.line(), e.column());
        Failure::new(crate::reason::Reason::InputInvalid, at)
    })
}

/// Why somebody is visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum VisitWhy {
    /// Too old to come
    Age,
    /// Disabled
    Disability,
    /// Gravely ill
    Illness,
}

impl From<VisitWhy> for Why {
    fn from(why: VisitWhy) -> Self {
        match why {
            VisitWhy::Age => Self::Age,
            VisitWhy::Disability => Self::Disability,
            VisitWhy::Illness => Self::Illness,
        }
    }
}

/// Who took a summons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum To {
    /// The head of the village
    VillageHead,
    /// The resident
    Resident,
}

impl From<To> for Receiver {
    fn from(to: To) -> Self {
        match to {
            To::VillageHead => Self::VillageHead,
            To::Resident => Self::Resident,
        }
    }
}

/// Why an application is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum WithdrawWhy {
    /// The applicant does not want it any more
    Applicant,
    /// The resident died
    Death,
    /// The resident moved to another regency
    Moved,
}

impl From<WithdrawWhy> for Withdrawal {
    fn from(why: WithdrawWhy) -> Self {
        match why {
            WithdrawWhy::Applicant => Self::Applicant,
            WithdrawWhy::Death => Self::Death,
            WithdrawWhy::Moved => Self::Moved,
        }
    }
}

/// What became of the old card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Old {
    /// Collected and cut
    Collected,
    /// There is none to collect
    None,
}

impl From<Old> for OldCard {
    fn from(old: Old) -> Self {
        match old {
            Old::Collected => Self::Collected,
            Old::None => Self::None,
        }
    }
}
