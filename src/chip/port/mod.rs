//! What carries bytes to a chip and back: readers, virtual readers, chips in memory, transmit-only encoders.

pub mod memory;
#[cfg(feature = "reader")]
pub mod pcsc;
pub mod selector;
#[cfg(all(unix, feature = "perso"))]
pub mod socket;
#[cfg(feature = "serve")]
pub mod vpcd;

use crate::reason::{Reason, Refusal};

/// Why a port did not carry the bytes. After any of these but [`PortError::CommandTooLong`] and
/// [`PortError::NoPowerCycle`], the chip's state is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PortError {
    /// No reader fits the selector.
    #[error("no reader fits `{0}`")]
    NoReader(String),
    /// A station that the machine's list does not have.
    #[error("no station `{0}` is on this machine's list")]
    UnknownStation(String),
    /// More than one reader fits the selector.
    #[error("{1} readers fit `{0}`")]
    Ambiguous(String, usize),
    /// A selector that is none of `serial:`, `port:`, `station:` or a reader's exact name.
    #[error("`{0}` is no reader selector")]
    BadSelector(String),
    /// The PC/SC service does not answer.
    #[error("the smart card service does not answer")]
    ServiceDown,
    /// No card is on the reader.
    #[error("no card on the reader")]
    CardAbsent,
    /// The card left the reader during the exchange.
    #[error("the card left the reader")]
    CardRemoved,
    /// The card was reset by someone else; every channel with it is gone.
    #[error("the card was reset from outside")]
    CardReset,
    /// Another program has the reader.
    #[error("another program uses the reader")]
    Sharing,
    /// The exchange failed below the APDU.
    #[error("transport failure: {0}")]
    Transport(String),
    /// No answer came in time.
    #[error("no answer in time")]
    Timeout,
    /// The command is longer than the port takes; nothing was sent.
    #[error("command of {0} bytes is longer than the port takes")]
    CommandTooLong(usize),
    /// The answer is longer than an APDU can be.
    #[error("answer of {0} bytes is too long")]
    OversizeResponse(usize),
    /// The port only transmits: it cannot take the field away. Nothing was sent.
    #[error("the port cannot take the field away")]
    NoPowerCycle,
}

impl Refusal for PortError {
    fn reason(&self) -> Reason {
        match self {
            Self::NoReader(_) => Reason::NoReader,
            Self::UnknownStation(_) => Reason::StationUnknown,
            Self::Ambiguous(..) => Reason::ReaderAmbiguous,
            Self::BadSelector(_) => Reason::Usage,
            Self::ServiceDown => Reason::ServiceDown,
            Self::CardAbsent => Reason::CardAbsent,
            Self::CardRemoved => Reason::CardRemoved,
            Self::OversizeResponse(_) => Reason::UnexpectedAnswer,
            _ => Reason::TransportError,
        }
    }
}

/// What a port can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortLimits {
    /// Whether extended length fields pass. Never assumed: a reader is short unless it was told or shown otherwise.
    pub extended: bool,
    /// Longest command in bytes, length fields included.
    pub command: usize,
    /// Longest response in bytes, status word included.
    pub response: usize,
}

impl PortLimits {
    /// Short length fields only: what every reader carries.
    pub const SHORT: Self = Self { extended: false, command: 261, response: 258 };
    /// Extended length fields, as far as a virtual reader's 16-bit frames go.
    pub const EXTENDED: Self = Self { extended: true, command: 65_535, response: 65_535 };
}

/// A way to one chip. Implementations never retry: whether a command may be sent again is its sender's knowledge.
///
/// [`Port::transmit`] is all that a port must have. Encoders in card printers often have no more: a vendor's function that takes an APDU
/// and returns the answer. What the others then stand for is said with each.
pub trait Port: Send {
    /// Carries one command APDU to the chip and its answer, at least a status word, back.
    ///
    /// # Errors
    /// Any [`PortError`]; unless it is [`PortError::CommandTooLong`], the chip may have executed the command.
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, PortError>;

    /// Takes the field away and gives it back: every channel with the chip is gone.
    ///
    /// A port that only transmits keeps this default. [`Link::reset`](crate::chip::link::Link::reset) then ends every channel by a
    /// command in the clear instead, which is all that reading and personalization need: who the chip is they ask it anyway.
    ///
    /// # Errors
    /// Any [`PortError`] of coming back, [`PortError::CardAbsent`] first; [`PortError::NoPowerCycle`] where it cannot be done.
    fn power_cycle(&mut self) -> Result<(), PortError> {
        Err(PortError::NoPowerCycle)
    }

    /// The answer to reset, as the reader makes it up for contactless chips; empty where there is none, or none is told.
    fn atr(&self) -> Vec<u8> {
        Vec::new()
    }

    /// What it can carry: short length fields, unless it says more.
    fn limits(&self) -> PortLimits {
        PortLimits::SHORT
    }

    /// A stable description of reader, place and driver for journal and receipt; no data of the card.
    fn fingerprint(&self) -> String {
        "transmit only".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_reason() {
        let rows = [
            (PortError::NoReader("port:9".into()), Reason::NoReader),
            (PortError::UnknownStation("desk".into()), Reason::StationUnknown),
            (PortError::Ambiguous("serial:1".into(), 2), Reason::ReaderAmbiguous),
            (PortError::BadSelector("first".into()), Reason::Usage),
            (PortError::ServiceDown, Reason::ServiceDown),
            (PortError::CardAbsent, Reason::CardAbsent),
            (PortError::CardRemoved, Reason::CardRemoved),
            (PortError::CardReset, Reason::TransportError),
            (PortError::Sharing, Reason::TransportError),
            (PortError::Transport("x".into()), Reason::TransportError),
            (PortError::Timeout, Reason::TransportError),
            (PortError::CommandTooLong(9), Reason::TransportError),
            (PortError::OversizeResponse(9), Reason::UnexpectedAnswer),
            (PortError::NoPowerCycle, Reason::TransportError),
        ];
        for (error, reason) in rows {
            assert_eq!(error.reason(), reason, "{error}");
        }
    }

    #[test]
    fn a_port_that_transmits_is_a_port() {
        struct Encoder;
        impl Port for Encoder {
            fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, PortError> {
                Ok(vec![0x90, 0x00])
            }
        }
        let mut port = Encoder;
        assert_eq!(port.transmit(&[0, 0xA4, 0, 0x0C]), Ok(vec![0x90, 0x00]));
        assert_eq!(port.power_cycle(), Err(PortError::NoPowerCycle));
        assert_eq!((port.atr(), port.limits(), port.fingerprint()), (vec![], PortLimits::SHORT, "transmit only".into()));
    }
}
