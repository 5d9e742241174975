//! One file from the chip in as few commands as there are: by short identifier, the first chunk telling the length.

use super::error::ReadError;
use crate::chip::apdu::{Command, Response, StatusWord};
use crate::chip::channel::Channel;
use crate::lds::file_id::FileId;
use crate::limits::FILE_BYTES;

/// Sends a command over whatever channel is open.
pub trait Exchange {
    /// One command, one answer.
    ///
    /// # Errors
    /// [`ReadError`]; the channel is then of no use.
    fn send(&mut self, command: &Command) -> Result<Response, ReadError>;
}

impl Exchange for Channel<'_> {
    fn send(&mut self, command: &Command) -> Result<Response, ReadError> {
        Ok(Channel::send(self, command)?)
    }
}

/// Offsets from here on need the odd instruction (ISO 7816-4 11.3: P1-P2 hold 15 bits).
const ODD_FROM: usize = 0x8000;
/// Bytes around the data in the answer of the odd instruction: tag 53 and a length of up to three bytes.
const ODD_HEADER: u32 = 4;
/// EF.CVCA has always this length (TR-03110-3 A.7.2.4 by Doc 9303).
const CVCA_LEN: usize = 36;

/// A file that is being read. It survives a lost field: reading goes on at the byte where it stood.
#[derive(Debug, Clone)]
pub struct PartialFile {
    file: FileId,
    bytes: Vec<u8>,
    total: Option<usize>,
    selected: bool,
}

/// What a first read found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The file is there.
    Present,
    /// It is not readable: the chip's answer.
    Answer(StatusWord),
}

impl PartialFile {
    /// Nothing of `file` yet.
    #[must_use]
    pub fn new(file: FileId) -> Self {
        Self { file, bytes: Vec::new(), total: None, selected: false }
    }

    /// Which file.
    #[must_use]
    pub fn file(&self) -> FileId {
        self.file
    }

    /// Bytes read so far.
    #[must_use]
    pub fn done(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes of the file, as far as that is known.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total.unwrap_or(self.bytes.len())
    }

    /// Forgets that the chip has the file selected: after a lost field or another file.
    pub fn deselected(&mut self) {
        self.selected = false;
    }

    /// The whole file, if it is whole.
    #[must_use]
    pub fn into_whole(self) -> Option<Vec<u8>> {
        (self.total == Some(self.bytes.len())).then_some(self.bytes)
    }

    /// Reads one more chunk of at most `chunk` bytes; [`Found::Present`] once the file is whole or a chunk came.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn step(&mut self, channel: &mut dyn Exchange, chunk: u32) -> Result<Found, ReadError> {
        if self.bytes.is_empty() {
            return self.first(channel, chunk);
        }
        if !self.selected {
            // One byte by short identifier makes the file current again; the offset is kept.
            let answer = channel.send(&by_sfi(self.file, 1))?;
            self.check(&answer)?;
            self.selected = true;
        }
        let rest = self.total().saturating_sub(self.bytes.len());
        if rest == 0 {
            return Ok(Found::Present);
        }
        let data = self.continued(channel, chunk, u32::try_from(rest).unwrap_or(chunk))?;
        self.take(data)
    }

    fn first(&mut self, channel: &mut dyn Exchange, chunk: u32) -> Result<Found, ReadError> {
        let answer = channel.send(&self.first_command(chunk))?;
        self.first_answer(answer)
    }

    /// The command that begins a file.
    #[must_use]
    pub fn first_command(&self, chunk: u32) -> Command {
        by_sfi(self.file, chunk)
    }

    /// Takes the answer to [`Self::first_command`].
    ///
    /// # Errors
    /// [`ReadError::Malformed`], [`ReadError::TooLarge`] or [`ReadError::EndsEarly`].
    pub fn first_answer(&mut self, answer: Response) -> Result<Found, ReadError> {
        if !is_read(answer.status) {
            return Ok(Found::Answer(answer.status));
        }
        self.selected = true;
        self.total = Some(match self.file {
            FileId::Cvca => CVCA_LEN,
            FileId::AtrInfo => answer.data.len(),
            file => total_length(file, &answer.data)?,
        });
        self.take(answer.data)
    }

    fn continued(&self, channel: &mut dyn Exchange, chunk: u32, rest: u32) -> Result<Vec<u8>, ReadError> {
        let offset = self.bytes.len();
        if offset < ODD_FROM {
            let [p1, p2] = u16::try_from(offset).unwrap_or(u16::MAX).to_be_bytes();
            let answer = channel.send(&Command::new(0x00, 0xB0, p1, p2).with_le(chunk.min(rest)))?;
            self.check(&answer)?;
            return Ok(answer.data);
        }
        let [_, high, middle, low] = u32::try_from(offset).unwrap_or(u32::MAX).to_be_bytes();
        let le = chunk.min(rest.saturating_add(ODD_HEADER));
        let command = Command::new(0x00, 0xB1, 0, 0).with_data([0x54, 3, high, middle, low]).with_le(le);
        let answer = channel.send(&command)?;
        self.check(&answer)?;
        let object = crate::lds::tlv::parse_one(&answer.data, 0x53).map_err(|_| ReadError::Malformed(self.file))?;
        Ok(object.value.to_vec())
    }

    fn check(&self, answer: &Response) -> Result<(), ReadError> {
        let refused = ReadError::Refused { file: self.file, offset: self.bytes.len(), status: answer.status };
        if is_read(answer.status) { Ok(()) } else { Err(refused) }
    }

    /// Takes a chunk. An empty one would never end the file.
    fn take(&mut self, data: Vec<u8>) -> Result<Found, ReadError> {
        if data.is_empty() {
            return Err(ReadError::EndsEarly { file: self.file, offset: self.bytes.len() });
        }
        self.bytes.extend(data);
        // A chip may give more than the object: what follows it is padding of the file, not part of it.
        self.bytes.truncate(self.total());
        Ok(Found::Present)
    }
}

/// Asks for one byte: is the file there, and may it be read? A success without a byte is the end of an empty file, 6282.
///
/// # Errors
/// [`ReadError`].
pub fn probe(channel: &mut dyn Exchange, file: FileId) -> Result<StatusWord, ReadError> {
    let answer = channel.send(&by_sfi(file, 1))?;
    Ok(if answer.status.is_ok() && answer.data.is_empty() { StatusWord::END_OF_FILE } else { answer.status })
}

fn by_sfi(file: FileId, le: u32) -> Command {
    Command::new(0x00, 0xB0, 0x80 | file.sfi(), 0).with_le(le)
}

/// 9000, or 6282 where Le asked beyond the end.
fn is_read(status: StatusWord) -> bool {
    status.is_ok() || status == StatusWord::END_OF_FILE
}

/// Length of the whole object from its first bytes.
fn total_length(file: FileId, first: &[u8]) -> Result<usize, ReadError> {
    let malformed = ReadError::Malformed(file);
    let tag = file.tag().ok_or(malformed.clone())?;
    let tag_bytes: Vec<u8> = tag.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect();
    let rest = first.strip_prefix(tag_bytes.as_slice()).ok_or(malformed.clone())?;
    let (header, length) = match *rest {
        [n @ 0..=0x7F, ..] => (1, usize::from(n)),
        [0x81, n, ..] => (2, usize::from(n)),
        [0x82, a, b, ..] => (3, usize::from(u16::from_be_bytes([a, b]))),
        [0x83, a, b, c, ..] => (4, usize::try_from(u32::from_be_bytes([0, a, b, c])).unwrap_or(usize::MAX)),
        _ => return Err(malformed),
    };
    let total = length.saturating_add(header).saturating_add(tag_bytes.len());
    if total <= FILE_BYTES { Ok(total) } else { Err(ReadError::TooLarge(file)) }
}

#[cfg(test)]
#[path = "tests/file.rs"]
mod tests;
