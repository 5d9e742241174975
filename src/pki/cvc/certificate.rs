//! CV certificates: body, signature, issuing (TR-03110-3 C.1).

use super::chat::Chat;
use super::date::Date;
use super::public_key::{self, PublicKey};
use super::reference::Reference;
use super::{CvcError, Role};
use crate::crypto::ec;
use crate::lds::tlv::{self, Reader, Tlv};
use crate::limits::CERTIFICATE_BYTES;

pub(super) const CERTIFICATE: u32 = 0x7F21;
pub(super) const BODY: u32 = 0x7F4E;
pub(super) const SIGNATURE: u32 = 0x5F37;
pub(super) const PROFILE: u32 = 0x5F29;
pub(super) const CAR: u32 = 0x42;
pub(super) const CHR: u32 = 0x5F20;
pub(super) const EXTENSIONS: u32 = 0x65;
const CHAT: u32 = 0x7F4C;
const EFFECTIVE: u32 = 0x5F25;
const EXPIRATION: u32 = 0x5F24;

/// What a CV certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Certification authority reference: whose key verifies the signature.
    pub car: Reference,
    /// The holder's public key.
    pub public_key: PublicKey,
    /// Certificate holder reference: the name of the public key.
    pub chr: Reference,
    /// Role and rights.
    pub chat: Chat,
    /// First day of validity: the day it was made.
    pub effective: Date,
    /// Last day of validity.
    pub expiration: Date,
    /// Extensions (65), as they came; no rule here depends on them.
    pub extensions: Option<Vec<u8>>,
}

impl Body {
    /// Parses a body `7F4E` that fills `data`.
    ///
    /// # Errors
    /// Any [`CvcError`] of encoding.
    pub fn parse(data: &[u8]) -> Result<Self, CvcError> {
        bounded(data)?;
        Self::read(&tlv::parse_one(data, BODY)?)
    }

    fn read(object: &Tlv<'_>) -> Result<Self, CvcError> {
        let mut reader = object.reader();
        read_profile(&mut reader)?;
        let car = Reference::new(reader.expect(CAR)?.value)?;
        let public_key = PublicKey::read(&reader.expect(public_key::TAG)?)?;
        let chr = Reference::new(reader.expect(CHR)?.value)?;
        let chat = Chat::read(&reader.expect(CHAT)?)?;
        let effective = Date::parse(reader.expect(EFFECTIVE)?.value)?;
        let expiration = Date::parse(reader.expect(EXPIRATION)?.value)?;
        let extensions = reader.optional(EXTENSIONS)?.map(|e| e.value.to_vec());
        reader.finish()?;
        if expiration < effective {
            return Err(CvcError::BadValidity);
        }
        Ok(Self { car, public_key, chr, chat, effective, expiration, extensions })
    }

    /// The body `7F4E`.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let extensions = self.extensions.as_ref().map(|e| tlv::encode(EXTENSIONS, e)).unwrap_or_default();
        let parts = [
            tlv::encode(PROFILE, &[0]),
            tlv::encode(CAR, self.car.as_bytes()),
            self.public_key.encode(),
            tlv::encode(CHR, self.chr.as_bytes()),
            self.chat.encode(),
            tlv::encode(EFFECTIVE, &self.effective.encode()),
            tlv::encode(EXPIRATION, &self.expiration.encode()),
            extensions,
        ];
        tlv::encode(BODY, &parts.concat())
    }

    /// Signs the body with the issuer's EC key, which signs with its curve's natural hash.
    #[must_use]
    pub fn sign(self, issuer: &ec::PrivateKey) -> Certificate {
        let body_bytes = self.encode();
        let signature = sign(issuer, &body_bytes);
        Certificate { body: self, body_bytes, signature }
    }
}

/// A CV certificate, with the exact bytes that its signature covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    body: Body,
    body_bytes: Vec<u8>,
    signature: Vec<u8>,
}

impl Certificate {
    /// Parses a certificate `7F21` that fills `data`. Checks the encoding only.
    ///
    /// # Errors
    /// Any [`CvcError`] of encoding.
    pub fn parse(data: &[u8]) -> Result<Self, CvcError> {
        bounded(data)?;
        Self::read_parts(tlv::parse_one(data, CERTIFICATE)?.value)
    }

    /// Parses body and signature one after the other: the data of PSO:Verify Certificate.
    ///
    /// # Errors
    /// Any [`CvcError`] of encoding.
    pub fn read_parts(data: &[u8]) -> Result<Self, CvcError> {
        bounded(data)?;
        let mut reader = Reader::new(data);
        let object = reader.expect(BODY)?;
        let body_bytes = tlv::encode(BODY, object.value);
        let body = Body::read(&object)?;
        let signature = reader.expect(SIGNATURE)?.value.to_vec();
        reader.finish()?;
        Ok(Self { body, body_bytes, signature })
    }

    /// What it says.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The signed bytes `7F4E`.
    #[must_use]
    pub fn body_bytes(&self) -> &[u8] {
        &self.body_bytes
    }

    /// Body and signature one after the other: the data of PSO:Verify Certificate.
    #[must_use]
    pub fn parts(&self) -> Vec<u8> {
        [&self.body_bytes[..], &tlv::encode(SIGNATURE, &self.signature)].concat()
    }

    /// The certificate `7F21`.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        tlv::encode(CERTIFICATE, &self.parts())
    }

    /// The role of its holder.
    #[must_use]
    pub fn role(&self) -> Role {
        self.body.chat.role()
    }

    /// Whether it is signed by its own key.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.body.car == self.body.chr
    }

    /// Checks the signature against a key, on the curve that the key inherits if it does not say its own.
    ///
    /// # Errors
    /// [`CvcError::BadSignature`], or an error of the key.
    pub fn verify(&self, issuer: &PublicKey, inherited: Option<ec::Curve>) -> Result<(), CvcError> {
        issuer.verify(inherited, &self.body_bytes, &self.signature)
    }

    /// Checks a self-signed CVCA certificate.
    ///
    /// # Errors
    /// [`CvcError::WrongIssuer`], [`CvcError::RoleOrder`], [`CvcError::DomainParameters`], [`CvcError::BadSignature`] or an
    /// error of the key.
    pub fn verify_self_signed(&self) -> Result<(), CvcError> {
        if !self.is_self_issued() {
            return Err(CvcError::WrongIssuer);
        }
        if self.role() != Role::Cvca {
            return Err(CvcError::RoleOrder);
        }
        let key = &self.body.public_key;
        if matches!(key, PublicKey::Ec { .. }) && !key.has_domain() {
            return Err(CvcError::DomainParameters);
        }
        self.verify(key, None)
    }

    /// Whether a day lies in its validity, for a host that has a clock.
    ///
    /// # Errors
    /// [`CvcError::NotYetValid`] or [`CvcError::Expired`].
    pub fn valid_on(&self, day: Date) -> Result<(), CvcError> {
        match () {
            () if day < self.body.effective => Err(CvcError::NotYetValid),
            () if day > self.body.expiration => Err(CvcError::Expired),
            () => Ok(()),
        }
    }
}

/// A plain signature with the natural hash of the key's curve.
pub(super) fn sign(key: &ec::PrivateKey, message: &[u8]) -> Vec<u8> {
    let hash = key.curve().natural_hash();
    key.sign_raw(hash, &hash.digest(message))
}

pub(super) fn bounded(data: &[u8]) -> Result<(), CvcError> {
    if data.len() > CERTIFICATE_BYTES { Err(CvcError::TooLarge) } else { Ok(()) }
}

/// Certificate profile identifier: version 1 is the value 0.
pub(super) fn read_profile(reader: &mut Reader<'_>) -> Result<(), CvcError> {
    let profile = reader.expect(PROFILE)?;
    if profile.value == [0] { Ok(()) } else { Err(profile.bad_value().into()) }
}
