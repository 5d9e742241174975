//! The centre's part: captures taken in, persons identified among everybody, doubts clarified, cards authorized.
//!
//! [`intake`] takes a capture in, once; [`identify`] holds it against everyone and against the NIK's own enrolment; [`clarify`] is for what
//! that leaves open, by two officers; [`approve`] is the only step that makes an authorization. What was found is kept sealed with the
//! application ([`Findings`]), with the digest of everything that it was found of: what changed since cannot be approved.

pub mod approve;
pub mod captured;
pub mod clarify;
mod error;
pub mod findings;
mod holds;
pub mod identify;
pub mod intake;
mod outcome;
mod own;
mod record;
#[cfg(test)]
pub(crate) mod tests;
pub mod view;

pub use approve::{Approved, Making, approve};
pub use captured::{Captured, ClassicalPrints, Prints};
pub use clarify::Concluded;
pub use error::CentreError;
pub use findings::{Answer, Decided, Doubt, Findings, Suspect, Suspects};
pub use identify::{Population, identify};
pub use intake::receive;
pub use outcome::{Decision, Outcome};
pub use own::vacate;

use super::store::{Id, StoreError};
use crate::afis::person::ID_CHARACTERS;
use crate::afis::{PersonError, PersonId};

/// What names an application in the gallery: its id without the letter in front, which has as many characters as the gallery keeps. Where that
/// is sixteen digits, which the gallery takes for a NIK, the first of them is a letter instead, `g` for 0 to `p` for 9; no id has these.
///
/// # Errors
/// [`PersonError::Id`] for an id of another form.
pub fn person_of(application: &Id) -> Result<PersonId, PersonError> {
    let name = application.as_str().strip_prefix("A-").ok_or(PersonError::Id)?;
    let (first, rest) = name.split_at_checked(1).ok_or(PersonError::Id)?;
    match first.bytes().next().filter(|_| name.len() == ID_CHARACTERS && name.bytes().all(|b| b.is_ascii_digit())) {
        Some(digit) => format!("{}{rest}", char::from(digit - b'0' + b'g')).parse(),
        None => name.parse(),
    }
}

/// The application that stands in the gallery under this name.
///
/// # Errors
/// [`StoreError::Word`].
pub fn application_of(person: PersonId) -> Result<Id, StoreError> {
    let name = person.to_string();
    let digits = |rest: &str| name.len() == ID_CHARACTERS && rest.bytes().all(|b| b.is_ascii_digit());
    match (name.bytes().next(), name.get(1..)) {
        (Some(letter @ b'g'..=b'p'), Some(rest)) if digits(rest) => {
            Id::parse(&format!("A-{}{rest}", char::from(letter - b'g' + b'0')))
        }
        _ => Id::parse(&format!("A-{name}")),
    }
}
