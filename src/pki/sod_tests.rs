//! EF.SOD against honest and dishonest signers, OpenSSL and the ICAO specimen.

use super::*;
use crate::crypto::ec::Curve;
use crate::crypto::hash::HashAlg;
use crate::lds::der;
use crate::pki::key::Parameters;
use crate::pki::openssl;
use crate::pki::trust::Kind;
use crate::pki::x509::issue::tests::{TestKit, ds, kit, kit_of};
use crate::pki::x509::path::{Revocation, RevocationGap};

pub(crate) fn object() -> LdsSecurityObject {
    LdsSecurityObject::over(HashAlg::Sha256, [(1, &b"one"[..]), (2, b"two"), (14, b"fourteen")])
}

fn store(kit: &TestKit) -> TrustStore {
    let mut store = TrustStore::new(Kind::Production, "ID");
    store.add_csca(kit.csca.cert.clone()).unwrap();
    store
}

#[test]
fn what_is_signed_verifies_on_every_curve_with_named_and_explicit_parameters() {
    for (seed, curve) in Curve::ALL.into_iter().enumerate() {
        for parameters in [Parameters::Named, Parameters::Explicit] {
            let kit = kit_of(curve, parameters, 20 + seed as u64);
            let (key, cert) = ds(&kit);
            let sod = sign(&object(), &key, &cert, kit.now);
            let checked = verify(&sod, &store(&kit), kit.now).unwrap();
            assert_eq!(checked.object(), &object());
            assert_eq!((checked.signer(), checked.anchor(), checked.country().as_str()), (&cert, &kit.csca.cert, "ID"));
            assert_eq!(checked.signed_at(), Some(kit.now));
            assert!(matches!(checked.path().revocation(), Revocation::Undecided(RevocationGap::Missing { .. })));
            assert_eq!(read(&sod).unwrap().digest, curve.natural_hash(), "the digest follows the curve");
            assert_eq!(sign(&object(), &key, &cert, kit.now), sod, "the same bytes");
        }
    }
}

#[test]
fn the_default_has_the_size_the_plan_counts_on() {
    let kit = kit();
    let (key, cert) = ds(&kit);
    let groups: Vec<(u8, &[u8])> = [1, 2, 7, 11, 12, 13, 14].map(|n| (n, &b"x"[..])).to_vec();
    let sod = sign(&LdsSecurityObject::over(HashAlg::Sha256, groups), &key, &cert, kit.now);
    assert!((1_200..=1_400).contains(&sod.len()), "{}", sod.len());
}

#[test]
fn openssl_verifies_the_message_with_its_chain() {
    for curve in [Curve::P256, Curve::P384, Curve::Bp256] {
        let kit = kit_of(curve, Parameters::Named, 5);
        let (key, cert) = ds(&kit);
        let sod = sign(&object(), &key, &cert, kit.now);
        let message = tlv::parse_one(&sod, TAG).unwrap().value;
        let dir = tempfile::tempdir().unwrap();
        let ca = dir.path().join("ca.pem");
        std::fs::write(&ca, kit.csca.cert.to_pem()).unwrap();
        let at = kit.now.as_second() + 5;
        let args = format!("cms -verify -binary -inform DER -purpose any -attime {at} -CAfile {}", ca.display());
        let Some(content) = openssl::run(&args, message) else { return };
        assert_eq!(content, object().encode());
    }
}

/// Signs as [`sign`] does, but over other attributes or under another digest.
fn forged(kit: &TestKit, content: &Content<'_>, attributes_over: &Content<'_>, hash: HashAlg) -> Vec<u8> {
    let (key, cert) = ds(kit);
    let attributes = cms::to_be_signed(attributes_over, hash, kit.now);
    let signature = key.sign(&attributes);
    let algorithm = key.signature_algorithm();
    tlv::encode(TAG, &cms::assemble(content, algorithm, &attributes, &signature, &cert))
}

#[test]
fn attributes_that_do_not_match_the_content_are_refused() {
    let kit = kit();
    let (bytes, other) = (object().encode(), b"other".to_vec());
    let right = content(&bytes);
    let digest = forged(&kit, &right, &content(&other), HashAlg::Sha256);
    assert_eq!(read(&digest).unwrap_err(), SodError::Cms(CmsError::DigestMismatch));
    let kind = Content { kind: crate::pki::oid::DATA, ..right };
    let kind = forged(&kit, &right, &kind, HashAlg::Sha256);
    assert!(matches!(read(&kind).unwrap_err(), SodError::Cms(CmsError::ContentType(_))));
    let hash = forged(&kit, &right, &right, HashAlg::Sha384);
    assert_eq!(read(&hash).unwrap_err(), SodError::Cms(CmsError::DigestMismatch));
}

#[test]
fn content_that_is_missing_or_no_list_of_hashes_is_refused() {
    let kit = kit();
    let (key, cert) = ds(&kit);
    let bytes = object().encode();
    let detached = Content { attached: false, ..content(&bytes) };
    let sod = tlv::encode(TAG, &cms::sign(&detached, &key, &cert, kit.now));
    assert_eq!(read(&sod).unwrap_err(), SodError::ContentMissing);
    let sod = tlv::encode(TAG, &cms::sign(&content(b"\x30\x00"), &key, &cert, kit.now));
    assert!(matches!(read(&sod).unwrap_err(), SodError::Content(_)));
    assert!(matches!(read(&der::sequence(&[])).unwrap_err(), SodError::Encoding(_)));
    let large = vec![0x77; FILE_BYTES + 1];
    assert_eq!(read(&large).unwrap_err(), SodError::Cms(CmsError::TooLarge(FILE_BYTES + 1)));
}

#[test]
fn hash_lists_of_an_old_hash_are_refused_by_date() {
    let kit = kit();
    let (key, cert) = ds(&kit);
    let old = LdsSecurityObject::over(HashAlg::Sha1, [(1, &b"one"[..])]);
    let sod = sign(&old, &key, &cert, kit.now);
    assert!(matches!(verify(&sod, &store(&kit), kit.now).unwrap_err(), SodError::Hash(_)));
}

#[test]
fn every_flipped_byte_is_refused() {
    let kit = kit();
    let (key, cert) = ds(&kit);
    let store = store(&kit);
    let sod = sign(&object(), &key, &cert, kit.now);
    for index in 0..sod.len() {
        let mut bad = sod.clone();
        bad[index] ^= 1;
        // Versions and the list of digest algorithms carry nothing that is used.
        if let Ok(checked) = verify(&bad, &store, kit.now) {
            assert_eq!((checked.object(), checked.signer()), (&object(), &cert), "byte {index}");
        }
    }
}

#[test]
fn the_signature_of_the_icao_specimen_holds_and_its_issuer_is_not_ours() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/icao-specimen-sod.bin");
    let file = std::fs::read(path).unwrap();
    let found = read(&file).unwrap();
    assert_eq!(found.signer().subject().common_name(), "DS Test");
    assert_eq!(found.object().hashes.keys().copied().collect::<Vec<_>>(), [1, 2, 15]);
    let at = "2007-01-01T00:00:00Z".parse().unwrap();
    let error = verify(&file, &TrustStore::new(Kind::Production, "NL"), at).unwrap_err();
    assert_eq!((error.reason(), matches!(error, SodError::Path(PathError::Untrusted { .. }))), (Reason::UntrustedIssuer, true));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(data: Vec<u8>) {
        let _ = read(&data);
        let _ = read(&tlv::encode(TAG, &data));
    }
}
