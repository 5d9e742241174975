//! ISO/IEC 9796-2 digital signature scheme 1 with partial recovery, as Active Authentication uses it (Doc 9303-11 6.1.2.2, 6.1.4).
//!
//! The opened representative is `6A ‖ M1 ‖ H(M1 ‖ challenge) ‖ trailer`, with nibbles B as padding between 6 and A.

use super::AaError;
use crate::crypto::hash::HashAlg;
use crate::crypto::symmetric::same;
use rand_core::CryptoRng;
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, RsaPrivateKey, RsaPublicKey};

/// Lengths of a modulus in bits that are looked at; what counts as proof is the policy's to say.
pub(super) const MODULUS_BITS: std::ops::RangeInclusive<usize> = 1_024..=4_096;

/// Verifies a signature over `challenge`, which is the message part that is not recovered, and tells the hash function of its trailer.
pub(super) fn verify(key: &RsaPublicKey, challenge: &[u8], signature: &[u8]) -> Result<HashAlg, AaError> {
    let size = key.size();
    if signature.len() != size {
        return Err(AaError::BadSignature);
    }
    let bits = u32::try_from(size * 8).map_err(|_| AaError::BadSignature)?;
    let number = BoxedUint::from_be_slice(signature, bits).map_err(|_| AaError::BadSignature)?;
    if number >= **key.n() {
        return Err(AaError::BadSignature);
    }
    let opened = rsa::hazmat::rsa_encrypt(key, &number).map_err(|_| AaError::BadSignature)?;
    let opened = opened.to_be_bytes();
    // Left-pad or cut to the modulus size; the number is below the modulus.
    let skip = opened.len().saturating_sub(size);
    let representative = opened.get(skip..).ok_or(AaError::BadSignature)?;
    check(representative, challenge).ok_or(AaError::BadSignature)
}

/// The key of DG15's numbers, if any calculation with it makes sense.
pub(super) fn key(modulus: &[u8], exponent: &[u8]) -> Result<RsaPublicKey, AaError> {
    let weak = AaError::WeakKey { bits: modulus.len() * 8 };
    let number = |bytes: &[u8]| {
        let bits = u32::try_from(bytes.len() * 8).map_err(|_| weak)?;
        BoxedUint::from_be_slice(bytes, bits).map_err(|_| weak)
    };
    if modulus.len() * 8 > *MODULUS_BITS.end() || exponent.len() > 8 || exponent.is_empty() {
        return Err(weak);
    }
    RsaPublicKey::new_with_size_limits(number(modulus)?, number(exponent)?, MODULUS_BITS).map_err(|_| weak)
}

/// Signs `challenge` with a representative that M1, which is random, fills up. None if the arithmetic failed.
pub(super) fn sign(key: &RsaPrivateKey, hash: HashAlg, challenge: &[u8], rng: &mut dyn CryptoRng) -> Option<Vec<u8>> {
    let tail: &[u8] = match hash {
        HashAlg::Sha1 => &[0xBC],
        HashAlg::Sha224 => &[0x38, 0xCC],
        HashAlg::Sha256 => &[0x34, 0xCC],
        HashAlg::Sha384 => &[0x36, 0xCC],
        HashAlg::Sha512 => &[0x35, 0xCC],
    };
    let size = key.size();
    let mut recovered = vec![0; size.checked_sub(1 + hash.len() + tail.len())?];
    rng.fill_bytes(&mut recovered);
    let digest = hash.digest(&[&recovered, challenge].concat());
    let representative = [&[0x6A], &recovered[..], &digest, tail].concat();
    let number = BoxedUint::from_be_slice(&representative, u32::try_from(size * 8).ok()?).ok()?;
    let signature = rsa::hazmat::rsa_decrypt_and_check(key, Some(rng), &number).ok()?.to_be_bytes();
    // As long as the modulus: leading zeros stay, and what the number's own words are longer is cut.
    let skip = signature.len().checked_sub(size)?;
    signature.get(skip..).map(<[u8]>::to_vec)
}

/// Hash function of the trailer: BC alone is SHA-1, else the identifier before CC.
fn trailer(representative: &[u8]) -> Option<(HashAlg, &[u8])> {
    match representative {
        [body @ .., 0xBC] => Some((HashAlg::Sha1, body)),
        [body @ .., 0x33, 0xCC] => Some((HashAlg::Sha1, body)),
        [body @ .., 0x38, 0xCC] => Some((HashAlg::Sha224, body)),
        [body @ .., 0x34, 0xCC] => Some((HashAlg::Sha256, body)),
        [body @ .., 0x36, 0xCC] => Some((HashAlg::Sha384, body)),
        [body @ .., 0x35, 0xCC] => Some((HashAlg::Sha512, body)),
        _ => None,
    }
}

fn check(representative: &[u8], challenge: &[u8]) -> Option<HashAlg> {
    let (hash, body) = trailer(representative)?;
    let (first, rest) = body.split_first()?;
    // 6 says header and partial recovery; A ends the padding, at once or after B nibbles.
    let body = match first {
        0x6A => rest,
        0x6B => {
            let end = rest.iter().position(|&b| b != 0xBB)?;
            let (padding, body) = rest.split_at(end);
            let (&last, body) = body.split_first()?;
            if last != 0xBA || padding.len() > 16 {
                return None;
            }
            body
        }
        _ => return None,
    };
    let (recovered, digest) = body.split_at_checked(body.len().checked_sub(hash.len())?)?;
    same(digest, &hash.digest(&[recovered, challenge].concat())).then_some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::DangerousSeededEntropy;

    const CHALLENGE: &[u8] = b"RND.IFD.";

    fn private(bits: usize, exponent: u64) -> RsaPrivateKey {
        let exponent = BoxedUint::from_be_slice(&exponent.to_be_bytes(), 64).unwrap();
        RsaPrivateKey::new_with_exp(&mut DangerousSeededEntropy::new(1), bits, exponent).unwrap()
    }

    fn raise(key: &RsaPrivateKey, representative: &[u8]) -> Vec<u8> {
        let bits = u32::try_from(key.size() * 8).unwrap();
        let m = BoxedUint::from_be_slice(representative, bits).unwrap();
        rsa::hazmat::rsa_decrypt::<DangerousSeededEntropy>(None, key, &m).unwrap().to_be_bytes().to_vec()
    }

    /// A representative of `size` bytes with M1 filled up.
    fn representative(size: usize, head: &[u8], hash: HashAlg, tail: &[u8]) -> Vec<u8> {
        let filled = size - head.len() - hash.len() - tail.len();
        let recovered = vec![0x5A; filled];
        [head, &recovered, &hash.digest(&[&recovered, CHALLENGE].concat()), tail].concat()
    }

    #[test]
    fn every_hash_and_padding_of_the_scheme_verifies() {
        let key = private(1024, 65_537);
        let public = super::key(&key.n().to_be_bytes(), &key.e().to_be_bytes_trimmed_vartime()).unwrap();
        let check = |representative: &[u8]| verify(&public, CHALLENGE, &raise(&key, representative));
        let rows: [(&[u8], HashAlg, &[u8]); 8] = [
            (&[0x6A], HashAlg::Sha1, &[0xBC]),
            (&[0x6A], HashAlg::Sha1, &[0x33, 0xCC]),
            (&[0x6A], HashAlg::Sha224, &[0x38, 0xCC]),
            (&[0x6A], HashAlg::Sha256, &[0x34, 0xCC]),
            (&[0x6A], HashAlg::Sha384, &[0x36, 0xCC]),
            (&[0x6A], HashAlg::Sha512, &[0x35, 0xCC]),
            (&[0x6B, 0xBA], HashAlg::Sha256, &[0x34, 0xCC]),
            (&[0x6B, 0xBB, 0xBB, 0xBA], HashAlg::Sha256, &[0x34, 0xCC]),
        ];
        for (head, hash, tail) in rows {
            assert_eq!(check(&representative(128, head, hash, tail)), Ok(hash), "{head:02X?} {hash:?}");
        }
        let good = representative(128, &[0x6A], HashAlg::Sha256, &[0x34, 0xCC]);
        for (at, value) in [(0, 0x4A), (0, 0x2A), (1, 0), (127, 0xBB), (126, 0x99), (100, 0)] {
            let mut bad = good.clone();
            bad[at] = value;
            assert_eq!(check(&bad), Err(AaError::BadSignature), "byte {at}");
        }
        let signature = raise(&key, &good);
        assert_eq!(verify(&public, b"replayed", &signature), Err(AaError::BadSignature));
        assert_eq!(verify(&public, CHALLENGE, &signature[1..]), Err(AaError::BadSignature));
        assert_eq!(verify(&public, CHALLENGE, &[0xFF; 128]), Err(AaError::BadSignature));
    }

    #[test]
    fn impossible_keys_are_refused() {
        for (modulus, exponent) in
            [(vec![0xFF; 64], vec![3]), (vec![0xFF; 1024], vec![3]), (vec![0xFF; 128], vec![]), (vec![0xFF; 128], vec![1; 9])]
        {
            let weak = AaError::WeakKey { bits: modulus.len() * 8 };
            assert_eq!(super::key(&modulus, &exponent).err(), Some(weak));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_representative_is_read_or_refused(bytes: Vec<u8>) {
            let _ = check(&bytes, CHALLENGE);
        }
    }
}
