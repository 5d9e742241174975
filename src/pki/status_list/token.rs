//! The signed form: COSE_Sign1 around CWT claims with the compressed list (RFC 9052, RFC 8392).

use super::StatusListError;
use super::bits::Bits;
use crate::crypto::ec::{Curve, PublicKey as EcKey};
use crate::limits::{CERTIFICATE_BYTES, CMS_BYTES, STATUS_LIST_BYTES};
use crate::pki::key::PublicKey;
use crate::pki::x509::Certificate;
use crate::pki::x509::issue::Credential;
use ciborium::Value;
use coset::{CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, Label, TaggedCborSerializable, iana};
use jiff::Timestamp;
use std::io::{Read, Write};

/// Header `typ` and its value.
const TYP: i64 = 16;
const TYPE: &str = "application/statuslist+cwt";
/// Header `x5chain`.
const X5CHAIN: i64 = 33;
/// Claims: subject, expiration (ours have none), issued at, time to live, status list.
const SUB: i64 = 2;
const EXP: i64 = 4;
const IAT: i64 = 6;
const TTL: i64 = 65_534;
const STATUS_LIST: i64 = 65_533;
/// Our private claim: the monotonic number.
const NUMBER: i64 = -70_001;
/// How often verifiers should look for a new list, in seconds.
const TTL_SECONDS: i64 = 86_400;

/// A list with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Monotonic number.
    pub number: u64,
    /// When it was made.
    pub issued_at: Timestamp,
    /// Where it is published.
    pub uri: String,
    /// The states.
    pub bits: Bits,
}

/// Signs a list with an EC key on P-256 or P-384.
///
/// # Errors
/// [`StatusListError::Signature`] if the key is of another kind.
pub fn sign(token: &Token, signer: &Credential) -> Result<Vec<u8>, StatusListError> {
    let key = signer.key.ec().ok_or(StatusListError::Signature)?;
    let algorithm = algorithm(key.curve()).ok_or(StatusListError::Signature)?;
    let payload = encode_claims(token)?;
    let protected = HeaderBuilder::new().algorithm(algorithm).value(TYP, Value::Text(TYPE.into())).build();
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

fn encode_claims(token: &Token) -> Result<Vec<u8>, StatusListError> {
    let encoding = StatusListError::Malformed("encoding");
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(token.bits.as_bytes()).map_err(|_| encoding.clone())?;
    let list = encoder.finish().map_err(|_| encoding.clone())?;
    let list = Value::Map(vec![(Value::from("bits"), Value::from(2)), (Value::from("lst"), Value::Bytes(list))]);
    let claims = Value::Map(vec![
        (Value::from(SUB), Value::from(token.uri.as_str())),
        (Value::from(IAT), Value::from(token.issued_at.as_second())),
        (Value::from(TTL), Value::from(TTL_SECONDS)),
        (Value::from(STATUS_LIST), list),
        (Value::from(NUMBER), Value::from(token.number)),
    ]);
    let mut out = Vec::new();
    ciborium::into_writer(&claims, &mut out).map_err(|_| encoding)?;
    Ok(out)
}

/// A token whose signature was verified, and until when its signer lets it be used, if it says so.
pub(super) struct Verified {
    pub(super) token: Token,
    pub(super) expires: Option<Timestamp>,
}

/// A parsed token; nothing is verified yet.
pub(super) struct Unverified(CoseSign1);

/// Parses COSE_Sign1, tagged or not.
pub(super) fn parse(cwt: &[u8]) -> Result<Unverified, StatusListError> {
    if cwt.len() > STATUS_LIST_BYTES {
        return Err(StatusListError::Malformed("size"));
    }
    let message = if cwt.first() == Some(&0xD2) { CoseSign1::from_tagged_slice(cwt) } else { CoseSign1::from_slice(cwt) };
    let message = message.map_err(|_| StatusListError::Malformed("COSE"))?;
    let typed = header(&message.protected.header.rest, TYP).and_then(Value::as_text) == Some(TYPE);
    // A header that must be understood is one that could change what the rest means (RFC 9052 3.1): there is none that we know.
    let critical = !message.protected.header.crit.is_empty() || !message.unprotected.crit.is_empty();
    match (typed, critical) {
        (true, false) => Ok(Unverified(message)),
        (true, true) => Err(StatusListError::Malformed("crit")),
        (false, _) => Err(StatusListError::Malformed("typ")),
    }
}

fn header(rest: &[(Label, Value)], label: i64) -> Option<&Value> {
    rest.iter().find(|(l, _)| *l == Label::Int(label)).map(|(_, v)| v)
}

impl Unverified {
    /// The certificate that the token names as its signer's.
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

    /// Verifies the signature with an accepted certificate and reads the claims.
    pub(super) fn verify(self, signer: &Certificate) -> Result<Verified, StatusListError> {
        let PublicKey::Ec(key) = signer.public_key() else { return Err(StatusListError::Signature) };
        let named = self.0.protected.header.alg.as_ref();
        let expected = algorithm(key.curve()).map(coset::RegisteredLabelWithPrivate::Assigned);
        if named.is_none() || named != expected.as_ref() {
            return Err(StatusListError::Signature);
        }
        self.0.verify_signature(&[], |signature, message| verify_raw(key, signature, message))?;
        read_claims(self.0.payload.as_deref().ok_or(StatusListError::Malformed("payload"))?)
    }
}

fn verify_raw(key: &EcKey, signature: &[u8], message: &[u8]) -> Result<(), StatusListError> {
    let digest = key.curve().natural_hash().digest(message);
    key.verify_raw(&digest, signature).map_err(|_| StatusListError::Signature)
}

fn read_claims(payload: &[u8]) -> Result<Verified, StatusListError> {
    let claims: Value =
        ciborium::de::from_reader_with_recursion_limit(payload, 8).map_err(|_| StatusListError::Malformed("claims"))?;
    let claims = claims.as_map().ok_or(StatusListError::Malformed("claims"))?;
    let integer =
        |key: i64, name| field(claims, &Value::from(key)).and_then(Value::as_integer).ok_or(StatusListError::Malformed(name));
    let number = u64::try_from(integer(NUMBER, "number")?).map_err(|_| StatusListError::Malformed("number"))?;
    let instant = |key, name| {
        let second = i64::try_from(integer(key, name)?).map_err(|_| StatusListError::Malformed(name))?;
        Timestamp::from_second(second).map_err(|_| StatusListError::Malformed(name))
    };
    let issued_at = instant(IAT, "iat")?;
    let expires = claims.iter().any(|(k, _)| *k == Value::from(EXP)).then(|| instant(EXP, "exp")).transpose()?;
    let uri = field(claims, &Value::from(SUB)).and_then(Value::as_text).ok_or(StatusListError::Malformed("sub"))?;
    let list =
        field(claims, &Value::from(STATUS_LIST)).and_then(Value::as_map).ok_or(StatusListError::Malformed("status_list"))?;
    if field(list, &Value::from("bits")).and_then(Value::as_integer) != Some(2.into()) {
        return Err(StatusListError::Malformed("bits"));
    }
    let packed = field(list, &Value::from("lst")).and_then(Value::as_bytes).ok_or(StatusListError::Malformed("lst"))?;
    let token = Token { number, issued_at, uri: uri.to_owned(), bits: Bits::from_bytes(unpack(packed)?) };
    Ok(Verified { token, expires })
}

fn field<'a>(map: &'a [(Value, Value)], key: &Value) -> Option<&'a Value> {
    let mut found = map.iter().filter(|(k, _)| k == key);
    let first = found.next();
    // A key that stands twice could say two things.
    if found.next().is_some() { None } else { first.map(|(_, v)| v) }
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>, StatusListError> {
    let mut out = Vec::with_capacity(packed.len().min(CMS_BYTES));
    let most = STATUS_LIST_BYTES as u64;
    let mut decoder = flate2::read::ZlibDecoder::new(packed).take(most + 1);
    decoder.read_to_end(&mut out).map_err(|_| StatusListError::Malformed("lst"))?;
    if out.len() > STATUS_LIST_BYTES { Err(StatusListError::Malformed("lst")) } else { Ok(out) }
}
