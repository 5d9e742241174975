//! Quality control: reading the card back as the field would, with a terminal certificate of at most seven days.

use crate::chip::link::Counters;
use crate::chip::port::Port;
use crate::lds::files::CardFiles;
use crate::perso::stream::Passwords;
use crate::pki::sod::SodRead;
use crate::reason::{Reason, Refusal};
use jiff::Timestamp;

/// Why quality control does not begin, or does not pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InspectError {
    /// No quality-control certificate, or one that is expired, not yet valid, or valid for more than seven days.
    #[error("no valid quality-control certificate: {0}")]
    NoTerminal(&'static str),
    /// The card shows something else than was written.
    #[error("read-back differs: {0}")]
    Differs(String),
    /// The card equals its image, and no reader would believe its document signer.
    #[error("read-back: {message}")]
    Distrusted {
        /// The judge's own reason.
        reason: Reason,
        /// What it said.
        message: String,
    },
    /// The reading did not come to an end; it tells nothing about the card.
    #[error("read-back stopped: {message}")]
    Stopped {
        /// The reason of the reading's own error.
        reason: Reason,
        /// What happened.
        message: String,
    },
}

impl InspectError {
    /// Whether the card is shown to be wrong.
    #[must_use]
    pub const fn is_difference(&self) -> bool {
        matches!(self, Self::Differs(_) | Self::Distrusted { .. })
    }
}

impl Refusal for InspectError {
    fn reason(&self) -> Reason {
        match self {
            Self::NoTerminal(_) => Reason::TerminalNotAccepted,
            Self::Differs(_) => Reason::ReadBackDiffers,
            Self::Distrusted { reason, .. } | Self::Stopped { reason, .. } => *reason,
        }
    }
}

/// What a personalized card must show.
pub struct Expected<'a> {
    /// Every file, DG14, DG15 and EF.SOD included.
    pub files: &'a CardFiles,
    /// A password of the chip.
    pub passwords: &'a Passwords,
}

/// The proof that a card was read back and equals its image. Only [`Inspector::read_back`] of a real inspector makes one.
#[derive(Debug)]
pub struct Matched(());

impl Matched {
    /// From the judgement of `verify`.
    #[must_use]
    pub fn judged(_: crate::verify::readback::ReadBackMatched) -> Self {
        Self(())
    }

    /// Without any reading: for the mutant engine that the fault matrix must catch.
    #[cfg(test)]
    pub(super) fn unread() -> Self {
        Self(())
    }
}

/// Who reads a card back. `spent` grows by what goes over the wire, failed readings included.
pub trait Inspector {
    /// Whether a valid quality-control certificate is at hand; asked before a run touches the chip.
    ///
    /// # Errors
    /// [`InspectError::NoTerminal`].
    fn ready(&self, now: Timestamp) -> Result<(), InspectError>;

    /// Whether quality control would believe an EF.SOD: asked before it is stored and written, while the card can still get another.
    ///
    /// # Errors
    /// [`InspectError::Stopped`] with the judge's reason: nothing is wrong with the chip.
    fn believes(&self, sod: SodRead, now: Timestamp) -> Result<(), InspectError>;

    /// Reads the whole card after a power cycle and compares it with what it must show.
    ///
    /// # Errors
    /// [`InspectError::Differs`] or [`InspectError::Distrusted`] if the card is wrong, [`InspectError::Stopped`] if that stays open.
    fn read_back(&mut self, port: &mut dyn Port, expected: &Expected<'_>, spent: &mut Counters) -> Result<Matched, InspectError>;

    /// Reads EF.SOD alone, behind PACE: the probe of a LOCKED chip.
    ///
    /// # Errors
    /// [`InspectError::Stopped`].
    fn security_object(
        &mut self,
        port: &mut dyn Port,
        passwords: &Passwords,
        spent: &mut Counters,
    ) -> Result<Vec<u8>, InspectError>;

    /// Holder reference of the quality-control certificate, for the receipt.
    fn certificate(&self) -> String;
}
