//! What a reading tells while it goes on: enough for a bar, and when the holder may take the card.

use crate::lds::file_id::FileId;

/// A step of a reading.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum Progress {
    /// The password was accepted and the channel is open.
    ChannelOpen,
    /// Chip Authentication was answered; the judge says whether it holds.
    ChipAuthenticated,
    /// The chip accepted this station as a terminal that may read fingers.
    TerminalAccepted,
    /// A part of a file came.
    Reading {
        /// Which file.
        file: FileId,
        /// Bytes read.
        done: usize,
        /// Bytes of the file.
        total: usize,
    },
    /// The card left the field; the reading goes on where it stood.
    FieldLost {
        /// Which time, from 1.
        time: usize,
    },
    /// The last APDU was answered: the card may leave the reader.
    CardMayGo,
}
