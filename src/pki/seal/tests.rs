//! Sealing, altering, and OpenSSL on the other side.

use super::*;
use crate::pki::openssl;
use crate::pki::x509::issue::tests::{TestKit, kit, leaf};
use crate::world::DangerousSeededEntropy;

const TEXT: &[u8] = b"what the chip holds";

fn sealed(kit: &TestKit) -> (PrivateKey, Certificate, Vec<u8>) {
    let (key, cert) = leaf(kit, Purpose::Bureau);
    let message = seal(TEXT, &cert, &mut DangerousSeededEntropy::new(1)).unwrap();
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
    assert_eq!(seal(TEXT, &signer, &mut rng).unwrap_err(), SealError::RecipientNotForSealing);
    assert_eq!(seal(&vec![0; CMS_BYTES], &cert, &mut rng).unwrap_err(), SealError::TooLarge(CMS_BYTES));
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
    let cert = Certificate::from_file(&pem).unwrap();
    let pkcs8 = openssl::run(&format!("pkcs8 -topk8 -nocrypt -in {key_path} -outform DER"), &[]).unwrap();
    let key = PrivateKey::from_pkcs8(&pkcs8).unwrap();
    let message = seal(TEXT, &cert, &mut DangerousSeededEntropy::new(1)).unwrap();
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
