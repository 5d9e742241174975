//! Certificate requests: inner signature by the new key, outer signature by a key already certified (TR-03110-3 C.2).

use super::CvcError;
use super::certificate::{BODY, CAR, CERTIFICATE, CHR, EXTENSIONS, PROFILE, SIGNATURE, bounded, read_profile, sign};
use super::public_key::{self, PublicKey};
use super::reference::Reference;
use crate::crypto::ec;
use crate::lds::tlv::{self, Reader, Tlv};

const AUTHENTICATION: u32 = 0x67;

/// The outer signature of a renewal.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Outer {
    car: Reference,
    signature: Vec<u8>,
}

/// A request for a CV certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Whom the holder asks, if it says so.
    pub car: Option<Reference>,
    /// The new public key, with domain parameters.
    pub public_key: PublicKey,
    /// The reference that the new key gets.
    pub chr: Reference,
    body: Vec<u8>,
    signature: Vec<u8>,
    outer: Option<Outer>,
}

impl Request {
    /// Makes a request for a first certificate.
    #[must_use]
    pub fn new(key: &ec::PrivateKey, chr: &Reference, car: Option<&Reference>) -> Self {
        let public_key = PublicKey::ec(&key.public_key());
        let authority = car.map(|c| tlv::encode(CAR, c.as_bytes())).unwrap_or_default();
        let parts = [tlv::encode(PROFILE, &[0]), authority, public_key.encode(), tlv::encode(CHR, chr.as_bytes())];
        let body = tlv::encode(BODY, &parts.concat());
        let signature = sign(key, &body);
        Self { car: car.cloned(), public_key, chr: chr.clone(), body, signature, outer: None }
    }

    /// Adds the outer signature of a key that is already certified under `reference`.
    #[must_use]
    pub fn countersigned(mut self, reference: &Reference, key: &ec::PrivateKey) -> Self {
        let message = [self.inner(), tlv::encode(CAR, reference.as_bytes())].concat();
        self.outer = Some(Outer { car: reference.clone(), signature: sign(key, &message) });
        self
    }

    /// Parses a request, `7F21` or `67`, that fills `data`. Checks the encoding only.
    ///
    /// # Errors
    /// Any [`CvcError`] of encoding.
    pub fn parse(data: &[u8]) -> Result<Self, CvcError> {
        bounded(data)?;
        if Reader::new(data).peek_tag()? != AUTHENTICATION {
            return Self::read(&tlv::parse_one(data, CERTIFICATE)?, None);
        }
        let mut reader = tlv::parse_one(data, AUTHENTICATION)?.reader();
        let inner = reader.expect(CERTIFICATE)?;
        let car = Reference::new(reader.expect(CAR)?.value)?;
        let signature = reader.expect(SIGNATURE)?.value.to_vec();
        reader.finish()?;
        Self::read(&inner, Some(Outer { car, signature }))
    }

    fn read(object: &Tlv<'_>, outer: Option<Outer>) -> Result<Self, CvcError> {
        let mut parts = object.reader();
        let content = parts.expect(BODY)?;
        let signature = parts.expect(SIGNATURE)?.value.to_vec();
        parts.finish()?;
        let mut reader = content.reader();
        read_profile(&mut reader)?;
        let car = reader.optional(CAR)?.map(|c| Reference::new(c.value)).transpose()?;
        let public_key = PublicKey::read(&reader.expect(public_key::TAG)?)?;
        let chr = Reference::new(reader.expect(CHR)?.value)?;
        reader.optional(EXTENSIONS)?;
        reader.finish()?;
        let body = tlv::encode(BODY, content.value);
        Ok(Self { car, public_key, chr, body, signature, outer })
    }

    fn inner(&self) -> Vec<u8> {
        tlv::encode_all(CERTIFICATE, &[&self.body, &tlv::encode(SIGNATURE, &self.signature)])
    }

    /// The request's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match &self.outer {
            None => self.inner(),
            Some(outer) => {
                let (car, signature) = (tlv::encode(CAR, outer.car.as_bytes()), tlv::encode(SIGNATURE, &outer.signature));
                tlv::encode_all(AUTHENTICATION, &[&self.inner(), &car, &signature])
            }
        }
    }

    /// Under which reference the outer signature was made.
    #[must_use]
    pub fn outer_car(&self) -> Option<&Reference> {
        self.outer.as_ref().map(|o| &o.car)
    }

    /// Checks that the requester holds the new key: domain parameters are there and the inner signature verifies.
    ///
    /// # Errors
    /// [`CvcError::DomainParameters`], [`CvcError::BadSignature`] or an error of the key.
    pub fn verify_inner(&self) -> Result<(), CvcError> {
        if matches!(self.public_key, PublicKey::Ec { .. }) && !self.public_key.has_domain() {
            return Err(CvcError::DomainParameters);
        }
        self.public_key.verify(None, &self.body, &self.signature)
    }

    /// Checks the outer signature by the key that [`Request::outer_car`] names.
    ///
    /// # Errors
    /// [`CvcError::OuterSignatureMissing`], [`CvcError::BadOuterSignature`] or an error of the key.
    pub fn verify_outer(&self, key: &PublicKey, inherited: Option<ec::Curve>) -> Result<(), CvcError> {
        let outer = self.outer.as_ref().ok_or(CvcError::OuterSignatureMissing)?;
        let message = [self.inner(), tlv::encode(CAR, outer.car.as_bytes())].concat();
        key.verify(inherited, &message, &outer.signature).map_err(|e| match e {
            CvcError::BadSignature => CvcError::BadOuterSignature,
            other => other,
        })
    }
}
