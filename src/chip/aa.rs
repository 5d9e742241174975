//! Active Authentication (Doc 9303-11 6.1): the chip signs the terminal's eight bytes. ECDSA plain, and RSA by ISO 9796-2 scheme 1.

mod iso9796;

use super::apdu::Command;
use crate::crypto::ec::PrivateKey;
use crate::crypto::hash::HashAlg;
use crate::lds::dg15::ActiveAuthenticationKey;
use crate::pki::algorithm::accept_hash;
use crate::pki::key::PublicKey;
use crate::reason::{Reason, Refusal};
use jiff::civil::Date;

/// Why a signature of Active Authentication proves no chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AaError {
    /// DG14 does not name the hash function that goes with an ECDSA key.
    #[error("DG14 does not name the hash function of the chip's ECDSA key")]
    HashMissing,
    /// An RSA key that policy does not accept on the day of judgement: too short, of a small exponent, or of the faulty library of ROCA.
    #[error("the chip's RSA key of {bits} bits is too weak to prove a chip")]
    WeakKey {
        /// Length of its modulus in bits.
        bits: usize,
    },
    /// A hash function that policy does not accept on the day of judgement.
    #[error("the chip signs with {hash:?}, which is too weak to prove a chip")]
    WeakHash {
        /// Which.
        hash: HashAlg,
    },
    /// The signature does not verify.
    #[error("the chip's signature does not verify")]
    BadSignature,
}

impl Refusal for AaError {
    fn reason(&self) -> Reason {
        match self {
            Self::HashMissing => Reason::DataInconsistent,
            Self::WeakKey { .. } | Self::WeakHash { .. } => Reason::WeakKey,
            Self::BadSignature => Reason::CloneSuspected,
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

/// Verifies the chip's signature with the key of DG15; `hash` is what DG14 names for an ECDSA key, `on` the day of judgement.
///
/// A signature that does not verify is a copy's, whatever the key. One that does is proof only under a key and hash that are accepted
/// for signatures on that day ([`crate::pki::algorithm`], the same policy as for certificates): whoever can compute the private key
/// from DG15 needs no chip.
///
/// # Errors
/// Any [`AaError`].
pub fn verify(
    key: &ActiveAuthenticationKey,
    hash: Option<HashAlg>,
    challenge: &[u8],
    signature: &[u8],
    on: Date,
) -> Result<SignatureProven, AaError> {
    let hash = match key {
        ActiveAuthenticationKey::Ec(key) => {
            let hash = hash.ok_or(AaError::HashMissing)?;
            key.verify_raw(&hash.digest(challenge), signature).map_err(|_| AaError::BadSignature)?;
            hash
        }
        ActiveAuthenticationKey::Rsa { modulus, exponent } => {
            let key = iso9796::key(modulus, exponent)?;
            let hash = iso9796::verify(&key, challenge, signature)?;
            let weak = AaError::WeakKey { bits: modulus.len() * 8 };
            PublicKey::Rsa(Box::new(key)).accept(on).map_err(|_| weak)?;
            hash
        }
    };
    accept_hash(hash, on).map_err(|_| AaError::WeakHash { hash })?;
    Ok(SignatureProven(()))
}

/// The chip's side with an ECDSA key: `r ‖ s`.
#[must_use]
pub fn sign(key: &PrivateKey, hash: HashAlg, challenge: &[u8]) -> Vec<u8> {
    key.sign_raw(hash, &hash.digest(challenge))
}

#[cfg(test)]
pub(crate) use iso9796::tests::signed;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::ec::Curve;
    use crate::world::DangerousSeededEntropy;

    const TODAY: Date = jiff::civil::date(2026, 11, 23);

    #[test]
    fn what_the_chip_signs_verifies_and_nothing_else_does() {
        for curve in Curve::ALL {
            let key = PrivateKey::generate(curve, &mut DangerousSeededEntropy::new(1));
            let public = ActiveAuthenticationKey::Ec(key.public_key());
            let hash = curve.natural_hash();
            let challenge = *b"\x01\x02\x03\x04\x05\x06\x07\x08";
            let signature = sign(&key, hash, &challenge);
            let refused = |hash, challenge: &[u8], signature: &[u8]| verify(&public, hash, challenge, signature, TODAY).err();
            assert_eq!(refused(Some(hash), &challenge, &signature), None);
            assert_eq!(refused(None, &challenge, &signature), Some(AaError::HashMissing));
            assert_eq!(refused(Some(hash), b"replayed", &signature), Some(AaError::BadSignature));
            for length in 0..signature.len() {
                assert_eq!(refused(Some(hash), &challenge, &signature[..length]), Some(AaError::BadSignature));
            }
            let der = key.sign_der(hash, &hash.digest(&challenge));
            assert_eq!(refused(Some(hash), &challenge, &der), Some(AaError::BadSignature), "DER is another encoding");
        }
        assert_eq!(AaError::HashMissing.reason(), Reason::DataInconsistent);
        assert_eq!(AaError::BadSignature.reason(), Reason::CloneSuspected);
    }

    #[test]
    fn an_old_hash_is_no_proof_and_a_false_signature_is_a_copys_whatever_the_hash() {
        let key = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(1));
        let public = ActiveAuthenticationKey::Ec(key.public_key());
        for (hash, on, expected) in [
            (HashAlg::Sha1, TODAY, Some(AaError::WeakHash { hash: HashAlg::Sha1 })),
            (HashAlg::Sha1, jiff::civil::date(2020, 12, 31), None),
            (HashAlg::Sha224, TODAY, Some(AaError::WeakHash { hash: HashAlg::Sha224 })),
            (HashAlg::Sha224, jiff::civil::date(2025, 12, 31), None),
            (HashAlg::Sha256, TODAY, None),
        ] {
            let signature = sign(&key, hash, b"RND.IFD.");
            assert_eq!(verify(&public, Some(hash), b"RND.IFD.", &signature, on).err(), expected, "{hash:?} {on}");
            let forged = verify(&public, Some(hash), b"replayed", &signature, on).err();
            assert_eq!(forged, Some(AaError::BadSignature));
        }
        assert_eq!(AaError::WeakHash { hash: HashAlg::Sha1 }.reason(), Reason::WeakKey);
    }

    #[test]
    fn a_weak_rsa_key_is_no_proof() {
        let day = jiff::civil::date;
        for (bits, exponent, hash, on, expected) in [
            (2048, 65_537, HashAlg::Sha256, TODAY, None),
            (2048, 65_537, HashAlg::Sha1, TODAY, Some(AaError::WeakHash { hash: HashAlg::Sha1 })),
            (1024, 65_537, HashAlg::Sha256, TODAY, Some(AaError::WeakKey { bits: 1024 })),
            (1024, 65_537, HashAlg::Sha1, TODAY, Some(AaError::WeakKey { bits: 1024 })),
            (2048, 3, HashAlg::Sha256, TODAY, Some(AaError::WeakKey { bits: 2048 })),
            (2048, 65_537, HashAlg::Sha256, day(2031, 1, 1), Some(AaError::WeakKey { bits: 2048 })),
        ] {
            let (public, signature) = signed(bits, exponent, hash, b"RND.IFD.");
            let found = verify(&public, None, b"RND.IFD.", &signature, on).err();
            assert_eq!(found, expected, "{bits} {exponent} {hash:?} {on}");
            assert_eq!(verify(&public, None, b"replayed", &signature, on).err(), Some(AaError::BadSignature));
        }
        assert_eq!(AaError::WeakKey { bits: 1024 }.reason(), Reason::WeakKey);
    }

    #[test]
    fn the_command_is_short_unless_asked() {
        assert_eq!(command(&[1; 8], false).encode().unwrap(), [0, 0x88, 0, 0, 8, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
        assert_eq!(command(&[1; 8], true).encode().unwrap()[..7], [0, 0x88, 0, 0, 0, 0, 8]);
    }
}
