//! AES-CBC, AES-ECB of one block, AES-CMAC and ISO 9797-1 padding method 2.

use super::CryptoError;
use aes::{Aes128, Aes192, Aes256};
use cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use cmac::{Cmac, Mac};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Bytes of an AES block.
pub const BLOCK: usize = 16;

/// An AES key of 16, 24 or 32 bytes; zeroized on drop, never shown.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct AesKey(Vec<u8>);

impl std::fmt::Debug for AesKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AesKey({} bytes)", self.0.len())
    }
}

enum Aes {
    A128(Aes128),
    A192(Aes192),
    A256(Aes256),
}

impl AesKey {
    /// Takes a key of 16, 24 or 32 bytes.
    ///
    /// # Errors
    /// [`CryptoError::BadKeyLength`] for any other length.
    pub fn new(bytes: &[u8]) -> Result<Self, CryptoError> {
        match bytes.len() {
            16 | 24 | 32 => Ok(Self(bytes.to_vec())),
            _ => Err(CryptoError::BadKeyLength),
        }
    }

    /// The key bytes, for wrapping under another key. Never log them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Key length in bytes.
    #[must_use]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    fn cipher(&self) -> Aes {
        match self.0.len() {
            24 => Aes::A192(Aes192::new_from_slice(&self.0).unwrap_or_else(|_| unreachable!("24 bytes"))),
            32 => Aes::A256(Aes256::new_from_slice(&self.0).unwrap_or_else(|_| unreachable!("32 bytes"))),
            _ => Aes::A128(Aes128::new_from_slice(&self.0).unwrap_or_else(|_| unreachable!("16 bytes"))),
        }
    }

    /// Encrypts one block (ECB).
    #[must_use]
    pub fn encrypt_block(&self, block: &[u8; BLOCK]) -> [u8; BLOCK] {
        let cipher = self.cipher();
        let mut out = *block;
        cipher.encrypt(&mut out);
        out
    }

    /// Decrypts one block (ECB): the nonce of PACE is one block or more under CBC with a zero IV.
    #[must_use]
    pub fn decrypt_block(&self, block: &[u8; BLOCK]) -> [u8; BLOCK] {
        let cipher = self.cipher();
        let mut out = *block;
        cipher.decrypt(&mut out);
        out
    }

    /// AES-CBC encryption in place.
    ///
    /// # Errors
    /// [`CryptoError::BadBlockLength`] unless `data` is whole blocks.
    pub fn cbc_encrypt(&self, iv: &[u8; BLOCK], data: &mut [u8]) -> Result<(), CryptoError> {
        if !data.len().is_multiple_of(BLOCK) {
            return Err(CryptoError::BadBlockLength);
        }
        let cipher = self.cipher();
        let mut previous = *iv;
        for chunk in data.as_chunks_mut::<BLOCK>().0 {
            for (byte, p) in chunk.iter_mut().zip(previous) {
                *byte ^= p;
            }
            cipher.encrypt(chunk);
            previous = *chunk;
        }
        Ok(())
    }

    /// AES-CBC decryption in place.
    ///
    /// # Errors
    /// [`CryptoError::BadBlockLength`] unless `data` is whole blocks.
    pub fn cbc_decrypt(&self, iv: &[u8; BLOCK], data: &mut [u8]) -> Result<(), CryptoError> {
        if !data.len().is_multiple_of(BLOCK) {
            return Err(CryptoError::BadBlockLength);
        }
        let cipher = self.cipher();
        let mut previous = *iv;
        for chunk in data.as_chunks_mut::<BLOCK>().0 {
            let sealed = *chunk;
            cipher.decrypt(chunk);
            for (byte, p) in chunk.iter_mut().zip(previous) {
                *byte ^= p;
            }
            previous = sealed;
        }
        Ok(())
    }

    /// AES-CMAC (RFC 4493, SP 800-38B) over the concatenation of `parts`.
    #[must_use]
    pub fn cmac(&self, parts: &[&[u8]]) -> [u8; BLOCK] {
        match self.0.len() {
            24 => run_cmac(<Cmac<Aes192> as KeyInit>::new_from_slice(&self.0), parts),
            32 => run_cmac(<Cmac<Aes256> as KeyInit>::new_from_slice(&self.0), parts),
            _ => run_cmac(<Cmac<Aes128> as KeyInit>::new_from_slice(&self.0), parts),
        }
    }

    /// Checks the first bytes of an AES-CMAC in constant time.
    ///
    /// # Errors
    /// [`CryptoError::BadMac`] if `expected` is empty, too long or different.
    pub fn cmac_verify(&self, parts: &[&[u8]], expected: &[u8]) -> Result<(), CryptoError> {
        let mac = self.cmac(parts);
        match mac.get(..expected.len()) {
            Some(head) if !expected.is_empty() && bool::from(head.ct_eq(expected)) => Ok(()),
            _ => Err(CryptoError::BadMac),
        }
    }
}

fn run_cmac<M: Mac>(mac: Result<M, cipher::InvalidLength>, parts: &[&[u8]]) -> [u8; BLOCK] {
    let mut mac = mac.unwrap_or_else(|_| unreachable!("key length was checked"));
    for part in parts {
        mac.update(part);
    }
    let mut out = [0; BLOCK];
    out.copy_from_slice(&mac.finalize().into_bytes());
    out
}

impl Aes {
    fn encrypt(&self, block: &mut [u8; BLOCK]) {
        match self {
            Self::A128(c) => c.encrypt_block(block.into()),
            Self::A192(c) => c.encrypt_block(block.into()),
            Self::A256(c) => c.encrypt_block(block.into()),
        }
    }

    fn decrypt(&self, block: &mut [u8; BLOCK]) {
        match self {
            Self::A128(c) => c.decrypt_block(block.into()),
            Self::A192(c) => c.decrypt_block(block.into()),
            Self::A256(c) => c.decrypt_block(block.into()),
        }
    }
}

/// Pads with ISO 9797-1 method 2: `80 00 … 00` up to a whole number of `block` bytes, always at least one byte.
pub fn pad(data: &mut Vec<u8>, block: usize) {
    data.push(0x80);
    while !data.len().is_multiple_of(block) {
        data.push(0);
    }
}

/// Removes ISO 9797-1 method 2 padding. Use only on data whose MAC was checked.
///
/// # Errors
/// [`CryptoError::BadPadding`] if there is no `80` followed by zeroes only, at most one block long.
pub fn unpad(data: &[u8], block: usize) -> Result<&[u8], CryptoError> {
    let end = data.iter().rposition(|&b| b != 0).ok_or(CryptoError::BadPadding)?;
    match data.split_at_checked(end) {
        Some((body, [0x80, ..])) if data.len() - end <= block => Ok(body),
        _ => Err(CryptoError::BadPadding),
    }
}

/// Compares two byte strings in constant time; lengths are not secret.
#[must_use]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}
