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
mod own;
mod record;
#[cfg(test)]
pub(crate) mod tests;
pub mod view;

pub use approve::{Approved, Making, approve};
pub use captured::{Captured, ClassicalPrints, Prints};
pub use clarify::{Concluded, Outcome};
pub use error::CentreError;
pub use findings::{Answer, Doubt, Findings, Suspect, Suspects};
pub use identify::{Population, identify};
pub use intake::receive;
pub use own::vacate;

use super::store::{Id, StoreError};
use crate::afis::{PersonError, PersonId};

/// What names an application in the gallery: its id without the letter in front, which has as many characters as the gallery keeps.
///
/// # Errors
/// [`PersonError::Id`] for an id of another form.
pub fn person_of(application: &Id) -> Result<PersonId, PersonError> {
    application.as_str().strip_prefix("A-").ok_or(PersonError::Id)?.parse()
}

/// The application that stands in the gallery under this name.
///
/// # Errors
/// [`StoreError::Word`].
pub fn application_of(person: PersonId) -> Result<Id, StoreError> {
    Id::parse(&format!("A-{person}"))
}
