//! Officers: who they are by their keys, what they may by grants of the level above, and what they did by their signatures.
//!
//! An [`OfficerId`] is a key's digest; a [`Grant`] gives it a role at an office for a time, signed one level up; a [`Roster`] holds
//! grants and their ends and answers for an instant; an [`Act`] is what was signed, and [`Signed::check`] the only way to a [`Proven`]
//! one. Form of the documents: `docs/issuance.md`.

pub mod act;
pub mod document;
pub mod folder;
pub mod grant;
pub mod request;
pub mod roster;
#[cfg(test)]
pub(in crate::issuance) mod tests;

pub use act::{Act, ActError, Proven, Signed};
pub use folder::{Folder, FolderError};
pub use grant::{Ended, Grant, GrantError, OfficerId, SignedEnd, SignedGrant};
pub use request::SignedRequest;
pub use roster::{Roster, Standing, StandingError};
