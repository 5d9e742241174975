//! Handover: the holder's live fingers against the card's, and what follows: the card given, or sent back to be destroyed.
//!
//! [`present`] holds a card that was read and judged against the application whose receipt is shown; a [`Sitting`] compares, under a
//! [`TrialPolicy`], which is the default or one that the ministry signed ([`SignedPolicy`]), and keeps every capture; [`give`] and [`refuse`] take only what a kept trial proved; [`recapture`] is the way out of
//! samples that never say anything. A card that is not what it should be is an [`alarm`]. [`status`] says what the status list must say
//! after it.

mod alarm;
mod error;
pub mod give;
mod policy;
pub mod present;
pub mod queue;
mod recapture;
mod signed_policy;
pub mod sitting;
pub mod status;
#[cfg(test)]
mod tests;
pub mod trial;

pub use alarm::alarm;
pub use error::HandoverError;
pub use give::{Known, can, give, refuse};
pub use policy::{PolicyError, TrialPolicy};
pub use present::{Judge, Presented, Read, present};
pub use queue::{Outcome, is_copy, queue};
pub use recapture::recapture;
pub use signed_policy::SignedPolicy;
pub use sitting::Sitting;
pub use trial::{Ended, Gave, Logged, Matched, Mismatched, Next, Sample, Trial, TrialError};
