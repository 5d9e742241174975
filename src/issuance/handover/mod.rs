//! Handover: the holder's live fingers against the card's, and what follows: the card given, or sent back to be destroyed.

pub mod trial;

pub use trial::{Ended, Matched, Mismatched, Next, Trial, TrialError, TrialPolicy};
