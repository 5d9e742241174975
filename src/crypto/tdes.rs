//! Two-key triple DES in CBC mode with a zero IV, and the retail MAC: Basic Access Control only (Doc 9303-11 4.3, 9.8).

use super::CryptoError;
use cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use des::TdesEde2;
use retail_mac::{Mac, RetailMac};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Bytes of a DES block.
pub const BLOCK: usize = 8;

/// A two-key triple DES key; zeroized on drop, never shown.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TdesKey([u8; 16]);

impl std::fmt::Debug for TdesKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TdesKey")
    }
}

impl TdesKey {
    /// Takes a key of 16 bytes.
    #[must_use]
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The key bytes. Never log them.
    #[must_use]
    pub fn expose(&self) -> &[u8; 16] {
        &self.0
    }

    /// CBC encryption in place with a zero IV.
    ///
    /// # Errors
    /// [`CryptoError::BadBlockLength`] unless `data` is whole blocks.
    pub fn cbc_encrypt(&self, data: &mut [u8]) -> Result<(), CryptoError> {
        if !data.len().is_multiple_of(BLOCK) {
            return Err(CryptoError::BadBlockLength);
        }
        let cipher = TdesEde2::new(&self.0.into());
        let mut previous = [0; BLOCK];
        for chunk in data.as_chunks_mut::<BLOCK>().0 {
            for (byte, p) in chunk.iter_mut().zip(previous) {
                *byte ^= p;
            }
            cipher.encrypt_block(chunk.into());
            previous = *chunk;
        }
        Ok(())
    }

    /// CBC decryption in place with a zero IV.
    ///
    /// # Errors
    /// [`CryptoError::BadBlockLength`] unless `data` is whole blocks.
    pub fn cbc_decrypt(&self, data: &mut [u8]) -> Result<(), CryptoError> {
        if !data.len().is_multiple_of(BLOCK) {
            return Err(CryptoError::BadBlockLength);
        }
        let cipher = TdesEde2::new(&self.0.into());
        let mut previous = [0; BLOCK];
        for chunk in data.as_chunks_mut::<BLOCK>().0 {
            let sealed = *chunk;
            cipher.decrypt_block(chunk.into());
            for (byte, p) in chunk.iter_mut().zip(previous) {
                *byte ^= p;
            }
            previous = sealed;
        }
        Ok(())
    }

    /// ISO 9797-1 MAC algorithm 3 over `parts`, which the caller has padded to whole blocks.
    #[must_use]
    pub fn retail_mac(&self, parts: &[&[u8]]) -> [u8; BLOCK] {
        let mut mac = RetailMac::<des::Des>::new(&self.0.into());
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}
