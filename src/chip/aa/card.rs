//! The chip's side of Active Authentication.
//!
//! The cards of this house have ECDSA keys; RSA is what many chips in the field have, and what a software chip may stand for.

use super::{AaError, CHALLENGE, iso9796};
use crate::chip::apdu::{Command, Response, StatusWord};
use crate::crypto::ec::PrivateKey;
use crate::crypto::hash::HashAlg;
use crate::lds::dg15::ActiveAuthenticationKey;
use rand_core::CryptoRng;
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, RsaPrivateKey};

/// The private key of DG15, and the hash function that the chip signs with.
pub enum ChipKey<'k> {
    /// ECDSA: `r ‖ s`; DG14 names the hash.
    Ec(&'k PrivateKey, HashAlg),
    /// RSA by ISO 9796-2 scheme 1; the trailer names the hash.
    Rsa(&'k RsaChipKey, HashAlg),
}

/// An RSA key of a chip; zeroized on drop, never shown.
pub struct RsaChipKey(RsaPrivateKey);

impl std::fmt::Debug for RsaChipKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RsaChipKey({} bits)", self.0.size() * 8)
    }
}

impl RsaChipKey {
    /// A fresh key of `bits` bits with this public exponent.
    ///
    /// # Errors
    /// [`AaError::WeakKey`] unless `bits` is a multiple of 8 from 1024 to 4096 and the exponent is odd and above 1.
    pub fn generate(bits: usize, exponent: u64, rng: &mut dyn CryptoRng) -> Result<Self, AaError> {
        let weak = AaError::WeakKey { bits };
        if !bits.is_multiple_of(8) || !iso9796::MODULUS_BITS.contains(&bits) || exponent < 3 || exponent.is_multiple_of(2) {
            return Err(weak);
        }
        let exponent = BoxedUint::from_be_slice(&exponent.to_be_bytes(), 64).map_err(|_| weak)?;
        RsaPrivateKey::new_with_exp(rng, bits, exponent).map(Self).map_err(|_| weak)
    }

    /// Its public key, as DG15 holds it.
    #[must_use]
    pub fn public_key(&self) -> ActiveAuthenticationKey {
        ActiveAuthenticationKey::Rsa {
            modulus: self.0.n().to_be_bytes().to_vec(),
            exponent: self.0.e().to_be_bytes_trimmed_vartime().to_vec(),
        }
    }
}

/// A challenge that the chip has taken and not yet signed.
#[derive(Debug)]
pub struct AaCard([u8; CHALLENGE]);

impl AaCard {
    /// Takes INTERNAL AUTHENTICATE.
    ///
    /// # Errors
    /// 6D00 and 6A86 for another command, 6700 unless its data are eight bytes.
    pub fn challenged(command: &Command) -> Result<Self, StatusWord> {
        match command.header() {
            [_, 0x88, 0x00, 0x00] => {}
            [_, 0x88, ..] => return Err(StatusWord::WRONG_P1_P2),
            _ => return Err(StatusWord::INS_NOT_SUPPORTED),
        }
        command.data().try_into().map(Self).map_err(|_| StatusWord::WRONG_LENGTH)
    }

    /// Signs it. `rng` fills what RSA recovers from the signature (M1) and blinds its arithmetic; ECDSA draws nothing (RFC 6979).
    ///
    /// # Errors
    /// 6400 if the RSA arithmetic failed: its result is checked before it leaves the chip.
    pub fn sign(self, key: &ChipKey<'_>, rng: &mut dyn CryptoRng) -> Result<Response, StatusWord> {
        let signature = match key {
            ChipKey::Ec(key, hash) => key.sign_raw(*hash, &hash.digest(&self.0)),
            ChipKey::Rsa(key, hash) => iso9796::sign(&key.0, *hash, &self.0, rng).ok_or(StatusWord::EXECUTION_ERROR)?,
        };
        Ok(Response::new(signature, StatusWord::NO_ERROR))
    }
}
