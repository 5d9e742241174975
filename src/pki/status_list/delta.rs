//! What changed since the list before, signed like a list (`specs/status-list.md`): a list and the deltas after it say what a new list would.

use super::StatusListError;
use super::bits::{Bits, CardStatus};
use super::cose::{self, field};
use super::token::{IAT, NUMBER, SUB, TTL, TTL_SECONDS};
use crate::crypto::hash::sha256;
use crate::limits::STATUS_DELTA_CHANGES;
use crate::pki::x509::issue::Credential;
use ciborium::Value;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Value of the header `typ`: a delta is never taken for a list, and a list never for a delta.
pub(super) const TYPE: &str = "application/vnd.ektp.statuslist-delta+cwt";
/// Our private claim: what changed.
const DELTA: i64 = -70_002;
/// Its fields, in the order of their encodings (RFC 8949 4.2.1).
const TO: &str = "to";
const SET: &str = "set";
const BASE: &str = "base";
const FROM: &str = "from";

/// What changed from the list of one number to that of the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    /// Number of the list after it.
    pub number: u64,
    /// Number of the list before it.
    pub base: u64,
    /// When it was made.
    pub issued_at: Timestamp,
    /// Where the list is published.
    pub uri: String,
    /// SHA-256 of the bits of the list before it.
    pub from: [u8; 32],
    /// SHA-256 of the bits of the list after it.
    pub to: [u8; 32],
    /// The new states of the indices that changed.
    pub changes: BTreeMap<u64, CardStatus>,
}

/// SHA-256 of the bits of a list, by which a delta names what it goes between.
#[must_use]
pub fn digest(bits: &Bits) -> [u8; 32] {
    sha256(bits.as_bytes())
}

/// Signs a delta with the key of the list that it goes on from.
///
/// # Errors
/// [`StatusListError::Signature`] if the key is of another kind.
pub fn sign(delta: &Delta, signer: &Credential) -> Result<Vec<u8>, StatusListError> {
    cose::sign(encode(delta)?, TYPE, signer)
}

/// The one encoding of a delta: deterministic (RFC 8949 4.2.1).
fn encode(delta: &Delta) -> Result<Vec<u8>, StatusListError> {
    let changes = delta.changes.iter().map(|(index, status)| (Value::from(*index), Value::from(status.bits()))).collect();
    let inner = Value::Map(vec![
        (TO.into(), Value::Bytes(delta.to.to_vec())),
        (SET.into(), Value::Map(changes)),
        (BASE.into(), Value::from(delta.base)),
        (FROM.into(), Value::Bytes(delta.from.to_vec())),
    ]);
    let claims = Value::Map(vec![
        (Value::from(SUB), Value::from(delta.uri.as_str())),
        (Value::from(IAT), Value::from(delta.issued_at.as_second())),
        (Value::from(TTL), Value::from(TTL_SECONDS)),
        (Value::from(NUMBER), Value::from(delta.number)),
        (Value::from(DELTA), inner),
    ]);
    let mut out = Vec::new();
    ciborium::into_writer(&claims, &mut out).map_err(|_| StatusListError::Malformed("encoding"))?;
    Ok(out)
}

/// Reads the delta of a payload whose signature was verified. Only the one encoding is taken.
pub(super) fn read(payload: &[u8]) -> Result<Delta, StatusListError> {
    let claims = cose::claims(payload)?;
    let claim = |key: i64, name| field(&claims, &Value::from(key)).ok_or(StatusListError::Malformed(name));
    let seconds = claim(IAT, "iat")?.as_integer().and_then(|iat| i64::try_from(iat).ok());
    let issued_at = seconds.and_then(|at| Timestamp::from_second(at).ok()).ok_or(StatusListError::Malformed("iat"))?;
    let inner = claim(DELTA, "delta")?.as_map().ok_or(StatusListError::Malformed("delta"))?;
    let of = |key: &str, name| field(inner, &Value::from(key)).ok_or(StatusListError::Malformed(name));
    let delta = Delta {
        number: number(claim(NUMBER, "number")?, "number")?,
        base: number(of(BASE, "base")?, "base")?,
        issued_at,
        uri: claim(SUB, "sub")?.as_text().ok_or(StatusListError::Malformed("sub"))?.to_owned(),
        from: bytes(of(FROM, "from")?, "from")?,
        to: bytes(of(TO, "to")?, "to")?,
        changes: changes(of(SET, "set")?)?,
    };
    // What is left out, added, doubled, or written another way than deltas are.
    if encode(&delta)? == payload { Ok(delta) } else { Err(StatusListError::Malformed("canonical")) }
}

fn number(value: &Value, name: &'static str) -> Result<u64, StatusListError> {
    value.as_integer().and_then(|n| u64::try_from(n).ok()).ok_or(StatusListError::Malformed(name))
}

fn bytes(value: &Value, name: &'static str) -> Result<[u8; 32], StatusListError> {
    let bytes = value.as_bytes().and_then(|bytes| bytes.as_slice().try_into().ok());
    bytes.ok_or(StatusListError::Malformed(name))
}

fn changes(value: &Value) -> Result<BTreeMap<u64, CardStatus>, StatusListError> {
    let malformed = StatusListError::Malformed("set");
    let pairs = value.as_map().filter(|pairs| pairs.len() <= STATUS_DELTA_CHANGES).ok_or(malformed.clone())?;
    let one = |(index, status): &(Value, Value)| {
        let status = number(status, "set")?;
        let status = u8::try_from(status).ok().filter(|bits| *bits <= 3).map(CardStatus::from_bits);
        Ok((number(index, "set")?, status.ok_or(malformed.clone())?))
    };
    pairs.iter().map(one).collect()
}

impl Delta {
    /// Brings a list to where this delta leads, which must be the one that it goes on from. Whether the result is what was signed is
    /// looked at once, after the last delta of a sequence ([`is_result`](Self::is_result)).
    pub(super) fn apply(&self, bits: &mut Bits) -> Result<(), StatusListError> {
        let length = bits.len();
        let beyond = self.changes.iter().find(|(index, status)| !bits.set(**index, **status));
        beyond.map_or(Ok(()), |(index, _)| Err(StatusListError::IndexTooLarge { index: *index, length }))
    }

    /// Whether these bits are those that it leads to.
    pub(super) fn is_result(&self, bits: &Bits) -> bool {
        digest(bits) == self.to
    }
}
