//! The 2D codes of our papers, by which a desk tells a summons, a form and a stamped receipt of ours from another's.
//!
//! `EKTP1/KIND/APPLICATION/NUMBER/MARK`: the mark is a keyed digest of the rest under the store's key, so nobody without it makes one. At
//! capture the paper is stamped with the receipt's code; one that is lost is replaced by the next number, and the old one counts no more.

use super::summon::second;
use super::{Case, CaseError, asked, before};
use crate::crypto::symmetric::same;
use crate::issuance::application::Step;
use crate::issuance::desk::{By, Desk};
use crate::issuance::store::{Id, StoreKey, Word};
use crate::reason::{Reason, Refusal};
use crate::verify::hex;

const PREFIX: &str = "EKTP1";
/// Bytes of a mark: 96 bits, which nobody guesses at a desk.
const MARK: usize = 12;

/// A paper that carries a code before it is stamped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stub {
    /// The summons.
    Summons,
    /// The application form.
    Form,
    /// The slip of a visit.
    VisitSlip,
}

/// Why a code is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// It has not the form of one of ours.
    #[error("this is no code of ours")]
    Form,
    /// It has the form, and nobody here made it.
    #[error("nobody here made this code")]
    Forged,
    /// It is of another application.
    #[error("the code is of another application")]
    Other,
    /// It is of another kind of paper: the code of an unstamped summons is no receipt.
    #[error("the code is of another kind of paper")]
    Kind,
    /// Nothing was stamped yet.
    #[error("no receipt was given yet")]
    NotStamped,
    /// The stamp of the receipt that counts was printed: one that is lost is replaced.
    #[error("the stamp of receipt {0} was printed already: a lost one is replaced (`ektp case receipt`)")]
    Printed(u32),
    /// It was lost and replaced.
    #[error("this receipt was replaced; number {0} counts")]
    Replaced(u32),
}

impl Refusal for ReceiptError {
    fn reason(&self) -> Reason {
        match self {
            Self::Form | Self::Kind => Reason::InputInvalid,
            Self::Forged | Self::Other | Self::Replaced(_) => Reason::ReceiptInvalid,
            Self::NotStamped | Self::Printed(_) => Reason::WrongState,
        }
    }
}

impl Stub {
    const fn letter(self) -> &'static str {
        match self {
            Self::Summons => "S",
            Self::Form => "F",
            Self::VisitSlip => "V",
        }
    }
}

/// The letter of a stamped receipt.
const STAMPED: &str = "R";

fn code(key: &StoreKey, letter: &str, id: &Id, number: u32) -> String {
    let rest = format!("{PREFIX}/{letter}/{id}/{number}");
    let mark = key.mark("code", rest.as_bytes());
    format!("{rest}/{}", hex::encode(mark.get(..MARK).unwrap_or_default()).to_uppercase())
}

/// The code of a paper before it is stamped.
#[must_use]
pub fn stub(key: &StoreKey, id: &Id, of: Stub) -> String {
    code(key, of.letter(), id, 0)
}

/// The code of a receipt that counts; none before capture.
#[must_use]
pub fn stamped(key: &StoreKey, case: &Case) -> Option<String> {
    let number = case.dossier.receipt;
    (number > 0).then(|| code(key, STAMPED, &case.id, number))
}

/// Letter and number of a code of this application that was made under this key.
fn parse(key: &StoreKey, id: &Id, text: &str) -> Result<(String, u32), ReceiptError> {
    let parts: Vec<&str> = text.trim().split('/').collect();
    let [PREFIX, letter, application, number, _] = parts.as_slice() else { return Err(ReceiptError::Form) };
    let number: u32 = number.parse().map_err(|_| ReceiptError::Form)?;
    let of = Id::parse(application).map_err(|_| ReceiptError::Form)?;
    if !same(code(key, letter, &of, number).as_bytes(), text.trim().as_bytes()) {
        return Err(ReceiptError::Forged);
    }
    if of == *id { Ok(((*letter).to_owned(), number)) } else { Err(ReceiptError::Other) }
}

/// Checks the code of a paper that is not stamped.
///
/// # Errors
/// [`ReceiptError`].
pub fn check_stub(key: &StoreKey, id: &Id, of: Stub, text: &str) -> Result<(), ReceiptError> {
    let (letter, _) = parse(key, id, text)?;
    if letter == of.letter() { Ok(()) } else { Err(ReceiptError::Kind) }
}

/// Checks the code of a receipt: it is this case's, and the one that counts.
///
/// # Errors
/// [`ReceiptError`].
pub fn check(key: &StoreKey, case: &Case, text: &str) -> Result<(), ReceiptError> {
    let (letter, number) = parse(key, &case.id, text)?;
    if letter != STAMPED {
        return Err(ReceiptError::Kind);
    }
    match case.dossier.receipt {
        0 => Err(ReceiptError::NotStamped),
        counts if counts == number => Ok(()),
        counts => Err(ReceiptError::Replaced(counts)),
    }
}

/// Replaces a receipt that was lost, by two officers of the desk that gave it. The case with its new receipt.
///
/// # Errors
/// [`CaseError`].
pub fn replace(desk: &mut Desk<'_>, job: &Id, id: &Id, by: By<'_>) -> Result<Case, CaseError> {
    let digest = asked(desk, "replace-receipt", &[id.as_str().as_bytes()]);
    if before(desk, job, &digest)?.is_some() {
        return Case::open(desk, id);
    }
    second(by)?;
    let mut case = Case::open(desk, id)?;
    case.only_at(desk, case.dossier.procedure.captured_at())?;
    if case.dossier.receipt == 0 {
        return Err(ReceiptError::NotStamped.into());
    }
    case.dossier.receipt = case.dossier.receipt.saturating_add(1);
    let step = case.step(desk, Step::ReplaceReceipt, digest)?.because(Word::parse("lost")?);
    desk.take_by(job, vec![step], by)?;
    Ok(case)
}

/// Prints the stamp of the receipt that counts, once: the case as its stamp says it. The same job again is the same print.
///
/// # Errors
/// [`ReceiptError::NotStamped`], [`ReceiptError::Printed`]; [`CaseError`].
pub fn print(desk: &mut Desk<'_>, job: &Id, id: &Id, by: By<'_>) -> Result<Case, CaseError> {
    let mut case = Case::open(desk, id)?;
    let digest = asked(desk, "print-receipt", &[id.as_str().as_bytes()]);
    if before(desk, job, &digest)?.is_some() {
        // The number that it printed, and none that counts by now.
        return if case.dossier.printed == case.dossier.receipt {
            Ok(case)
        } else {
            Err(ReceiptError::Replaced(case.dossier.receipt).into())
        };
    }
    case.only_at(desk, case.dossier.procedure.captured_at())?;
    match case.dossier.receipt {
        0 => return Err(ReceiptError::NotStamped.into()),
        counts if counts == case.dossier.printed => return Err(ReceiptError::Printed(counts).into()),
        counts => case.dossier.printed = counts,
    }
    let step = case.step(desk, Step::PrintReceipt, digest)?;
    desk.take_by(job, vec![step], by)?;
    Ok(case)
}

#[cfg(test)]
#[path = "receipt_tests.rs"]
mod tests;
