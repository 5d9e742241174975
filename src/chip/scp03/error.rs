//! Why a secure channel was not opened or broke.

use crate::reason::{Reason, Refusal};

/// A refused step of SCP03, on either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Scp03Error {
    /// A host challenge that is not eight or sixteen bytes.
    #[error("host challenge has the wrong length")]
    BadChallenge,
    /// INITIALIZE UPDATE was answered with this status word.
    #[error("INITIALIZE UPDATE answered {0:04X}")]
    InitializeRefused(u16),
    /// The answer to INITIALIZE UPDATE has a length or parameter that no version of SCP03 gives.
    #[error("INITIALIZE UPDATE answer of {0} bytes is malformed")]
    BadAnswer(usize),
    /// The chip speaks another secure channel protocol than 03.
    #[error("chip speaks secure channel protocol {0:02X}, not 03")]
    OtherProtocol(u8),
    /// The chip answered with another key version than was asked for.
    #[error("chip has key version {found:02X}, not {asked:02X}")]
    OtherKeyVersion {
        /// The key version that was asked for.
        asked: u8,
        /// The key version of the answer.
        found: u8,
    },
    /// The chip and the host differ in S8 and S16.
    #[error("chip and host differ in S8 and S16 mode")]
    OtherMode,
    /// The security level is none of 01, 03, 11, 13, 33, or the chip's `i` does not offer it.
    #[error("security level {0:02X} is not available")]
    LevelUnavailable(u8),
    /// The card cryptogram is wrong: the chip does not hold the key, or something sits between. Never try again.
    #[error("card cryptogram is wrong")]
    WrongCardCryptogram,
    /// The card challenge is not the one that key, counter and AID give. Never try again.
    #[error("card challenge is not derived from the key")]
    ChallengeNotDerived,
    /// EXTERNAL AUTHENTICATE was answered with this status word: the chip does not accept the host. Never try again.
    #[error("EXTERNAL AUTHENTICATE answered {0:04X}")]
    AuthenticationRefused(u16),
    /// The command is not the one that this state waits for.
    #[error("command is not expected in this state")]
    UnexpectedCommand,
    /// The host cryptogram or its MAC is wrong (card side).
    #[error("host cryptogram is wrong")]
    WrongHostCryptogram,
    /// A command came without secure messaging (card side).
    #[error("command is not protected")]
    NotProtected,
    /// A MAC, or the padding under it, is wrong. The channel is closed.
    #[error("message authentication code is wrong")]
    BadMac,
    /// An error status word, which SCP03 leaves without MAC: anyone may have said it. The channel is closed.
    #[error("unauthenticated status {0:04X} tells nothing")]
    NoInformation(u16),
    /// The protected command would be longer than an APDU can be.
    #[error("protected command is too long")]
    TooLong,
    /// The channel was closed by an earlier error.
    #[error("secure channel is closed")]
    Closed,
}

impl Refusal for Scp03Error {
    fn reason(&self) -> Reason {
        match self {
            Self::WrongCardCryptogram
            | Self::ChallengeNotDerived
            | Self::AuthenticationRefused(_)
            | Self::WrongHostCryptogram => Reason::CardAuthFailed,
            Self::OtherProtocol(_) | Self::OtherKeyVersion { .. } | Self::OtherMode | Self::LevelUnavailable(_) => {
                Reason::CardNotOurs
            }
            Self::InitializeRefused(_) | Self::BadAnswer(_) => Reason::UnexpectedAnswer,
            Self::BadMac | Self::NoInformation(_) | Self::NotProtected | Self::Closed => Reason::SecureChannelBroken,
            Self::BadChallenge | Self::UnexpectedCommand | Self::TooLong => Reason::InternalError,
        }
    }
}

impl Scp03Error {
    /// The status word with which a card answers this refusal.
    #[must_use]
    pub fn card_status(&self) -> u16 {
        match self {
            Self::WrongHostCryptogram => 0x6300,
            Self::BadChallenge | Self::TooLong | Self::BadAnswer(_) => 0x6700,
            Self::LevelUnavailable(_) => 0x6A86,
            Self::OtherKeyVersion { .. } => 0x6A88,
            Self::UnexpectedCommand | Self::Closed => 0x6985,
            _ => 0x6982,
        }
    }
}
