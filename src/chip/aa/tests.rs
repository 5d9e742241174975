//! Both sides against each other, and every refusal by name.

use super::*;
use crate::chip::apdu::{Command, Response};
use crate::crypto::ec::{Curve, PrivateKey};
use crate::lds::dg15::ActiveAuthenticationKey;
use crate::world::DangerousSeededEntropy;
use jiff::civil::Date;

const TODAY: Date = jiff::civil::date(2026, 11, 23);

/// The chip's signature over a challenge.
fn answer(key: &ChipKey<'_>, challenge: &[u8]) -> Vec<u8> {
    let (command, waiting) = start(challenge.try_into().unwrap()).send(true);
    let run = AaCard::challenged(&command).unwrap();
    let response = run.sign(key, &mut DangerousSeededEntropy::new(7)).unwrap();
    waiting.receive(&response).unwrap().signature().to_vec()
}

/// What a chip with this ECDSA key answers.
pub(crate) fn sign(key: &PrivateKey, hash: HashAlg, challenge: &[u8]) -> Vec<u8> {
    answer(&ChipKey::Ec(key, hash), challenge)
}

/// A fresh RSA key of DG15 and what its chip answers.
pub(crate) fn signed(bits: usize, exponent: u64, hash: HashAlg, challenge: &[u8]) -> (ActiveAuthenticationKey, Vec<u8>) {
    let key = RsaChipKey::generate(bits, exponent, &mut DangerousSeededEntropy::new(1)).unwrap();
    (key.public_key(), answer(&ChipKey::Rsa(&key, hash), challenge))
}

fn verify(
    key: &ActiveAuthenticationKey,
    hash: Option<HashAlg>,
    challenge: &[u8],
    signature: &[u8],
    on: Date,
) -> Result<SignatureProven, AaError> {
    Answered::recorded(challenge, signature).verify(key, hash, on)
}

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
    let command = |extended| start([1; 8]).send(extended).0.encode().unwrap();
    assert_eq!(command(false), [0, 0x88, 0, 0, 8, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
    assert_eq!(command(true)[..7], [0, 0x88, 0, 0, 0, 0, 8]);
}

#[test]
fn a_chip_with_an_rsa_key_convinces_whoever_challenged_it_and_nobody_else() {
    let key = RsaChipKey::generate(2048, 65_537, &mut DangerousSeededEntropy::new(2)).unwrap();
    assert_eq!(format!("{key:?}"), "RsaChipKey(2048 bits)");
    let public = key.public_key();
    for hash in [HashAlg::Sha256, HashAlg::Sha384, HashAlg::Sha512] {
        // Forty signatures, some of which begin with zero bytes, are all as long as the modulus.
        for nth in 0..40u8 {
            let challenge = [nth; 8];
            let (command, waiting) = start(challenge).send(true);
            let mut rng = DangerousSeededEntropy::new(nth.into());
            let response = AaCard::challenged(&command).unwrap().sign(&ChipKey::Rsa(&key, hash), &mut rng).unwrap();
            assert_eq!(response.data.len(), 256);
            let answered = waiting.receive(&response).unwrap();
            assert_eq!(answered.verify(&public, None, TODAY).err(), None, "{hash:?} {nth}");
            let other = verify(&public, None, &[nth + 1; 8], &response.data, TODAY).err();
            assert_eq!(other, Some(AaError::BadSignature));
        }
    }
}

#[test]
fn the_chip_refuses_what_is_no_challenge_of_eight_bytes() {
    let refused = |command: &Command| AaCard::challenged(command).map(drop).unwrap_err();
    for length in [0, 7, 9, 16] {
        assert_eq!(refused(&Command::new(0, 0x88, 0, 0).with_data(vec![1; length])), StatusWord::WRONG_LENGTH, "{length}");
    }
    assert_eq!(refused(&Command::new(0, 0x88, 0, 1).with_data([1; 8])), StatusWord::WRONG_P1_P2);
    assert_eq!(refused(&Command::new(0, 0x84, 0, 0).with_data([1; 8])), StatusWord::INS_NOT_SUPPORTED);
}

#[test]
fn a_chip_that_refuses_is_told_as_such() {
    let (_, waiting) = start([1; 8]).send(false);
    let error = waiting.receive(&Response::status(StatusWord::SECURITY_NOT_SATISFIED)).map(drop).unwrap_err();
    assert_eq!(error, AaError::Refused(StatusWord::SECURITY_NOT_SATISFIED));
    assert_eq!(error.reason(), Reason::CloneSuspected);
}

#[test]
fn no_chip_gets_an_rsa_key_of_a_kind_that_nobody_reads() {
    for (bits, exponent) in [(1_016, 65_537), (4_104, 65_537), (2_047, 65_537), (2_048, 1), (2_048, 65_536)] {
        let made = RsaChipKey::generate(bits, exponent, &mut DangerousSeededEntropy::new(1));
        assert_eq!(made.map(drop), Err(AaError::WeakKey { bits }), "{bits} {exponent}");
    }
}
