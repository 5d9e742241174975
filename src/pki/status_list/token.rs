//! A whole list as CWT claims with the compressed bits (draft-ietf-oauth-status-list 5, RFC 8392).

use super::StatusListError;
use super::bits::Bits;
use super::cose::{self, field};
use crate::limits::{CMS_BYTES, STATUS_LIST_BYTES};
use crate::pki::x509::issue::Credential;
use ciborium::Value;
use jiff::Timestamp;
use std::io::{Read, Write};

/// Value of the header `typ`.
pub(super) const TYPE: &str = "application/statuslist+cwt";
/// Claims: subject, expiration (ours have none), issued at, time to live, status list.
pub(super) const SUB: i64 = 2;
const EXP: i64 = 4;
pub(super) const IAT: i64 = 6;
pub(super) const TTL: i64 = 65_534;
const STATUS_LIST: i64 = 65_533;
/// Our private claim: the monotonic number.
pub(super) const NUMBER: i64 = -70_001;
/// How often verifiers should look for a new list, in seconds.
pub(super) const TTL_SECONDS: i64 = 86_400;

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
    cose::sign(encode_claims(token)?, TYPE, signer)
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

/// The list in a payload whose signature was verified.
pub(super) fn read_claims(payload: &[u8]) -> Result<Verified, StatusListError> {
    let claims = &cose::claims(payload)?;
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

fn unpack(packed: &[u8]) -> Result<Vec<u8>, StatusListError> {
    let mut out = Vec::with_capacity(packed.len().min(CMS_BYTES));
    let most = STATUS_LIST_BYTES as u64;
    let mut decoder = flate2::read::ZlibDecoder::new(packed).take(most + 1);
    decoder.read_to_end(&mut out).map_err(|_| StatusListError::Malformed("lst"))?;
    if out.len() > STATUS_LIST_BYTES { Err(StatusListError::Malformed("lst")) } else { Ok(out) }
}
