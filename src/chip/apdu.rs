//! Command and response APDUs (ISO 7816-3 12.1, ISO 7816-4 5): our own bytes, short and extended, both directions.
//!
//! The value model is that of the `apdu` crate; its serializer is never called, because it is wrong above 255 bytes.

pub use super::status::StatusWord;
use crate::reason::{Reason, Refusal};
use zeroize::Zeroizing;

/// Largest command data field, in bytes.
pub const MAX_DATA: usize = 65_535;
/// Largest Le and largest response data field, in bytes.
pub const MAX_LE: u32 = 65_536;
/// Le of a short command that asks for as much as a short response holds.
pub const SHORT_LE_MAX: u32 = 256;

/// Bytes that are no command or no response, or a command that cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApduError {
    /// Fewer than the four bytes of a header.
    #[error("command of {0} bytes is shorter than its header")]
    CommandTooShort(usize),
    /// Lc or Le do not agree with the length of the command.
    #[error("length fields do not fit a command of {0} bytes")]
    BadLength(usize),
    /// More command data than an extended Lc can say.
    #[error("command data of {0} bytes exceeds 65535")]
    DataTooLong(usize),
    /// An Le of zero or above 65,536.
    #[error("Le of {0} is not between 1 and 65536")]
    BadLe(u32),
    /// A response without a whole status word.
    #[error("response of {0} bytes holds no status word")]
    ResponseTooShort(usize),
    /// A response longer than an extended response can be.
    #[error("response of {0} bytes is longer than any response")]
    ResponseTooLong(usize),
}

impl Refusal for ApduError {
    fn reason(&self) -> Reason {
        match self {
            Self::ResponseTooShort(_) | Self::ResponseTooLong(_) => Reason::UnexpectedAnswer,
            _ => Reason::EncodingInvalid,
        }
    }
}

/// A command APDU. `Debug` shows its header and lengths, never its data.
///
/// ```
/// use ektp::chip::apdu::Command;
/// let select = Command::new(0x00, 0xA4, 0x02, 0x0C).with_data([0x01, 0x1C]);
/// assert_eq!(select.encode().unwrap(), [0x00, 0xA4, 0x02, 0x0C, 0x02, 0x01, 0x1C]);
/// assert_eq!(Command::parse(&[0x00, 0xB0, 0x00, 0x00, 0x00]).unwrap().le(), Some(256));
/// ```
pub struct Command {
    /// Header and Le (0 stands for 65,536); its payload is always empty.
    head: apdu::Command<'static>,
    data: Zeroizing<Vec<u8>>,
    extended: bool,
    bad_le: Option<u32>,
}

impl Command {
    /// A command without data and without Le.
    #[must_use]
    pub fn new(cla: u8, ins: u8, p1: u8, p2: u8) -> Self {
        Self { head: apdu::Command::new(cla, ins, p1, p2), data: Zeroizing::default(), extended: false, bad_le: None }
    }

    /// The same command with this data field; empty data are no data field.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<Vec<u8>>) -> Self {
        self.data = Zeroizing::new(data.into());
        self
    }

    /// The same command asking for at most `le` bytes, 1 to 65,536; 256 is the short maximum.
    #[must_use]
    pub fn with_le(mut self, le: u32) -> Self {
        self.bad_le = (!(1..=MAX_LE).contains(&le)).then_some(le);
        self.head.le = Some(u16::try_from(le % MAX_LE).unwrap_or(0));
        self
    }

    /// The same command with another class byte: logical channel, chaining, secure messaging.
    #[must_use]
    pub fn with_cla(mut self, cla: u8) -> Self {
        self.head.cla = cla;
        self
    }

    /// The same command without Le.
    #[must_use]
    pub fn without_le(mut self) -> Self {
        self.head.le = None;
        self.bad_le = None;
        self
    }

    /// The same command with extended length fields even where short ones would do.
    #[must_use]
    pub fn extended(mut self) -> Self {
        self.extended = true;
        self
    }

    /// Class byte.
    #[must_use]
    pub fn cla(&self) -> u8 {
        self.head.cla
    }

    /// Instruction byte.
    #[must_use]
    pub fn ins(&self) -> u8 {
        self.head.ins
    }

    /// First parameter.
    #[must_use]
    pub fn p1(&self) -> u8 {
        self.head.p1
    }

    /// Second parameter.
    #[must_use]
    pub fn p2(&self) -> u8 {
        self.head.p2
    }

    /// CLA, INS, P1, P2.
    #[must_use]
    pub fn header(&self) -> [u8; 4] {
        [self.head.cla, self.head.ins, self.head.p1, self.head.p2]
    }

    /// The command data field.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Bytes asked for, 1 to 65,536.
    #[must_use]
    pub fn le(&self) -> Option<u32> {
        self.head.le.map(|le| if le == 0 { MAX_LE } else { u32::from(le) })
    }

    /// Whether it is written with extended length fields.
    #[must_use]
    pub fn is_extended(&self) -> bool {
        self.extended || self.data.len() > 255 || self.le().is_some_and(|le| le > SHORT_LE_MAX)
    }

    /// The command's bytes: short where that is possible, else extended.
    ///
    /// # Errors
    /// [`ApduError::DataTooLong`] or [`ApduError::BadLe`].
    pub fn encode(&self) -> Result<Vec<u8>, ApduError> {
        self.write(self.is_extended())
    }

    /// The command's bytes with extended length fields.
    ///
    /// # Errors
    /// [`ApduError::DataTooLong`] or [`ApduError::BadLe`].
    pub fn encode_extended(&self) -> Result<Vec<u8>, ApduError> {
        self.write(true)
    }

    fn write(&self, extended: bool) -> Result<Vec<u8>, ApduError> {
        if let Some(le) = self.bad_le {
            return Err(ApduError::BadLe(le));
        }
        let length = u16::try_from(self.data.len()).map_err(|_| ApduError::DataTooLong(self.data.len()))?;
        let mut out = Vec::with_capacity(self.data.len() + 9);
        out.extend(self.header());
        let [lc_high, lc_low] = length.to_be_bytes();
        if length > 0 {
            if extended {
                out.extend([0, lc_high]);
            }
            out.push(lc_low);
            out.extend_from_slice(&self.data);
        }
        if let Some([le_high, le_low]) = self.head.le.map(u16::to_be_bytes) {
            match (extended, length > 0) {
                (true, false) => out.extend([0, le_high, le_low]),
                (true, true) => out.extend([le_high, le_low]),
                (false, _) => out.push(le_low),
            }
        }
        Ok(out)
    }

    /// Reads a command; remembers whether its length fields were extended.
    ///
    /// # Errors
    /// [`ApduError::CommandTooShort`] or [`ApduError::BadLength`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ApduError> {
        let Some((&[cla, ins, p1, p2], body)) = bytes.split_first_chunk::<4>() else {
            return Err(ApduError::CommandTooShort(bytes.len()));
        };
        let bad = ApduError::BadLength(bytes.len());
        let command = Self::new(cla, ins, p1, p2);
        match body {
            [] => Ok(command),
            [le] => Ok(command.with_le(short_le(*le))),
            [0, high, low] => Ok(command.with_le(extended_le(*high, *low)).extended()),
            [0, high, low, rest @ ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                let (data, tail) = rest.split_at_checked(length).filter(|_| length > 0).ok_or(bad)?;
                let command = command.with_data(data).extended();
                match tail {
                    [] => Ok(command),
                    [high, low] => Ok(command.with_le(extended_le(*high, *low))),
                    _ => Err(bad),
                }
            }
            [length, rest @ ..] => {
                let (data, tail) = rest.split_at_checked(usize::from(*length)).filter(|_| *length > 0).ok_or(bad)?;
                match tail {
                    [] => Ok(command.with_data(data)),
                    [le] => Ok(command.with_data(data).with_le(short_le(*le))),
                    _ => Err(bad),
                }
            }
        }
    }
}

fn short_le(le: u8) -> u32 {
    if le == 0 { SHORT_LE_MAX } else { u32::from(le) }
}

fn extended_le(high: u8, low: u8) -> u32 {
    match u16::from_be_bytes([high, low]) {
        0 => MAX_LE,
        le => u32::from(le),
    }
}

impl Clone for Command {
    fn clone(&self) -> Self {
        let [cla, ins, p1, p2] = self.header();
        let mut head = apdu::Command::new(cla, ins, p1, p2);
        head.le = self.head.le;
        Self { head, data: self.data.clone(), extended: self.extended, bad_le: self.bad_le }
    }
}

/// Equal in header, data and Le; the form of the length fields does not matter.
impl PartialEq for Command {
    fn eq(&self, other: &Self) -> bool {
        self.header() == other.header() && self.data == other.data && self.le() == other.le()
    }
}

impl Eq for Command {}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [cla, ins, p1, p2] = self.header();
        write!(f, "{cla:02X} {ins:02X} {p1:02X} {p2:02X} Lc {} Le ", self.data.len())?;
        match self.le() {
            Some(le) => write!(f, "{le}"),
            None => f.write_str("none"),
        }
    }
}

/// A response APDU. `Debug` shows its length and status, never its data.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The response data field.
    pub data: Vec<u8>,
    /// SW1 SW2.
    pub status: StatusWord,
}

impl Response {
    /// A response of these data and this status.
    #[must_use]
    pub fn new(data: impl Into<Vec<u8>>, status: StatusWord) -> Self {
        Self { data: data.into(), status }
    }

    /// A response that is a status word alone.
    #[must_use]
    pub fn status(status: StatusWord) -> Self {
        Self { data: Vec::new(), status }
    }

    /// Reads a response.
    ///
    /// # Errors
    /// [`ApduError::ResponseTooShort`] or [`ApduError::ResponseTooLong`].
    pub fn parse(mut bytes: Vec<u8>) -> Result<Self, ApduError> {
        if bytes.len() > crate::limits::RESPONSE_BYTES {
            return Err(ApduError::ResponseTooLong(bytes.len()));
        }
        match (bytes.pop(), bytes.pop()) {
            (Some(sw2), Some(sw1)) => Ok(Self { data: bytes, status: StatusWord(u16::from_be_bytes([sw1, sw2])) }),
            (last, _) => Err(ApduError::ResponseTooShort(usize::from(last.is_some()))),
        }
    }

    /// The response's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        [&self.data[..], &self.status.0.to_be_bytes()].concat()
    }

    /// The data of a response of status 9000; every other status word is handed back.
    ///
    /// # Errors
    /// The status word, if it is not 9000.
    pub fn ok(self) -> Result<Vec<u8>, StatusWord> {
        if self.status == StatusWord::NO_ERROR { Ok(self.data) } else { Err(self.status) }
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes, {}", self.data.len(), self.status)
    }
}

#[cfg(test)]
mod tests;
