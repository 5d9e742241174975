//! The keys of SCP03 under the name of the protocol that uses them; the key service shares them.

use super::Scp03Error;
use crate::crypto::scp03::{AnswerError, HandshakeError};
pub use crate::crypto::scp03::{
    ChipKeyType, ChipSerial, KeyDataError, KeySet, Mode, PutKeyData, SessionKeys, chip_key, chip_key_set, key_check_value,
    parse_put_key, put_key_answer, put_key_data,
};

impl From<HandshakeError> for Scp03Error {
    fn from(error: HandshakeError) -> Self {
        match error {
            HandshakeError::WrongCardCryptogram => Self::WrongCardCryptogram,
            HandshakeError::ChallengeNotDerived => Self::ChallengeNotDerived,
        }
    }
}

impl From<AnswerError> for Scp03Error {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Malformed(length) => Self::BadAnswer(length),
            AnswerError::OtherProtocol(protocol) => Self::OtherProtocol(protocol),
        }
    }
}
