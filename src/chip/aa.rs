//! Active Authentication (Doc 9303-11 6.1): the chip signs the terminal's eight bytes. ECDSA plain, and RSA by ISO 9796-2 scheme 1.

mod iso9796;

use super::apdu::Command;
use crate::crypto::ec::{PrivateKey, PublicKey};
use crate::crypto::hash::HashAlg;
use crate::lds::dg15::ActiveAuthenticationKey;
use crate::reason::{Reason, Refusal};

/// Why a signature of Active Authentication was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AaError {
    /// DG14 does not name the hash function that goes with an ECDSA key.
    #[error("DG14 does not name the hash function of the chip's ECDSA key")]
    HashMissing,
    /// A hash function shorter than the curve's group needs, or an RSA key too short or odd to be used.
    #[error("the chip's Active Authentication key or hash function is too weak")]
    Weak,
    /// The signature does not verify.
    #[error("the chip's signature does not verify")]
    BadSignature,
}

impl Refusal for AaError {
    fn reason(&self) -> Reason {
        match self {
            Self::HashMissing => Reason::DataInconsistent,
            _ => Reason::CloneSuspected,
        }
    }
}

/// A token that only [`verify`] makes: the holder of DG15's private key signed this challenge.
#[derive(Debug)]
pub struct SignatureProven(());

/// INTERNAL AUTHENTICATE over the challenge.
#[must_use]
pub fn command(challenge: &[u8; 8], extended: bool) -> Command {
    let command = Command::new(0x00, 0x88, 0x00, 0x00).with_data(*challenge);
    // An RSA signature of 2048 bits under secure messaging is longer than a short answer.
    if extended { command.with_le(super::apdu::MAX_LE) } else { command.with_le(256) }
}

/// Verifies the chip's signature with the key of DG15; `hash` is what DG14 names for an ECDSA key.
///
/// # Errors
/// Any [`AaError`].
pub fn verify(
    key: &ActiveAuthenticationKey,
    hash: Option<HashAlg>,
    challenge: &[u8],
    signature: &[u8],
) -> Result<SignatureProven, AaError> {
    match key {
        ActiveAuthenticationKey::Ec(key) => verify_ec(key, hash.ok_or(AaError::HashMissing)?, challenge, signature)?,
        ActiveAuthenticationKey::Rsa { modulus, exponent } => iso9796::verify(modulus, exponent, challenge, signature)?,
    }
    Ok(SignatureProven(()))
}

fn verify_ec(key: &PublicKey, hash: HashAlg, challenge: &[u8], signature: &[u8]) -> Result<(), AaError> {
    // SHA-1 says 80 bits of a 256-bit group; Doc 9303-11 6.1.2.3 asks for at least SHA-224.
    if hash == HashAlg::Sha1 {
        return Err(AaError::Weak);
    }
    key.verify_raw(&hash.digest(challenge), signature).map_err(|_| AaError::BadSignature)
}

/// The chip's side with an ECDSA key: `r ‖ s`.
#[must_use]
pub fn sign(key: &PrivateKey, hash: HashAlg, challenge: &[u8]) -> Vec<u8> {
    key.sign_raw(hash, &hash.digest(challenge))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::ec::Curve;
    use crate::world::DangerousSeededEntropy;

    #[test]
    fn what_the_chip_signs_verifies_and_nothing_else_does() {
        for curve in Curve::ALL {
            let key = PrivateKey::generate(curve, &mut DangerousSeededEntropy::new(1));
            let public = ActiveAuthenticationKey::Ec(key.public_key());
            let hash = curve.natural_hash();
            let challenge = *b"\x01\x02\x03\x04\x05\x06\x07\x08";
            let signature = sign(&key, hash, &challenge);
            assert!(verify(&public, Some(hash), &challenge, &signature).is_ok());
            assert_eq!(verify(&public, None, &challenge, &signature).err(), Some(AaError::HashMissing));
            assert_eq!(verify(&public, Some(HashAlg::Sha1), &challenge, &signature).err(), Some(AaError::Weak));
            assert_eq!(verify(&public, Some(hash), b"replayed", &signature).err(), Some(AaError::BadSignature));
            for length in 0..signature.len() {
                assert_eq!(verify(&public, Some(hash), &challenge, &signature[..length]).err(), Some(AaError::BadSignature));
            }
            let der = key.sign_der(hash, &hash.digest(&challenge));
            assert_eq!(
                verify(&public, Some(hash), &challenge, &der).err(),
                Some(AaError::BadSignature),
                "DER is another encoding"
            );
        }
        assert_eq!(AaError::HashMissing.reason(), Reason::DataInconsistent);
        assert_eq!(AaError::BadSignature.reason(), Reason::CloneSuspected);
    }

    #[test]
    fn the_command_is_short_unless_asked() {
        assert_eq!(command(&[1; 8], false).encode().unwrap(), [0, 0x88, 0, 0, 8, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
        assert_eq!(command(&[1; 8], true).encode().unwrap()[..7], [0, 0x88, 0, 0, 0, 0, 8]);
    }
}
