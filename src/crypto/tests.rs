//! Tests of the primitives: refusals by name, and published values.

use super::CryptoError;
use super::ec::{Curve, PrivateKey, PublicKey, map_generic};
use super::hash::{HashAlg, sha256};
use super::kdf::{KeyUse, emrtd_aes, x963};
use super::symmetric::{AesKey, pad, unpad};
use crate::world::DangerousSeededEntropy;
use hex_literal::hex;

fn key(curve: Curve, seed: u64) -> PrivateKey {
    PrivateKey::generate(curve, &mut DangerousSeededEntropy::new(seed))
}

#[test]
fn points_off_the_curve_short_compressed_or_at_infinity_are_refused() {
    for curve in Curve::ALL {
        let good = key(curve, 1).public_key();
        let mut off = good.as_bytes().to_vec();
        *off.last_mut().unwrap() ^= 1;
        let compressed = [&[2u8][..], good.x()].concat();
        for bad in [off, good.as_bytes()[1..].to_vec(), compressed, vec![0], vec![4; 1 + 2 * curve.field_len()], vec![]] {
            assert_eq!(PublicKey::from_uncompressed(curve, &bad), Err(CryptoError::BadPoint));
        }
    }
}

#[test]
fn scalars_zero_too_large_or_of_another_length_are_refused() {
    for curve in Curve::ALL {
        let n = curve.field_len();
        for bad in [vec![0; n], vec![0xFF; n], vec![1; n - 1], vec![1; n + 1]] {
            assert_eq!(PrivateKey::from_bytes(curve, &bad).unwrap_err(), CryptoError::BadScalar);
        }
    }
}

#[test]
fn signatures_verify_and_every_change_is_refused() {
    for curve in Curve::ALL {
        let (private, hash) = (key(curve, 2), curve.natural_hash());
        let digest = hash.digest(b"message");
        let raw = private.sign_raw(hash, &digest);
        assert_eq!(raw.len(), 2 * curve.field_len());
        private.public_key().verify_raw(&digest, &raw).unwrap();
        private.public_key().verify_der(&digest, &private.sign_der(hash, &digest)).unwrap();
        let mut changed = raw.clone();
        changed[5] ^= 1;
        let zero_r = [vec![0; curve.field_len()], raw[curve.field_len()..].to_vec()].concat();
        for bad in [changed, zero_r, raw[1..].to_vec()] {
            assert_eq!(private.public_key().verify_raw(&digest, &bad), Err(CryptoError::BadSignature));
        }
        assert_eq!(key(curve, 3).public_key().verify_raw(&digest, &raw), Err(CryptoError::BadSignature));
    }
}

#[test]
fn a_hash_longer_than_the_curve_is_cut_to_its_left_bits() {
    // RFC 6979 A.2.5: P-256, SHA-512, message "sample".
    let d = hex!("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
    let private = PrivateKey::from_bytes(Curve::P256, &d).unwrap();
    let signature = private.sign_raw(HashAlg::Sha512, &HashAlg::Sha512.digest(b"sample"));
    assert_eq!(
        signature,
        hex!(
            "8496A60B5E9B47C825488827E0495B0E3FA109EC4568FD3F8D1097678EB97F00
             2362AB1ADBE2B8ADF9CB9EDAB740EA6049C028114F2460F96554F61FAE3302FE"
        )
    );
}

#[test]
fn agreement_is_mutual_and_keys_of_two_curves_do_not_mix() {
    for curve in Curve::ALL {
        let (a, b) = (key(curve, 4), key(curve, 5));
        assert_eq!(a.shared_secret(&b.public_key()).unwrap(), b.shared_secret(&a.public_key()).unwrap());
    }
    let other = key(Curve::Bp256, 6).public_key();
    assert_eq!(key(Curve::P256, 7).shared_secret(&other).unwrap_err(), CryptoError::CurveMismatch);
}

#[test]
fn a_mapping_to_infinity_is_refused() {
    // nonce · G + H is the point at infinity for H = -(nonce · G).
    for curve in Curve::ALL {
        let n = curve.field_len();
        let nonce = key(curve, 8);
        let point = nonce.public_key();
        let minus_one = PrivateKey::from_bytes(curve, &minus_one(curve)).unwrap();
        let negative = minus_one.shared_point(&point).unwrap();
        assert_eq!(map_generic(nonce.expose(), &negative), Err(CryptoError::Identity));
        assert_eq!(map_generic(&vec![0; n], &point).unwrap(), point);
    }
}

/// The group order less one.
fn minus_one(curve: Curve) -> Vec<u8> {
    let mut order = match curve {
        Curve::P256 => hex!("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551").to_vec(),
        Curve::Bp256 => hex!("A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7").to_vec(),
        Curve::P384 => {
            hex!("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973").to_vec()
        }
        Curve::Bp384 => {
            hex!("8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B31F166E6CAC0425A7CF3AB6AF6B7FC3103B883202E9046565").to_vec()
        }
    };
    *order.last_mut().unwrap() -= 1;
    order
}

#[test]
fn block_lengths_key_lengths_and_macs_are_checked() {
    assert_eq!(AesKey::new(&[0; 17]).unwrap_err(), CryptoError::BadKeyLength);
    let key = AesKey::new(&[7; 16]).unwrap();
    assert_eq!(key.cbc_encrypt(&[0; 16], &mut [0; 17]), Err(CryptoError::BadBlockLength));
    assert_eq!(key.cbc_decrypt(&[0; 16], &mut [0; 15]), Err(CryptoError::BadBlockLength));
    let mac = key.cmac(&[b"ab", b"c"]);
    assert_eq!(mac, key.cmac(&[b"abc"]));
    key.cmac_verify(&[b"abc"], &mac[..8]).unwrap();
    for bad in [&[][..], &[0; 8], &[0; 17]] {
        assert_eq!(key.cmac_verify(&[b"abc"], bad), Err(CryptoError::BadMac));
    }
}

#[test]
fn padding_is_strict() {
    for len in 0..40usize {
        let mut data = vec![0x80; len];
        pad(&mut data, 16);
        assert_eq!(unpad(&data, 16).unwrap().len(), len);
    }
    for bad in [&[0u8; 16][..], &[], &[0x81, 0], &[1; 16]] {
        assert_eq!(unpad(bad, 16), Err(CryptoError::BadPadding));
    }
    let mut long = vec![0x80];
    long.extend([0; 16]);
    assert_eq!(unpad(&long, 16), Err(CryptoError::BadPadding), "padding longer than a block");
}

#[test]
fn cbc_follows_sp_800_38a() {
    // SP 800-38A F.2.1, first block.
    let key = AesKey::new(&hex!("2b7e151628aed2a6abf7158809cf4f3c")).unwrap();
    let iv = hex!("000102030405060708090a0b0c0d0e0f");
    let mut data = hex!("6bc1bee22e409f96e93d7e117393172a").to_vec();
    key.cbc_encrypt(&iv, &mut data).unwrap();
    assert_eq!(data, hex!("7649abac8119b246cee98e9b12e9197d"));
    key.cbc_decrypt(&iv, &mut data).unwrap();
    assert_eq!(data, hex!("6bc1bee22e409f96e93d7e117393172a"));
}

#[test]
fn keys_derive_as_in_doc_9303() {
    // Doc 9303-11 Appendix G.1: K_Enc and K_MAC of the PACE-ECDH-GM example.
    let shared = hex!("28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925");
    assert_eq!(emrtd_aes(&shared, KeyUse::Enc, 128).unwrap().expose(), hex!("F5F0E35C0D7161EE6724EE513A0D9A7F"));
    assert_eq!(emrtd_aes(&shared, KeyUse::Mac, 128).unwrap().expose(), hex!("FE251C7858B356B24514B3BD5F4297D1"));
    assert_eq!(emrtd_aes(&shared, KeyUse::Mac, 100).unwrap_err(), CryptoError::BadKeyLength);
}

#[test]
fn x963_counts_from_one() {
    let expected = sha256(&[&b"z"[..], &[0, 0, 0, 1], b"info"].concat());
    assert_eq!(*x963(HashAlg::Sha256, b"z", b"info", 32), expected);
    assert_eq!(x963(HashAlg::Sha256, b"z", b"info", 40).len(), 40);
}
