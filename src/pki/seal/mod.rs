//! Sealing: CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM, to one recipient's certificate; what `openssl cms -decrypt` opens.

mod recipient;

use super::algorithm::identifier;
use super::key::PrivateKey;
use super::oid;
use super::trust::{Kind, TrustStore};
use super::x509::issue::Purpose;
use super::x509::path::{self, PathError, Revocation, RevocationGap};
use super::x509::{Certificate, raw};
use crate::lds::der;
use crate::lds::tlv::{self, Tlv, TlvError};
use crate::limits::CMS_BYTES;
use crate::reason::{Reason, Refusal};
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use jiff::Timestamp;
use rand_core::CryptoRng;
use std::marker::PhantomData;
use zeroize::Zeroizing;

/// Bytes of the content key.
const KEY_LEN: usize = 32;
/// Bytes of the GCM nonce.
const NONCE_LEN: usize = 12;
/// Bytes of the authentication tag.
const TAG_LEN: usize = 16;
/// Most recipients of a message that is opened.
const MAX_RECIPIENTS: usize = 32;
/// Room that the message takes beyond its content.
const OVERHEAD: usize = 8_192;

/// Why something is not sealed, or does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// Not DER, or not the structure that must stand there.
    #[error("sealed message is malformed: {0}")]
    Encoding(#[from] TlvError),
    /// More bytes than a message may have.
    #[error("{0} bytes are too many to seal or open")]
    TooLarge(usize),
    /// Not a sealed message.
    #[error("content type {0} is not a sealed message")]
    ContentType(String),
    /// A content cipher other than AES-256-GCM with a nonce of 12 and a tag of 16 bytes.
    #[error("content cipher {0} is not accepted")]
    Cipher(String),
    /// The recipient's certificate is not accepted for opening sealed messages.
    #[error("the recipient's certificate: {0}")]
    Recipient(PathError),
    /// Nobody knows whether the recipient's certificate is revoked.
    #[error("the recipient's certificate: {0}")]
    RecipientUnknown(RevocationGap),
    /// No recipient of the message has this key.
    #[error("the message is not sealed to this key")]
    NotARecipient,
    /// The authentication tag differs: the message was altered.
    #[error("the sealed message was altered")]
    Altered,
}

impl Refusal for SealError {
    fn reason(&self) -> Reason {
        match self {
            Self::Encoding(_) | Self::TooLarge(_) | Self::ContentType(_) | Self::Cipher(_) => Reason::EncodingInvalid,
            // A certificate of another purpose says nothing of any card.
            Self::Recipient(e) if e.reason() == Reason::CertificateInvalid => Reason::CertificateUnfit,
            Self::Recipient(e) => e.reason(),
            Self::RecipientUnknown(e) => e.reason(),
            Self::NotARecipient => Reason::KeyMissing,
            Self::Altered => Reason::ImageAltered,
        }
    }
}

/// Who opens what is sealed.
pub trait Holder {
    /// What its certificate must be for.
    const PURPOSE: Purpose;
}

/// A bureau: opens card images and batch files.
#[derive(Debug, Clone, Copy)]
pub struct OfBureau;

impl Holder for OfBureau {
    const PURPOSE: Purpose = Purpose::Bureau;
}

/// An office, the centre among them: opens packets and letters.
#[derive(Debug, Clone, Copy)]
pub struct OfOffice;

impl Holder for OfOffice {
    const PURPOSE: Purpose = Purpose::Office;
}

/// Who may open what is sealed to it. Only [`Recipient::check`] makes one: whoever has the private key of a wrong certificate reads a
/// person's portrait and fingers, and no later check takes that back. What is for a bureau cannot be sealed to an office, nor the reverse.
#[derive(Debug, Clone)]
pub struct Recipient<H: Holder = OfBureau>(Certificate, PhantomData<H>);

/// An office that may open packets and letters.
pub type OfficeRecipient = Recipient<OfOffice>;

impl<H: Holder> Recipient<H> {
    /// Checks a certificate for an instant: signed by an operations root of the store, in force, of this holder's purpose, not revoked by
    /// a list that decides. A sample store need not have lists.
    ///
    /// # Errors
    /// [`SealError::Recipient`] or [`SealError::RecipientUnknown`].
    pub fn check(cert: &Certificate, store: &TrustStore, at: Timestamp) -> Result<Self, SealError> {
        let path = path::check(cert, H::PURPOSE, store, at, None).map_err(SealError::Recipient)?;
        match path.revocation() {
            Revocation::Undecided(gap) if store.kind() != Kind::Sample => Err(SealError::RecipientUnknown(gap.clone())),
            _ => Ok(Self(path.leaf().clone(), PhantomData)),
        }
    }

    /// The certificate.
    #[must_use]
    pub fn cert(&self) -> &Certificate {
        &self.0
    }
}

/// Seals to a bureau or an office.
///
/// # Errors
/// [`SealError::TooLarge`].
pub fn seal<H: Holder>(plaintext: &[u8], recipient: &Recipient<H>, rng: &mut dyn CryptoRng) -> Result<Vec<u8>, SealError> {
    if plaintext.len() > CMS_BYTES - OVERHEAD {
        return Err(SealError::TooLarge(plaintext.len()));
    }
    let mut key = Zeroizing::new([0u8; KEY_LEN]);
    rng.fill_bytes(key.as_mut());
    let mut nonce = [0u8; NONCE_LEN];
    rng.fill_bytes(&mut nonce);
    let recipient = recipient::encode(&key, recipient.cert(), rng)?;
    let cipher = Aes256Gcm::new_from_slice(key.as_ref()).unwrap_or_else(|_| unreachable!("a key of 32 bytes"));
    let sealed = cipher.encrypt(&nonce.into(), plaintext).map_err(|_| SealError::TooLarge(plaintext.len()))?;
    let (body, tag) = sealed.split_at_checked(plaintext.len()).unwrap_or_default();
    let parameters = der::sequence(&[&tlv::encode(der::OCTET_STRING, &nonce), &der::integer(TAG_LEN as u64)]);
    let algorithm = der::sequence(&[&der::oid(oid::AES256_GCM), &parameters]);
    let message = der::sequence(&[
        &der::integer(0),
        &der::set_of(vec![recipient]),
        &der::sequence(&[&der::oid(oid::DATA), &algorithm, &tlv::encode(0x80, body)]),
        &tlv::encode(der::OCTET_STRING, tag),
    ]);
    Ok(der::sequence(&[&der::oid(oid::AUTH_ENVELOPED_DATA), &tlv::encode(0xA0, &message)]))
}

/// Opens a sealed message with a recipient's private key. Every byte that comes back was authenticated.
///
/// # Errors
/// Any [`SealError`] but those of a recipient's certificate.
pub fn open(message: &[u8], key: &PrivateKey) -> Result<Zeroizing<Vec<u8>>, SealError> {
    if message.len() > CMS_BYTES {
        return Err(SealError::TooLarge(message.len()));
    }
    let parts = Parts::read(message)?;
    let content_key = recipient::find(&parts.recipients, key)?;
    let cipher = Aes256Gcm::new_from_slice(&content_key).map_err(|_| SealError::NotARecipient)?;
    let sealed = [parts.body, parts.tag].concat();
    let payload = Payload { msg: &sealed, aad: &parts.attributes };
    cipher.decrypt(&parts.nonce.into(), payload).map(Zeroizing::new).map_err(|_| SealError::Altered)
}

/// The parts of a message.
struct Parts<'a> {
    recipients: Vec<Tlv<'a>>,
    nonce: [u8; NONCE_LEN],
    body: &'a [u8],
    tag: &'a [u8],
    /// The authenticated attributes as a SET, or nothing.
    attributes: Vec<u8>,
}

impl<'a> Parts<'a> {
    fn read(message: &'a [u8]) -> Result<Self, SealError> {
        let outer = tlv::parse_one(message, der::SEQUENCE)?;
        let mut reader = outer.reader();
        let kind = der::read_oid(&reader.expect(der::OID)?)?;
        if kind != oid::AUTH_ENVELOPED_DATA {
            return Err(SealError::ContentType(kind));
        }
        let wrapped = reader.expect(0xA0)?;
        reader.finish()?;
        let body = wrapped.reader().expect(der::SEQUENCE)?;
        let mut reader = body.reader();
        reader.expect(der::INTEGER)?;
        reader.optional(0xA0)?;
        let recipients = reader.expect(der::SET)?.children()?;
        let content = reader.expect(der::SEQUENCE)?;
        let attributes = reader.optional(0xA1)?;
        let tag = reader.expect(der::OCTET_STRING)?;
        reader.optional(0xA2)?;
        reader.finish()?;
        if recipients.len() > MAX_RECIPIENTS {
            return Err(body.bad_value().into());
        }
        let mut inner = content.reader();
        inner.expect(der::OID)?;
        let nonce = read_cipher(&inner.expect(der::SEQUENCE)?)?;
        let body = inner.expect(0x80)?;
        inner.finish()?;
        let attributes = attributes.map(|a| {
            let mut set = raw(message, &a).to_vec();
            if let Some(first) = set.first_mut() {
                *first = 0x31;
            }
            set
        });
        if tag.value.len() != TAG_LEN {
            return Err(tag.bad_value().into());
        }
        Ok(Self { recipients, nonce, body: body.value, tag: tag.value, attributes: attributes.unwrap_or_default() })
    }
}

fn read_cipher(algorithm: &Tlv<'_>) -> Result<[u8; NONCE_LEN], SealError> {
    let (dotted, parameters) = identifier(algorithm)?;
    let refused = SealError::Cipher(dotted.clone());
    let Some(parameters) = parameters.filter(|_| dotted == oid::AES256_GCM) else { return Err(refused) };
    let mut reader = parameters.reader();
    let nonce = reader.expect(der::OCTET_STRING)?;
    // The default tag length of RFC 5084 is 12; ours, and OpenSSL's, is 16 and said.
    let tag = reader.optional(der::INTEGER)?.map(|n| der::read_integer(&n)).transpose()?.unwrap_or(12);
    reader.finish()?;
    match <[u8; NONCE_LEN]>::try_from(nonce.value) {
        Ok(nonce) if tag == TAG_LEN as u64 => Ok(nonce),
        _ => Err(refused),
    }
}

#[cfg(test)]
mod tests;
