//! One conversation with a chip: length fields, command chaining, 61xx and 6Cxx, all bounded, counted and traced.

use super::apdu::{ApduError, Command, Response, SHORT_LE_MAX, StatusWord};
use super::port::{Port, PortError};
use super::trace::Trace;
use crate::limits::{GET_RESPONSES, LINK_EXCHANGES, RESPONSE_BYTES, WRONG_LE_RETRIES};
use crate::reason::{Reason, Refusal};

/// Why a command got no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// A command or answer that is no APDU.
    #[error("APDU {index}: {source}")]
    Apdu {
        /// Number of the APDU in this conversation, from 1.
        index: u64,
        /// What is wrong with it.
        source: ApduError,
    },
    /// The port did not carry it.
    #[error("APDU {index}: {source}")]
    Port {
        /// Number of the APDU in this conversation, from 1.
        index: u64,
        /// Why.
        source: PortError,
    },
    /// The chip kept announcing more data (61xx) beyond all bounds.
    #[error("APDU {0}: the chip announces data without end")]
    EndlessResponse(u64),
    /// The chip kept asking for another Le (6Cxx).
    #[error("APDU {0}: the chip asks for another Le again")]
    EndlessWrongLe(u64),
    /// The conversation grew beyond [`LINK_EXCHANGES`]: the chip gives its files in crumbs.
    #[error("the conversation is longer than {0} commands")]
    TooLong(u64),
    /// The answer holds more than was asked for.
    #[error("APDU {index}: {got} bytes where at most {asked} were asked for")]
    MoreThanAsked {
        /// Number of the APDU in this conversation, from 1.
        index: u64,
        /// Bytes asked for.
        asked: usize,
        /// Bytes received.
        got: usize,
    },
    /// A command of a chain before the last was not accepted.
    #[error("APDU {index}: chained command answered {status}")]
    ChainRefused {
        /// Number of the APDU in this conversation, from 1.
        index: u64,
        /// What the chip answered.
        status: StatusWord,
    },
}

impl LinkError {
    /// The port's error, if that is what it is.
    #[must_use]
    pub fn port_error(&self) -> Option<&PortError> {
        match self {
            Self::Port { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl Refusal for LinkError {
    fn reason(&self) -> Reason {
        match self {
            Self::Apdu { source, .. } => source.reason(),
            Self::Port { source, .. } => source.reason(),
            _ => Reason::UnexpectedAnswer,
        }
    }
}

/// What went over the wire, as APDUs: GET RESPONSE, repetitions and chained parts each count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Counters {
    /// Commands sent.
    pub apdus: u64,
    /// Bytes of all commands.
    pub sent_bytes: u64,
    /// Bytes of all responses, status words included.
    pub received_bytes: u64,
}

impl std::ops::Sub for Counters {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            apdus: self.apdus - earlier.apdus,
            sent_bytes: self.sent_bytes - earlier.sent_bytes,
            received_bytes: self.received_bytes - earlier.received_bytes,
        }
    }
}

/// A conversation over a port.
pub struct Link<'p> {
    port: &'p mut dyn Port,
    counters: Counters,
    trace: Trace,
}

impl<'p> Link<'p> {
    /// Begins to count and trace.
    pub fn new(port: &'p mut dyn Port) -> Self {
        Self { port, counters: Counters::default(), trace: Trace::default() }
    }

    /// What went over the wire so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Headers, lengths and status words so far, data masked.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The port underneath, to read its limits and fingerprint or to power-cycle the chip.
    pub fn port(&mut self) -> &mut dyn Port {
        self.port
    }

    /// Ends every channel with the chip: takes the field away and gives it back, or, through a port that only transmits, selects the MF
    /// in the clear. A chip ends secure messaging on a plain command (Doc 9303-11 9.8) and SCP03 on a SELECT; whether it also selects
    /// then, which a blank does not, does not matter.
    ///
    /// # Errors
    /// [`LinkError::Port`] if the field does not come back; any [`LinkError`] of the SELECT, but no status word.
    pub fn reset(&mut self) -> Result<(), LinkError> {
        match self.port.power_cycle() {
            Err(PortError::NoPowerCycle) => self.exchange(&Command::new(0x00, 0xA4, 0x00, 0x0C)).map(drop),
            other => other.map_err(|source| LinkError::Port { index: self.counters.apdus, source }),
        }
    }

    /// Whether extended length fields pass.
    #[must_use]
    pub fn extended(&self) -> bool {
        self.port.limits().extended
    }

    /// Sends a command and collects its whole answer.
    ///
    /// Where the port takes no extended length fields, long data are chained (ISO 7816-4 5.3.3) and a long Le is asked as 256.
    /// A wrong Le (6Cxx) is corrected once and more data (61xx) are fetched; a command is never repeated for another reason.
    ///
    /// # Errors
    /// Any [`LinkError`].
    pub fn send(&mut self, command: &Command) -> Result<Response, LinkError> {
        if self.port.limits().extended || command.data().len() <= 255 {
            return self.send_whole(command);
        }
        let [cla, ins, p1, p2] = command.header();
        let mut rest = command.data();
        while let Some((part, after)) = rest.split_at_checked(255).filter(|(_, after)| !after.is_empty()) {
            let response = self.exchange(&Command::new(cla | 0x10, ins, p1, p2).with_data(part))?;
            if !response.status.is_ok() {
                return Err(LinkError::ChainRefused { index: self.counters.apdus, status: response.status });
            }
            rest = after;
        }
        self.send_whole(&command.clone().with_data(rest))
    }

    fn send_whole(&mut self, command: &Command) -> Result<Response, LinkError> {
        let mut command = command.clone();
        if !self.port.limits().extended && command.le().is_some_and(|le| le > SHORT_LE_MAX) {
            command = command.with_le(SHORT_LE_MAX);
        }
        let mut response = self.exchange(&command)?;
        for _ in 0..WRONG_LE_RETRIES {
            // A protected command is never sent twice: its sequence counter is spent.
            if let Some(le) = response.status.correct_le().filter(|_| command.cla() & 0x0C == 0) {
                response = self.exchange(&command.clone().with_le(le))?;
            }
        }
        if response.status.correct_le().is_some() && command.cla() & 0x0C == 0 {
            return Err(LinkError::EndlessWrongLe(self.counters.apdus));
        }
        self.collect(command.cla(), response)
    }

    /// Fetches the rest of an answer by GET RESPONSE.
    fn collect(&mut self, cla: u8, mut response: Response) -> Result<Response, LinkError> {
        for _ in 0..GET_RESPONSES {
            let Some(le) = response.status.more_data() else {
                return Ok(response);
            };
            let more = self.exchange(&Command::new(cla & !0x1C, 0xC0, 0, 0).with_le(le))?;
            response.data.extend_from_slice(&more.data);
            response.status = more.status;
            if response.data.len() + 2 > RESPONSE_BYTES {
                break;
            }
        }
        match response.status.more_data() {
            None if response.data.len() + 2 <= RESPONSE_BYTES => Ok(response),
            _ => Err(LinkError::EndlessResponse(self.counters.apdus)),
        }
    }

    /// One command, one answer, no interpretation.
    fn exchange(&mut self, command: &Command) -> Result<Response, LinkError> {
        if self.counters.apdus >= LINK_EXCHANGES as u64 {
            return Err(LinkError::TooLong(self.counters.apdus));
        }
        self.counters.apdus += 1;
        let index = self.counters.apdus;
        let refused = |source| LinkError::Apdu { index, source };
        let bytes = zeroize::Zeroizing::new(command.encode().map_err(refused)?);
        self.counters.sent_bytes += bytes.len() as u64;
        let answer = self.port.transmit(&bytes);
        self.counters.received_bytes += answer.as_ref().map_or(0, Vec::len) as u64;
        self.trace.push(index, command, answer.as_deref());
        let response =
            answer.map_err(|source| LinkError::Port { index, source }).and_then(|a| Response::parse(a).map_err(refused))?;
        let asked = command.le().unwrap_or(0) as usize;
        if response.data.len() > asked {
            return Err(LinkError::MoreThanAsked { index, asked, got: response.data.len() });
        }
        Ok(response)
    }
}

#[cfg(test)]
mod tests;
