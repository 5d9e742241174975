//! Why a reading did not come to evidence.

use crate::chip::apdu::StatusWord;
use crate::chip::channel::ChannelError;
use crate::chip::link::LinkError;
use crate::chip::pace::PaceError;
use crate::chip::port::PortError;
use crate::lds::file_id::FileId;
use crate::limits::{FIELD_LOST_RETRIES, FILE_BYTES};
use crate::reason::{Reason, Refusal};

/// Why a reading did not come to evidence. A card that reads but lies is no error: its evidence is judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The reader or the card did not carry an APDU, or an answer was not of the secure channel; the channel is closed.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// The card left the field more often than a reading is taken up again.
    #[error("the card left the field more than {FIELD_LOST_RETRIES} times")]
    FieldLost,
    /// The chip shows no EF.CardAccess, or none with a PACE that this program speaks. Nothing else is tried (no BAC, no plain reading).
    #[error("the chip offers no PACE that this program speaks")]
    PaceAbsent,
    /// The chip lets nothing of a card be selected: it is blank, being personalized, or was ended before it became one.
    #[error("the chip is not a finished card")]
    NotPersonalized,
    /// PACE gave no channel; a wrong password among other causes. It is not repeated.
    #[error(transparent)]
    Pace(#[from] PaceError),
    /// The application cannot be selected.
    #[error("the application cannot be selected: {0}")]
    NoApplication(StatusWord),
    /// A file that is not a whole object, or has another tag than its own.
    #[error("{0} is malformed on the chip")]
    Malformed(FileId),
    /// A file says that it is larger than [`FILE_BYTES`].
    #[error("{0} says that it is larger than {FILE_BYTES} bytes")]
    TooLarge(FileId),
    /// The chip answers a read of more with nothing.
    #[error("{file} ends at byte {offset}, before its own length")]
    EndsEarly {
        /// Which file.
        file: FileId,
        /// Bytes read.
        offset: usize,
    },
    /// The chip refused a read in the middle of a file.
    #[error("{file} refused at byte {offset}: {status}")]
    Refused {
        /// Which file.
        file: FileId,
        /// Bytes read.
        offset: usize,
        /// What the chip answered.
        status: StatusWord,
    },
}

impl ReadError {
    /// Whether the field, and with it every channel, was lost.
    #[must_use]
    pub fn is_field_lost(&self) -> bool {
        let lost = |e: &PortError| {
            matches!(
                e,
                PortError::CardRemoved
                    | PortError::CardReset
                    | PortError::CardAbsent
                    | PortError::Timeout
                    | PortError::Transport(_)
            )
        };
        matches!(self, Self::Channel(ChannelError::Link(e)) if e.port_error().is_some_and(lost))
    }
}

impl From<LinkError> for ReadError {
    fn from(error: LinkError) -> Self {
        Self::Channel(ChannelError::Link(error))
    }
}

impl Refusal for ReadError {
    fn reason(&self) -> Reason {
        match self {
            Self::Channel(source) => source.reason(),
            Self::FieldLost => Reason::CardRemoved,
            Self::PaceAbsent => Reason::PaceAbsent,
            Self::NotPersonalized => Reason::NotPersonalized,
            Self::Pace(source) => source.reason(),
            _ => Reason::UnexpectedAnswer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_reason() {
        let rows = [
            (ReadError::FieldLost, Reason::CardRemoved),
            (ReadError::PaceAbsent, Reason::PaceAbsent),
            (ReadError::NotPersonalized, Reason::NotPersonalized),
            (ReadError::Pace(PaceError::WrongPassword), Reason::WrongCan),
            (ReadError::NoApplication(StatusWord(0x6A82)), Reason::UnexpectedAnswer),
        ];
        for (error, reason) in rows {
            assert_eq!(error.reason(), reason, "{error}");
            assert!(!error.is_field_lost());
        }
        let lost = ReadError::Channel(ChannelError::Link(LinkError::Port { index: 1, source: PortError::CardRemoved }));
        assert!(lost.is_field_lost());
        assert_eq!(lost.reason(), Reason::CardRemoved);
    }
}
