//! Secure messaging (Doc 9303-11 9.8, ISO 7816-4 10): AES, and triple DES for the BAC test profile; terminal's and chip's side.
//!
//! Every data object must be there, once, in order, and nothing else. The MAC is checked before anything is decrypted, and the padding
//! only after that. Any error closes a session for good: there is no way back to plain APDUs within it.

mod card;
mod host;
mod objects;
mod suite;

pub use card::SmCard;
pub use host::SmHost;
pub use suite::SmKeys;

use super::apdu::{ApduError, StatusWord};
use crate::lds::tlv::TlvError;
use crate::reason::{Reason, Refusal};

/// Most plain bytes in a protected answer to a short Le: 256 less DO'99', DO'8E' and the header of DO'87' leaves 14 AES blocks, padded.
pub const MAX_SHORT_PLAIN: usize = 223;
#[cfg(feature = "perso")]
const _: () = assert!(MAX_SHORT_PLAIN == crate::lds::plan::READ_BLOCK);

/// Bytes of the MAC in DO'8E'.
const MAC: usize = 8;
/// Encrypted data with padding indicator (even INS).
const DO87: u32 = 0x87;
/// Encrypted data without padding indicator (odd INS).
const DO85: u32 = 0x85;
/// Le.
const DO97: u32 = 0x97;
/// Status word.
const DO99: u32 = 0x99;
/// MAC.
const DO8E: u32 = 0x8E;

/// Why a protected APDU was refused. The session it came in is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SmError {
    /// The session was closed by an earlier error, or a command is still unanswered.
    #[error("the secure channel is closed")]
    Closed,
    /// An answer without protection.
    #[error("an unprotected answer {0} came inside the secure channel")]
    Unprotected(StatusWord),
    /// A command without the class bits of secure messaging.
    #[error("an unprotected command came inside the secure channel")]
    PlainCommand,
    /// Data that are no TLV.
    #[error("protected data: {0}")]
    Malformed(TlvError),
    /// A data object that must be there is not.
    #[error("object {0:02X} is missing")]
    Missing(u32),
    /// A data object stands twice.
    #[error("object {0:02X} stands twice")]
    Duplicate(u32),
    /// A data object that may not stand there.
    #[error("object {0:02X} may not stand there")]
    Misplaced(u32),
    /// A data object whose value has an impossible form: a MAC that is not eight bytes, no whole number of blocks.
    #[error("object {0:02X} has a value of impossible form")]
    BadValue(u32),
    /// The MAC differs.
    #[error("the message authentication code differs")]
    BadMac,
    /// The MAC is right, but what was encrypted is not padded.
    #[error("the padding is malformed")]
    BadPadding,
    /// The protected status word is not the one outside.
    #[error("the protected status word {inner} is not the outer {outer}")]
    StatusDiffers {
        /// Of DO'99'.
        inner: StatusWord,
        /// SW1 SW2.
        outer: StatusWord,
    },
    /// The send sequence counter would repeat.
    #[error("the send sequence counter is used up")]
    CounterExhausted,
    /// A command that cannot be written.
    #[error("{0}")]
    Command(ApduError),
}

impl Refusal for SmError {
    fn reason(&self) -> Reason {
        match self {
            // A chip that lost its keys says so by an error; success outside the channel is somebody else's.
            Self::Unprotected(status) if matches!(status.sw1(), 0x90 | 0x61 | 0x62 | 0x63) => Reason::ChannelForged,
            Self::Command(error) => error.reason(),
            _ => Reason::SecureChannelBroken,
        }
    }
}

impl From<TlvError> for SmError {
    fn from(error: TlvError) -> Self {
        Self::Malformed(error)
    }
}

#[cfg(test)]
mod tests;
