//! Gallery and 1:N: is this person among those enrolled? Single, adjudicate or duplicate.
//!
//! A [`Person`] is ten fingers, each a print or the reason why there is none. The [`Gallery`] holds persons in memory: a code and the
//! best minutiae of each finger. A search scans all codes with all fingers voting ([`code`]), compares the short list by the exact
//! matcher, adds up the log-likelihood ratios of all fingers, and answers by two thresholds that are false-positive rates
//! ([`Policy`]). *Single* is said only where enough fingers could be compared ([`answer`]). On disk a gallery is sealed ([`sealed`]).
//! `specs/afis.md` has the forms and the reasons, `docs/identification.md` the figures.

pub mod answer;
mod block;
pub mod code;
mod exact;
pub mod gallery;
pub mod packed;
pub mod person;
pub mod person_file;
pub mod policy;
mod scan;
pub mod sealed;

pub use answer::{Answer, Candidate, Doubt, Likeness, Single};
pub use block::SEAT_BYTES;
pub use gallery::{Gallery, GalleryError, Ticket};
pub use person::{Finger, Person, PersonError, PersonId, Print};
pub use policy::{Policy, PolicyError};
