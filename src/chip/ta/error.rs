//! Why Terminal Authentication did not succeed, on either side.

use crate::chip::apdu::StatusWord;
use crate::pki::cvc::CvcError;
use crate::reason::{Reason, Refusal};

/// A refused step of Terminal Authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TaError {
    /// EF.CVCA is not one or two references and padding.
    #[error("EF.CVCA is malformed")]
    BadEfCvca,
    /// No certificate of the terminal's chain is issued by a trust point of the chip.
    #[error("the chip trusts no authority of the terminal's chain")]
    NoTrustPoint,
    /// The terminal's chain does not end with an inspection system's certificate.
    #[error("terminal chain has no inspection system certificate")]
    NoTerminal,
    /// The chip refused MSE:Set DST or PSO:Verify Certificate of this certificate (0 is the first that was sent).
    #[error("chip refused certificate {index}: {status:04X}")]
    CertificateRefused {
        /// Which certificate.
        index: usize,
        /// Status word.
        status: u16,
    },
    /// The chip refused MSE:Set AT or GET CHALLENGE, or its challenge is not eight bytes.
    #[error("chip gave no challenge: {0:04X}")]
    NoChallenge(u16),
    /// The chip refused the terminal's signature.
    #[error("chip refused the terminal's signature: {0:04X}")]
    SignatureRefused(u16),
    /// The command is not one of Terminal Authentication, or its data are malformed (card side).
    #[error("command of Terminal Authentication is malformed")]
    Malformed,
    /// No key of that reference is known (card side).
    #[error("no key of that reference")]
    UnknownReference,
    /// A certificate was refused (card side).
    #[error("certificate refused: {0}")]
    Certificate(CvcError),
    /// A step is missing: no key selected, no challenge, no Chip Authentication, or it was done before (card side).
    #[error("conditions of Terminal Authentication are not satisfied")]
    NotReady,
    /// The terminal's signature does not verify (card side).
    #[error("terminal signature does not verify")]
    BadSignature,
}

impl TaError {
    /// The status word with which a card answers.
    #[must_use]
    pub fn card_status(&self) -> StatusWord {
        match self {
            Self::Malformed | Self::Certificate(CvcError::Encoding(_) | CvcError::TooLarge) => StatusWord::WRONG_DATA,
            Self::UnknownReference => StatusWord::REFERENCE_NOT_FOUND,
            Self::NotReady => StatusWord::CONDITIONS_NOT_SATISFIED,
            _ => StatusWord::AUTHENTICATION_FAILED,
        }
    }
}

impl Refusal for TaError {
    fn reason(&self) -> Reason {
        match self {
            Self::BadEfCvca => Reason::EncodingInvalid,
            Self::Certificate(error) => error.reason(),
            _ => Reason::TerminalNotAccepted,
        }
    }
}
