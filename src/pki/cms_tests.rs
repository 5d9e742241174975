//! Messages with missing, doubled and foreign parts.

use super::*;
use crate::pki::x509::issue::Purpose;
use crate::pki::x509::issue::tests::{ds, kit, leaf};

const CONTENT: Content<'static> = Content { kind: oid::DATA, bytes: b"content", attached: true };

fn verify(message: &[u8]) -> Result<SignatureHolds, CmsError> {
    SignedData::parse(message, oid::DATA)?.verify(b"content")
}

/// A message around these signer infos and certificates.
fn message(signers: Vec<Vec<u8>>, certificates: &[u8]) -> Vec<u8> {
    let content = tlv::encode(0xA0, &tlv::encode(der::OCTET_STRING, b"content"));
    let data = der::sequence(&[
        &der::integer(1),
        &der::set_of(vec![encode_hash(HashAlg::Sha256)]),
        &der::sequence(&[&der::oid(oid::DATA), &content]),
        &tlv::encode(0xA0, certificates),
        &der::set_of(signers),
    ]);
    der::sequence(&[&der::oid(oid::SIGNED_DATA), &tlv::encode(0xA0, &data)])
}

/// A signer info over these attributes, signed as it should be.
fn signer(key: &PrivateKey, cert: &Certificate, digest: HashAlg, attributes: Vec<Vec<u8>>) -> Vec<u8> {
    let set = der::set_of(attributes);
    let mut tagged = set.clone();
    tagged[0] = 0xA0;
    let id = der::sequence(&[cert.issuer().as_der(), &tlv::encode(der::INTEGER, cert.serial())]);
    let signature = tlv::encode(der::OCTET_STRING, &key.sign(&set));
    let algorithm = key.signature_algorithm().encode();
    der::sequence(&[&der::integer(1), &id, &encode_hash(digest), &tagged, &algorithm, &signature])
}

fn attribute(kind: &str, values: &[Vec<u8>]) -> Vec<u8> {
    der::sequence(&[&der::oid(kind), &tlv::encode(der::SET, &values.concat())])
}

fn attributes(hash: HashAlg) -> Vec<Vec<u8>> {
    let digest = tlv::encode(der::OCTET_STRING, &hash.digest(b"content"));
    vec![attribute(oid::CONTENT_TYPE, &[der::oid(oid::DATA)]), attribute(oid::MESSAGE_DIGEST, &[digest])]
}

#[test]
fn an_honest_message_holds() {
    let (key, cert) = ds(&kit());
    let holds = verify(&sign(&CONTENT, &key, &cert, kit().now)).unwrap();
    assert_eq!((holds.signer, holds.signed_at), (cert.clone(), Some(kit().now)));
    let bare = message(vec![signer(&key, &cert, HashAlg::Sha256, attributes(HashAlg::Sha256))], cert.as_der());
    assert_eq!(verify(&bare).unwrap().signed_at, None);
}

#[test]
fn one_signer_and_its_certificate_must_be_there() {
    let (key, cert) = ds(&kit());
    let one = signer(&key, &cert, HashAlg::Sha256, attributes(HashAlg::Sha256));
    assert_eq!(verify(&message(vec![one.clone(), one.clone()], cert.as_der())).unwrap_err(), CmsError::SignerCount(2));
    assert_eq!(verify(&message(vec![], cert.as_der())).unwrap_err(), CmsError::SignerCount(0));
    assert_eq!(verify(&message(vec![one.clone()], &[])).unwrap_err(), CmsError::SignerCertificateMissing);
    let (_, other) = leaf(&kit(), Purpose::Receipt);
    assert_eq!(verify(&message(vec![one.clone()], other.as_der())).unwrap_err(), CmsError::SignerCertificateMissing);
    let error = verify(&message(vec![one], &der::sequence(&[]))).unwrap_err();
    assert!(matches!(error, CmsError::Certificate(_)));
}

#[test]
fn attributes_must_be_whole_and_single() {
    let (key, cert) = ds(&kit());
    let refused = |attributes: Vec<Vec<u8>>| {
        verify(&message(vec![signer(&key, &cert, HashAlg::Sha256, attributes)], cert.as_der())).unwrap_err()
    };
    let good = attributes(HashAlg::Sha256);
    assert_eq!(refused(vec![good[0].clone()]), CmsError::Attributes);
    assert_eq!(refused(vec![good[1].clone()]), CmsError::Attributes);
    assert_eq!(refused([good.clone(), vec![good[0].clone()]].concat()), CmsError::Attributes);
    assert_eq!(refused(vec![good[0].clone(), attribute(oid::MESSAGE_DIGEST, &[])]), CmsError::Attributes);
    let other = vec![attribute(oid::CONTENT_TYPE, &[der::oid("1.2.3")]), good[1].clone()];
    assert_eq!(refused(other), CmsError::ContentType("1.2.3".into()));
}

#[test]
fn digest_and_signature_must_be_of_one_algorithm() {
    let (key, cert) = ds(&kit());
    // The digest is right under SHA-384, but the signature says SHA-256.
    let info = signer(&key, &cert, HashAlg::Sha384, attributes(HashAlg::Sha384));
    assert_eq!(verify(&message(vec![info], cert.as_der())).unwrap_err(), CmsError::DigestAlgorithm);
    let mut broken = sign(&CONTENT, &key, &cert, kit().now);
    let last = broken.len() - 1;
    broken[last] ^= 1;
    assert_eq!(verify(&broken).unwrap_err(), CmsError::Algorithm(AlgorithmError::BadSignature));
    let good = sign(&CONTENT, &key, &cert, kit().now);
    assert_eq!(SignedData::parse(&good, oid::DATA).unwrap().verify(b"other").unwrap_err(), CmsError::DigestMismatch);
}

#[test]
fn other_structures_are_refused() {
    let enveloped = der::sequence(&[&der::oid(oid::AUTH_ENVELOPED_DATA), &tlv::encode(0xA0, &[])]);
    assert_eq!(verify(&enveloped).unwrap_err(), CmsError::ContentType(oid::AUTH_ENVELOPED_DATA.into()));
    assert!(matches!(verify(&[0x30, 0x01]).unwrap_err(), CmsError::Encoding(_)));
    assert_eq!(verify(&vec![0x30; CMS_BYTES + 1]).unwrap_err(), CmsError::TooLarge(CMS_BYTES + 1));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(data: Vec<u8>) {
        let _ = SignedData::parse(&data, oid::DATA);
        let _ = verify(&message(vec![data], &[]));
    }
}
