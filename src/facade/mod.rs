//! The library's four plain calls, on bytes and owned values: read a card, judge it, match a finger, inspect files.
//!
//! Whoever builds on this package needs no other module: `read` and `judge` come with the Cargo feature `verify` (a PC/SC reader by its
//! name with `reader` too), `match_prints` with `finger`, `inspect` always. Every refusal is a [`Refused`] with the product's stable
//! reason, whose exit code, texts and next step are those of the command line (`docs/reasons.md`).

mod inspecting;
#[cfg(feature = "verify")]
mod judging;
#[cfg(feature = "finger")]
mod matching;
#[cfg(feature = "verify")]
mod reading;

pub use crate::lds::inspect::Node;
pub use inspecting::inspect;

#[cfg(feature = "verify")]
pub use crate::{
    chip::pace::Password,
    pki::trust::Kind,
    read::{Field, Progress, Terminal, Want},
    verify::{Decision, JudgeState, LiveProof, Purpose, ThrowawayState, Verdict},
};
#[cfg(feature = "verify")]
pub use judging::{Anchors, Presence, Question, judge};
#[cfg(all(feature = "verify", feature = "reader"))]
pub use reading::read;
#[cfg(feature = "verify")]
pub use reading::{ReadRequest, Seen, read_through};

#[cfg(feature = "finger")]
pub use crate::finger::{
    Band, MatchOutcome,
    matching::{Fmr, FmrError},
};
#[cfg(feature = "finger")]
pub use matching::match_prints;

use crate::reason::{Reason, Refusal};

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The stable reason: code, exit code, whose hand the next step is in, texts in Indonesian and English.
    pub reason: Reason,
    /// What happened and where, in a line; without secrets and personal data.
    pub detail: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} [{}]", self.detail, self.reason.code())
    }
}

impl std::error::Error for Refused {}

impl<E: Refusal> From<E> for Refused {
    fn from(error: E) -> Self {
        Self { reason: error.reason(), detail: error.to_string() }
    }
}
