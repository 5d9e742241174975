//! How sample keys are told: by a mark in the name, and by the digests of the roots in `keys-sample/`.

use crate::crypto::hash::sha256;
use crate::pki::key::Parameters;
use crate::pki::x509::Certificate;
use crate::pki::{cvc, oid};

/// The organization of every sample certificate begins so.
pub const SAMPLE_ORGANIZATION: &str = "SAMPLE - NOT FOR PRODUCTION";

/// SHA-256 of the roots' public keys, one in hexadecimal a line; written with the roots.
const DIGESTS: &str = include_str!("../../../keys-sample/digests.txt");

/// Whether a certificate is a sample: marked in subject or issuer, or holding a sample root's key.
#[must_use]
pub fn is_sample(cert: &Certificate) -> bool {
    let marked = |n: &crate::pki::name::Name| n.get(oid::O).is_some_and(|o| o.to_ascii_uppercase().contains("SAMPLE"));
    // The digests are over named parameters: the same key written with explicit ones is still the same key.
    let key = || cert.public_key().encode(Parameters::Named);
    marked(cert.subject()) || marked(cert.issuer()) || is_sample_key(cert.spki()) || is_sample_key(&key())
}

/// Whether a CVCA certificate is a sample: marked in its reference, or holding the sample root's key.
#[must_use]
pub fn is_sample_cvca(cert: &cvc::Certificate) -> bool {
    let body = cert.body();
    let marked = [&body.chr, &body.car].iter().any(|r| r.as_bytes().windows(6).any(|w| w == b"SAMPLE"));
    marked || body.public_key.point(None).is_ok_and(|p| is_sample_key(p.as_bytes()))
}

/// Whether these bytes of a public key (SubjectPublicKeyInfo, or the point of a CV certificate) are a sample root's.
#[must_use]
pub fn is_sample_key(key: &[u8]) -> bool {
    let digest = hex(&sha256(key));
    DIGESTS.lines().any(|line| line.split_whitespace().next() == Some(digest.as_str()))
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
