//! The signed form of lists and deltas: COSE_Sign1 with the signer's certificate in `x5chain` (RFC 9052, RFC 9360), and the CBOR sequence
//! in which they travel together (RFC 8742).

use super::StatusListError;
use crate::crypto::ec::{Curve, PublicKey as EcKey};
use crate::limits::CERTIFICATE_BYTES;
use crate::pki::key::PublicKey;
use crate::pki::x509::Certificate;
use crate::pki::x509::issue::Credential;
use ciborium::Value;
use coset::{AsCborValue, CoseSign1, CoseSign1Builder, HeaderBuilder, Label, TaggedCborSerializable, iana};

/// Header `typ`.
const TYP: i64 = 16;
/// Header `x5chain`.
const X5CHAIN: i64 = 33;
/// Deepest nesting that is read.
const DEPTH: usize = 16;

/// Signs a payload as this type with an EC key on P-256 or P-384.
pub(super) fn sign(payload: Vec<u8>, typ: &str, signer: &Credential) -> Result<Vec<u8>, StatusListError> {
    let key = signer.key.ec().ok_or(StatusListError::Signature)?;
    let algorithm = algorithm(key.curve()).ok_or(StatusListError::Signature)?;
    let protected = HeaderBuilder::new().algorithm(algorithm).value(TYP, Value::Text(typ.into())).build();
    let chain = HeaderBuilder::new().value(X5CHAIN, Value::Bytes(signer.cert.as_der().to_vec())).build();
    let hash = key.curve().natural_hash();
    CoseSign1Builder::new()
        .protected(protected)
        .unprotected(chain)
        .payload(payload)
        .create_signature(&[], |message| key.sign_raw(hash, &hash.digest(message)))
        .build()
        .to_tagged_vec()
        .map_err(|_| StatusListError::Malformed("encoding"))
}

fn algorithm(curve: Curve) -> Option<iana::Algorithm> {
    match curve {
        Curve::P256 => Some(iana::Algorithm::ES256),
        Curve::P384 => Some(iana::Algorithm::ES384),
        _ => None,
    }
}

/// Takes the first item off a CBOR sequence.
pub(super) fn take(sequence: &mut &[u8]) -> Result<Unverified, StatusListError> {
    let malformed = |_| StatusListError::Malformed("COSE");
    let value: Value =
        ciborium::de::from_reader_with_recursion_limit(sequence, DEPTH).map_err(|_| StatusListError::Malformed("COSE"))?;
    let value = match value {
        Value::Tag(CoseSign1::TAG, inner) => *inner,
        other => other,
    };
    CoseSign1::from_cbor_value(value).map(Unverified).map_err(malformed)
}

/// A parsed message; nothing is verified yet.
pub(super) struct Unverified(CoseSign1);

fn header(rest: &[(Label, Value)], label: i64) -> Option<&Value> {
    rest.iter().find(|(l, _)| *l == Label::Int(label)).map(|(_, v)| v)
}

impl Unverified {
    /// Whether it says that it is of this type.
    pub(super) fn is(&self, typ: &str) -> bool {
        header(&self.0.protected.header.rest, TYP).and_then(Value::as_text) == Some(typ)
    }

    /// The message, if it says that it is of this type, and has no header that must be understood: one could change what the rest means
    /// (RFC 9052 3.1), and there is none that we know.
    pub(super) fn of(self, typ: &str) -> Result<Self, StatusListError> {
        let critical = !self.0.protected.header.crit.is_empty() || !self.0.unprotected.crit.is_empty();
        match (self.is(typ), critical) {
            (true, false) => Ok(self),
            (true, true) => Err(StatusListError::Malformed("crit")),
            (false, _) => Err(StatusListError::Malformed("typ")),
        }
    }

    /// The certificate that the message names as its signer's.
    pub(super) fn signer(&self) -> Result<Certificate, StatusListError> {
        let missing = StatusListError::Malformed("x5chain");
        let headers = [&self.0.protected.header.rest, &self.0.unprotected.rest];
        let value = headers.into_iter().find_map(|h| header(h, X5CHAIN)).ok_or(missing.clone())?;
        let first = match value {
            Value::Array(chain) => chain.first().and_then(Value::as_bytes),
            single => single.as_bytes(),
        };
        let der = first.filter(|d| d.len() <= CERTIFICATE_BYTES).ok_or(missing.clone())?;
        Certificate::parse(der).map_err(|_| missing)
    }

    /// The payload, once the signature verifies with an accepted certificate.
    pub(super) fn verify(self, signer: &Certificate) -> Result<Vec<u8>, StatusListError> {
        let PublicKey::Ec(key) = signer.public_key() else { return Err(StatusListError::Signature) };
        let named = self.0.protected.header.alg.as_ref();
        let expected = algorithm(key.curve()).map(coset::RegisteredLabelWithPrivate::Assigned);
        if named.is_none() || named != expected.as_ref() {
            return Err(StatusListError::Signature);
        }
        self.0.verify_signature(&[], |signature, message| verify_raw(key, signature, message))?;
        self.0.payload.ok_or(StatusListError::Malformed("payload"))
    }
}

fn verify_raw(key: &EcKey, signature: &[u8], message: &[u8]) -> Result<(), StatusListError> {
    let digest = key.curve().natural_hash().digest(message);
    key.verify_raw(&digest, signature).map_err(|_| StatusListError::Signature)
}

/// The claims of a payload: a map.
pub(super) fn claims(payload: &[u8]) -> Result<Vec<(Value, Value)>, StatusListError> {
    let malformed = || StatusListError::Malformed("claims");
    let claims: Value = ciborium::de::from_reader_with_recursion_limit(payload, 8).map_err(|_| malformed())?;
    claims.into_map().map_err(|_| malformed())
}

/// The value of a key that stands once: one that stands twice could say two things.
pub(super) fn field<'a>(map: &'a [(Value, Value)], key: &Value) -> Option<&'a Value> {
    let mut found = map.iter().filter(|(k, _)| k == key);
    let first = found.next();
    if found.next().is_some() { None } else { first.map(|(_, v)| v) }
}
