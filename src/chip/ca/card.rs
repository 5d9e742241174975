//! The chip's side of Chip Authentication.

use super::CA_ECDH;
use crate::chip::apdu::{Command, Response, StatusWord};
use crate::chip::pace::bits_of;
use crate::chip::set_at::{SetAt, dynamic};
use crate::chip::sm::{SmCard, SmKeys};
use crate::crypto::ec::{PrivateKey, PublicKey};

/// Chip Authentication chosen by MSE:Set AT; the terminal's key is awaited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaCard {
    bits: usize,
}

/// The chip's result.
pub struct CaCardDone {
    /// The answer, to be protected with the old keys.
    pub response: Response,
    /// The channel under the new keys, which replaces the old one after that answer.
    pub sm: SmCard,
    /// The terminal's ephemeral public key; Terminal Authentication signs its x coordinate.
    pub terminal_key: PublicKey,
}

impl CaCard {
    /// Takes MSE:Set AT with P1 P2 = 41A4. A key identifier is optional where the chip has one key.
    ///
    /// # Errors
    /// 6A80 for another protocol than ECDH with AES, 6A88 for a key that the chip has not.
    pub fn select(command: &Command, key_id: Option<u64>) -> Result<Self, StatusWord> {
        let set_at = SetAt::parse(command)?;
        let bits = bits_of(&set_at.protocol, CA_ECDH).ok_or(StatusWord::WRONG_DATA)?;
        match set_at.reference {
            Some(reference) if Some(reference) != key_id => Err(StatusWord::REFERENCE_NOT_FOUND),
            _ => Ok(Self { bits }),
        }
    }

    /// Takes GENERAL AUTHENTICATE with the terminal's key and agrees with the chip's static key.
    ///
    /// # Errors
    /// 6A80 for bad form, 6300 for a key that is no point of the curve.
    pub fn agree(self, command: &Command, key: &PrivateKey) -> Result<CaCardDone, StatusWord> {
        let refused = |_| StatusWord::AUTHENTICATION_FAILED;
        let bytes = dynamic(command.data(), 0x80).map_err(|_| StatusWord::WRONG_DATA)?;
        let terminal_key = PublicKey::from_uncompressed(key.curve(), bytes).map_err(refused)?;
        let secret = key.shared_secret(&terminal_key).map_err(refused)?;
        let keys = SmKeys::from_secret(&secret, self.bits).map_err(refused)?;
        let response = Response::new([0x7C, 0x00], StatusWord::NO_ERROR);
        Ok(CaCardDone { response, sm: SmCard::new(keys), terminal_key })
    }
}
