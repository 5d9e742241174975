//! Evidence to verdict, and the holder 1:1; pure.
//!
//! Start at [`evidence::Evidence`], what a reading leaves behind; then the judge, which computes a
//! [`verdict::Verdict`] from it offline. `readback` compares with a card image, for personalization alone.

pub mod challenge;
pub mod check;
pub mod evidence;
pub mod hex;
pub mod judge;
pub mod live;
#[cfg(feature = "cli")]
pub mod log;
pub mod person;
pub mod readback;
pub mod state;
#[cfg(feature = "cli")]
pub mod state_dir;
pub mod told;
pub mod verdict;

pub use challenge::Challenge;
pub use check::{Check, CheckName, CheckResult};
pub use evidence::{Evidence, EvidenceError};
pub use judge::{ListsSeen, Mode, Policy, Purpose, judge};
pub use live::LiveProof;
pub use readback::{ReadBackError, ReadBackMatched};
pub use state::{ChallengeUse, JudgeState, Standing, StateError, ThrowawayState, judge_with};
pub use told::Told;
pub use verdict::{Decision, Verdict};

#[cfg(test)]
pub(crate) mod tests;
