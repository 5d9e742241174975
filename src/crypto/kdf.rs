//! Key derivation functions: Doc 9303-11 9.7.1, SP 800-108 in counter mode with CMAC, ANSI X9.63.

use super::CryptoError;
use super::hash::{HashAlg, sha1};
use super::symmetric::AesKey;
use zeroize::Zeroizing;

/// The counter that separates keys of Doc 9303-11 9.7.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// 1: encryption key.
    Enc,
    /// 2: MAC key.
    Mac,
    /// 3: key from a password (K_pi).
    Password,
}

/// Derives an AES key of `bits` (128, 192, 256) from a shared secret (Doc 9303-11 9.7.1.2; TR-03110-3 A.2.3.2).
///
/// # Errors
/// [`CryptoError::BadKeyLength`] for another length.
pub fn emrtd_aes(secret: &[u8], usage: KeyUse, bits: usize) -> Result<AesKey, CryptoError> {
    let counter = match usage {
        KeyUse::Enc => 1u32,
        KeyUse::Mac => 2,
        KeyUse::Password => 3,
    };
    let input = Zeroizing::new([secret, &counter.to_be_bytes()].concat());
    match bits {
        128 => AesKey::new(Zeroizing::new(sha1(&input)).get(..16).unwrap_or_default()),
        192 => AesKey::new(Zeroizing::new(HashAlg::Sha256.digest(&input)).get(..24).unwrap_or_default()),
        256 => AesKey::new(&Zeroizing::new(HashAlg::Sha256.digest(&input))),
        _ => Err(CryptoError::BadKeyLength),
    }
}

/// SP 800-108 counter mode with AES-CMAC: `K(i) = CMAC(key, i ‖ label ‖ 00 ‖ context ‖ L)`, one-byte counter, two-byte length in bits.
#[must_use]
pub fn sp800_108(key: &AesKey, label: &[u8], context: &[u8], out_len: usize) -> Zeroizing<Vec<u8>> {
    let bits = u16::try_from(out_len * 8).unwrap_or(u16::MAX).to_be_bytes();
    let mut out = Zeroizing::new(Vec::with_capacity(out_len + 16));
    let mut counter = 0u8;
    while out.len() < out_len {
        counter = counter.wrapping_add(1);
        out.extend_from_slice(&key.cmac(&[&[counter], label, &[0], context, &bits]));
    }
    out.truncate(out_len);
    out
}

/// ANSI X9.63 KDF: `Hash(Z ‖ counter ‖ shared_info)`, four-byte counter from 1.
#[must_use]
pub fn x963(hash: HashAlg, z: &[u8], shared_info: &[u8], out_len: usize) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(out_len + 64));
    let mut counter = 0u32;
    while out.len() < out_len {
        counter += 1;
        let block = Zeroizing::new([z, &counter.to_be_bytes(), shared_info].concat());
        out.extend_from_slice(&hash.digest(&block));
    }
    out.truncate(out_len);
    out
}
