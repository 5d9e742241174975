//! Sealing, altering, and OpenSSL on the other side.

use super::*;
use crate::pki::openssl;
use crate::pki::x509::crl;
use crate::pki::x509::issue::tests::{TestKit, kit, kit_of, leaf};
use crate::pki::x509::issue::{self, Span};
use crate::world::DangerousSeededEntropy;
use std::collections::BTreeMap;

const TEXT: &[u8] = b"what the chip holds";

/// A production store with the kit's root and its list.
fn store(kit: &TestKit) -> TrustStore {
    let mut store = TrustStore::new(Kind::Production, "ID");
    store.add_operations_root(kit.root.cert.clone()).unwrap();
    store.add_crl(crl::make(&kit.root, 1, Span::days(kit.now, 90), &BTreeMap::new()).unwrap()).unwrap();
    store
}

fn recipient(kit: &TestKit, cert: &Certificate) -> Recipient {
    Recipient::<OfBureau>::check(cert, &store(kit), kit.now).unwrap()
}

fn sealed(kit: &TestKit) -> (PrivateKey, Certificate, Vec<u8>) {
    let (key, cert) = leaf(kit, Purpose::Bureau);
    let message = seal(TEXT, &recipient(kit, &cert), &mut DangerousSeededEntropy::new(1)).unwrap();
    (key, cert, message)
}

#[test]
fn only_the_recipient_opens() {
    let (key, _, message) = sealed(&kit());
    assert_eq!(open(&message, &key).unwrap().as_slice(), TEXT);
    let other = crate::pki::x509::issue::default_key(&mut DangerousSeededEntropy::new(50));
    let error = open(&message, &other).unwrap_err();
    assert_eq!((&error, error.reason()), (&SealError::NotARecipient, Reason::KeyMissing));
    let curve = PrivateKey::generate(crate::crypto::ec::Curve::Bp256, &mut DangerousSeededEntropy::new(50));
    assert_eq!(open(&message, &curve).unwrap_err(), SealError::NotARecipient);
}

#[test]
fn every_flipped_byte_is_refused() {
    let (key, _, message) = sealed(&kit());
    for index in 0..message.len() {
        let mut bad = message.clone();
        bad[index] ^= 1;
        // The recipient's name and the versions only route the message: opening does not depend on them.
        if let Ok(plain) = open(&bad, &key) {
            assert_eq!(plain.as_slice(), TEXT, "byte {index}");
        }
    }
    let mut bad = message.clone();
    let last = bad.len() - 1;
    bad[last] ^= 1;
    let error = open(&bad, &key).unwrap_err();
    assert_eq!((&error, error.reason()), (&SealError::Altered, Reason::ImageAltered));
}

#[test]
fn what_is_no_sealed_message_is_named() {
    let kit = kit();
    let (key, cert, message) = sealed(&kit);
    let (signer_key, signer) = leaf(&kit, Purpose::Receipt);
    let mut rng = DangerousSeededEntropy::new(1);
    let bureau = recipient(&kit, &cert);
    assert_eq!(seal(&vec![0; CMS_BYTES], &bureau, &mut rng).unwrap_err(), SealError::TooLarge(CMS_BYTES));
    assert_eq!(open(&vec![0; CMS_BYTES + 1], &key).unwrap_err(), SealError::TooLarge(CMS_BYTES + 1));
    assert!(matches!(open(b"0", &key).unwrap_err(), SealError::Encoding(_)));
    let signed = crate::pki::statement::sign(TEXT, &signer_key, &signer, kit.now);
    assert_eq!(open(&signed, &key).unwrap_err(), SealError::ContentType(oid::SIGNED_DATA.into()));
    let gcm = der::oid(oid::AES256_GCM);
    let at = message.windows(gcm.len()).position(|w| w == gcm).unwrap();
    let mut other = message;
    other[at + gcm.len() - 1] = 6;
    assert_eq!(open(&other, &key).unwrap_err(), SealError::Cipher("2.16.840.1.101.3.4.1.6".into()));
}

#[test]
fn nothing_is_sealed_to_a_certificate_that_is_not_a_bureaus_today() {
    let kit = kit();
    let (_, bureau) = leaf(&kit, Purpose::Bureau);
    let refused = |cert: &Certificate, store: &TrustStore, at| Recipient::<OfBureau>::check(cert, store, at).unwrap_err();
    let path = |cert: &Certificate, at| match refused(cert, &store(&kit), at) {
        SealError::Recipient(error) => error,
        other => panic!("{other:?}"),
    };
    let subject = bureau.subject().to_string();
    for purpose in Purpose::OPERATIONS.into_iter().filter(|p| *p != Purpose::Bureau) {
        let (_, cert) = leaf(&kit, purpose);
        let expected = match purpose {
            // Its key agrees as a bureau's does.
            Purpose::Office => PathError::WrongPurpose { subject: subject.clone() },
            _ => PathError::WrongKeyUsage { subject: subject.clone() },
        };
        assert_eq!(path(&cert, kit.now), expected);
    }
    let office = OfficeRecipient::check(&bureau, &store(&kit), kit.now).unwrap_err();
    assert_eq!(office, SealError::Recipient(PathError::WrongPurpose { subject: subject.clone() }));
    assert_eq!(office.reason(), Reason::CertificateUnfit);
    OfficeRecipient::check(&leaf(&kit, Purpose::Office).1, &store(&kit), kit.now).unwrap();
    // The right key usage alone is not the purpose.
    let (key, _) = leaf(&kit, Purpose::Bureau);
    let agrees = issue::Template {
        issuer: kit.root.cert.subject(),
        subject: bureau.subject(),
        validity: Span::days(kit.now, 9),
        spki: &key.public_key().encode(crate::pki::key::Parameters::Named),
        extensions: vec![crate::pki::x509::extensions::key_usage(crate::pki::x509::extensions::KeyUsage::KEY_AGREEMENT)],
    };
    let agrees = agrees.sign(&kit.root.key, &mut DangerousSeededEntropy::new(2)).unwrap();
    assert_eq!(path(&agrees, kit.now), PathError::WrongPurpose { subject });
    let late = crate::pki::time::plus_days(kit.now, 31);
    assert!(matches!(path(&bureau, late), PathError::Expired { .. }));
    assert_eq!(refused(&bureau, &store(&kit), late).reason(), Reason::CertificateExpired);
    assert!(matches!(path(&bureau, crate::pki::time::plus_days(kit.now, -1)), PathError::NotYetValid { .. }));
    let stranger = kit_of(crate::crypto::ec::Curve::P256, crate::pki::key::Parameters::Named, 99);
    let (_, forged) = leaf(&stranger, Purpose::Bureau);
    let error = refused(&forged, &store(&kit), kit.now);
    assert!(matches!(error, SealError::Recipient(PathError::LookAlike { .. } | PathError::Untrusted { .. })));
    assert_eq!(error.reason(), Reason::UntrustedIssuer);
}

#[test]
fn a_bureau_that_is_revoked_or_that_nobody_can_tell_about_gets_nothing() {
    let kit = kit();
    let (_, bureau) = leaf(&kit, Purpose::Bureau);
    let mut revoking = store(&kit);
    let revoked = BTreeMap::from([(bureau.serial().to_vec(), kit.now)]);
    revoking.add_crl(crl::make(&kit.root, 2, Span::days(kit.now, 90), &revoked).unwrap()).unwrap();
    let error = Recipient::<OfBureau>::check(&bureau, &revoking, kit.now).unwrap_err();
    assert!(matches!(error, SealError::Recipient(PathError::Revoked { .. })));
    assert_eq!(error.reason(), Reason::CertificateRevoked);
    for (kind, accepted) in [(Kind::Production, false), (Kind::Sample, true)] {
        let mut bare = TrustStore::new(kind, "ID");
        bare.add_operations_root(kit.root.cert.clone()).unwrap();
        let checked = Recipient::<OfBureau>::check(&bureau, &bare, kit.now).map(drop);
        let missing = SealError::RecipientUnknown(RevocationGap::Missing { issuer: kit.root.cert.subject().to_string() });
        assert_eq!(missing.reason(), Reason::CrlStale);
        assert_eq!(checked, if accepted { Ok(()) } else { Err(missing) });
    }
}

#[test]
fn a_sample_bureau_is_none_before_a_production_store() {
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    let clock = crate::world::FixedClock(now);
    let sample = crate::pki::sample::Kit::mint(&clock, &mut DangerousSeededEntropy::new(4)).unwrap();
    let error = Recipient::<OfBureau>::check(&sample.bureau.cert, &store(&kit()), now).unwrap_err();
    assert_eq!((&error, error.reason()), (&SealError::Recipient(PathError::SampleKey), Reason::SampleKey));
    let roots = sample.roots.trust_store().unwrap();
    assert_eq!(Recipient::<OfBureau>::check(&sample.bureau.cert, &roots, now).unwrap().cert(), &sample.bureau.cert);
}

/// Writes certificate and key for OpenSSL.
fn files(cert: &str, key_der: &[u8]) -> (tempfile::TempDir, String, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let (cert_path, key_path) = (path("cert.pem"), path("key.der"));
    std::fs::write(&cert_path, cert).unwrap();
    std::fs::write(&key_path, key_der).unwrap();
    (dir, cert_path, key_path)
}

#[test]
fn openssl_opens_ours_and_we_open_its() {
    let (key, cert, message) = sealed(&kit());
    let (_dir, cert_path, key_path) = files(&cert.to_pem(), &key.to_pkcs8());
    let decrypt = format!("cms -decrypt -binary -inform DER -inkey {key_path} -keyform DER -recip {cert_path}");
    let Some(plain) = openssl::run(&decrypt, &message) else { return };
    assert_eq!(plain, TEXT);
    let encrypt = format!("cms -encrypt -binary -outform DER -aes-256-gcm -recip {cert_path} -keyopt ecdh_kdf_md:sha256");
    let theirs = openssl::run(&encrypt, TEXT).unwrap();
    // OpenSSL writes the content in one piece of definite length when it is small; streams are indefinite and not ours.
    assert_eq!(open(&theirs, &key).unwrap().as_slice(), TEXT);
}

#[test]
fn rsa_recipients_work_both_ways() {
    let (request, exts) =
        ("req -x509 -newkey rsa:2048 -nodes -subj /C=ID/CN=B -days 9", "-addext keyUsage=critical,keyEncipherment");
    let dir = tempfile::tempdir().unwrap();
    let key_path = dir.path().join("k.pem").display().to_string();
    let Some(pem) = openssl::run(&format!("{request} {exts} -keyout {key_path}"), &[]) else { return };
    let made = Certificate::from_file(&pem).unwrap();
    let kit = kit();
    let (name, span) = (made.subject(), Span::days(kit.now, 9));
    let mut rng = DangerousSeededEntropy::new(1);
    let cert = issue::operations_leaf(&kit.root, Purpose::Bureau, made.public_key(), name, span, &mut rng).unwrap();
    let pkcs8 = openssl::run(&format!("pkcs8 -topk8 -nocrypt -in {key_path} -outform DER"), &[]).unwrap();
    let key = PrivateKey::from_pkcs8(&pkcs8).unwrap();
    let message = seal(TEXT, &recipient(&kit, &cert), &mut rng).unwrap();
    assert_eq!(open(&message, &key).unwrap().as_slice(), TEXT);
    let (_dir, cert_path, key_path) = files(&cert.to_pem(), &pkcs8);
    let decrypt = format!("cms -decrypt -binary -inform DER -inkey {key_path} -keyform DER -recip {cert_path}");
    assert_eq!(openssl::run(&decrypt, &message).unwrap(), TEXT);
    let options = "-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256";
    let theirs =
        openssl::run(&format!("cms -encrypt -binary -outform DER -aes-256-gcm -recip {cert_path} {options}"), TEXT).unwrap();
    assert_eq!(open(&theirs, &key).unwrap().as_slice(), TEXT);
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_opened_or_refused(data: Vec<u8>) {
        let key = crate::pki::x509::issue::default_key(&mut DangerousSeededEntropy::new(1));
        let _ = open(&data, &key);
    }
}
