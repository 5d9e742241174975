//! Handover: the holder's live fingers against the card's, and what follows: the card given, or sent back to be destroyed.
//!
//! [`present`] holds a card that was read and judged against the application whose receipt is shown; a [`Trial`] compares; [`give`] and
//! [`refuse`] take only what a trial proved. [`status`] says what the status list must say after it.

mod error;
pub mod give;
pub mod present;
pub mod queue;
pub mod status;
#[cfg(test)]
mod tests;
pub mod trial;

pub use error::HandoverError;
pub use give::{Known, can, give, refuse};
pub use present::{Judge, Presented, Read, present};
pub use queue::{Outcome, is_copy, queue};
pub use trial::{Ended, Matched, Mismatched, Next, Trial, TrialError, TrialPolicy};
