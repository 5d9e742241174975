//! SCP03 key schedule: static key sets, session keys, cryptograms, key transport (GlobalPlatform Amendment D).
//!
//! No I/O and no protocol state; the states are in `chip::scp03`. It lies here because the key service derives session
//! keys without ever speaking to a chip.

mod answer;
mod diversify;
mod put_key;
mod serial;
mod session;

pub use answer::{AnswerError, InitUpdateAnswer, Level, Parameter};
pub use diversify::{CHIP_KEY_LABEL, ChipKeyType, chip_key, chip_key_set};
pub use put_key::{KeyDataError, PutKeyData, parse_put_key, put_key_answer, put_key_data};
pub use serial::{ChipSerial, KDD_LEN, NotASerial};
pub use session::{HandshakeError, Mode, Pseudo, SessionKeys, pseudo_random_challenge};

use super::CryptoError;
use super::symmetric::AesKey;

/// The three static keys of a security domain under one key version number.
#[derive(Clone)]
pub struct KeySet {
    /// Key version number.
    pub kvn: u8,
    /// Key-ENC.
    pub enc: AesKey,
    /// Key-MAC.
    pub mac: AesKey,
    /// Key-DEK: encrypts key data; has no session key.
    pub dek: AesKey,
}

impl std::fmt::Debug for KeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeySet({:02X}, {:?})", self.kvn, self.enc)
    }
}

impl KeySet {
    /// Takes three keys of one length.
    ///
    /// # Errors
    /// [`CryptoError::BadKeyLength`] unless all are 16, 24 or 32 bytes and equally long.
    pub fn new(kvn: u8, enc: &[u8], mac: &[u8], dek: &[u8]) -> Result<Self, CryptoError> {
        if enc.len() != mac.len() || enc.len() != dek.len() {
            return Err(CryptoError::BadKeyLength);
        }
        Ok(Self { kvn, enc: AesKey::new(enc)?, mac: AesKey::new(mac)?, dek: AesKey::new(dek)? })
    }

    /// The keys with the key identifiers 1, 2, 3.
    #[must_use]
    pub fn keys(&self) -> [&AesKey; 3] {
        [&self.enc, &self.mac, &self.dek]
    }
}

/// Key check value of an AES key: first three bytes of the encryption of sixteen bytes 01 (Amendment D 4.1.4).
#[must_use]
pub fn key_check_value(key: &AesKey) -> [u8; 3] {
    let [a, b, c, ..] = key.encrypt_block(&[1; 16]);
    [a, b, c]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_sets_have_one_key_length() {
        assert_eq!(KeySet::new(1, &[0; 16], &[0; 24], &[0; 16]).unwrap_err(), CryptoError::BadKeyLength);
        assert_eq!(KeySet::new(1, &[0; 15], &[0; 15], &[0; 15]).unwrap_err(), CryptoError::BadKeyLength);
        assert_eq!(format!("{:?}", KeySet::new(0x31, &[7; 16], &[7; 16], &[7; 16]).unwrap()), "KeySet(31, AesKey(16 bytes))");
    }
}
