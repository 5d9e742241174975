//! What was said to the chip, without what was in it: headers, lengths, status words.

use super::apdu::{Command, StatusWord};
use super::port::PortError;
use std::collections::VecDeque;

/// One exchange. No byte of any data field is kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Entry {
    /// Number of the APDU in its conversation, from 1.
    pub index: u64,
    /// CLA INS P1 P2 in hexadecimal.
    pub header: String,
    /// Bytes of command data.
    pub lc: usize,
    /// Bytes asked for.
    pub le: Option<u32>,
    /// Bytes of response data; none if no answer came.
    pub got: Option<usize>,
    /// Status word in hexadecimal, or why no answer came.
    pub status: String,
}

/// The latest exchanges of a conversation, at most [`crate::limits::TRACE_ENTRIES`].
#[derive(Debug, Clone, Default)]
pub struct Trace {
    entries: VecDeque<Entry>,
}

impl Trace {
    /// The exchanges, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    pub(super) fn push(&mut self, index: u64, command: &Command, answer: Result<&[u8], &PortError>) {
        if self.entries.len() >= crate::limits::TRACE_ENTRIES {
            self.entries.pop_front();
        }
        let [cla, ins, p1, p2] = command.header();
        let (got, status) = match answer {
            Ok([data @ .., sw1, sw2]) => (Some(data.len()), StatusWord(u16::from_be_bytes([*sw1, *sw2])).to_string()),
            Ok(_) => (None, "no status word".to_owned()),
            Err(error) => (None, error.to_string()),
        };
        let header = format!("{cla:02X}{ins:02X}{p1:02X}{p2:02X}");
        self.entries.push_back(Entry { index, header, lc: command.data().len(), le: command.le(), got, status });
    }
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:4} {} Lc {} ", self.index, self.header, self.lc)?;
        match self.le {
            Some(le) => write!(f, "Le {le}")?,
            None => f.write_str("Le -")?,
        }
        if let Some(got) = self.got {
            write!(f, " -> {got} bytes")?;
        }
        write!(f, " {}", self.status)
    }
}
