//! A packet: a capture of one application, sealed to the centre and signed by the officer who made it; it may travel by any means.
//!
//! Outside in: a head that any office can read (application, office, officer, time, digest of what is sealed), the officer's act over
//! the head, and a sealed message. Inside: a manifest that names the same application, office and officer, and the files. Who signs
//! another's sealed message as the own is found when it is opened. Layout: `docs/issuance.md`.

mod content;
mod head;
#[cfg(test)]
mod tests;

pub use content::{Capture, FileName};
pub use head::{ApplicationId, Head};

use super::desk::{DeskError, Officer};
use super::office::Office;
use super::officer::act::Step;
use super::officer::{Act, ActError, OfficerId, Proven, Roster, Signed};
use super::role::{Asked, Role};
use crate::crypto::hash::sha256;
use crate::limits::{CMS_BYTES, OFFICER_DOCUMENT_BYTES, PACKET_FILES};
use crate::pki::key::PrivateKey;
use crate::pki::seal::{self, OfficeRecipient, SealError};
use crate::reason::{Reason, Refusal};
use crate::verify::hex::Hex;
use jiff::Timestamp;
use rand_core::CryptoRng;

const MAGIC: &[u8; 8] = b"EKTPPKT1";
/// The act's name.
const STEP: &str = "packet-seal";
/// Who captures; or the service of the office, which sends what an operator captured.
const ASKED: Asked = Asked::one(&[Role::Operator, Role::Sync]);

/// Why a packet is not made, not taken or not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PacketError {
    /// It is no packet of this form and version, at this byte.
    #[error("no packet of a known form, at byte {0}")]
    Form(usize),
    /// A name of a file or application has other letters than it may, or stands twice.
    #[error("`{0}` is no name")]
    Name(String),
    /// More files than a capture has.
    #[error("{0} files are more than a capture has")]
    TooManyFiles(usize),
    /// The sealed part is not the one that was signed.
    #[error("the sealed part is not the one that was signed")]
    Altered,
    /// Inside stands another application, office or officer than outside.
    #[error("the packet inside is another's")]
    Anothers,
    /// A file inside is not what the manifest says.
    #[error("file `{0}` inside is not what the manifest says")]
    File(String),
    /// The officer's act does not count.
    #[error(transparent)]
    Act(#[from] ActError),
    /// It cannot be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl Refusal for PacketError {
    fn reason(&self) -> Reason {
        match self {
            Self::Form(_) | Self::Name(_) | Self::TooManyFiles(_) => Reason::InputInvalid,
            Self::Altered | Self::File(_) | Self::Seal(SealError::Altered) => Reason::PacketAltered,
            Self::Anothers => Reason::NotPermitted,
            Self::Act(e) => e.reason(),
            Self::Seal(e) => e.reason(),
        }
    }
}

/// Seals a capture to a recipient and signs it.
///
/// # Errors
/// [`PacketError::Seal`]: it is too large; [`PacketError::Act`].
pub fn seal(
    capture: &Capture,
    (key, office): (&PrivateKey, Office),
    recipient: &OfficeRecipient,
    at: Timestamp,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, PacketError> {
    let officer = OfficerId::of(&key.public_key());
    let (head, sealed) = headed(capture, (officer, office), recipient, at, rng)?;
    let act = Act::new(STEP, sha256(&head), office, at)?.signed_by(key, Role::Operator);
    Ok(put(&head, &act, &sealed))
}

/// The same by an officer at hand, whoever holds the key: of this office, or of one above it.
///
/// # Errors
/// As [`seal`]; [`DeskError`] if it cannot be signed.
pub fn seal_by(
    capture: &Capture,
    (officer, office): (&Officer, Office),
    recipient: &OfficeRecipient,
    at: Timestamp,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, DeskError> {
    let (head, sealed) = headed(capture, (officer.id(), office), recipient, at, rng)?;
    let act = officer.act(STEP, sha256(&head), at)?;
    Ok(put(&head, &act, &sealed))
}

/// Head and sealed message of a packet.
fn headed(
    capture: &Capture,
    (officer, office): (OfficerId, Office),
    recipient: &OfficeRecipient,
    at: Timestamp,
    rng: &mut dyn CryptoRng,
) -> Result<(Vec<u8>, Vec<u8>), PacketError> {
    let sealed = seal::seal(&capture.encode(office, officer), recipient, rng)?;
    let head = Head::new(capture.application().clone(), office, officer, at, sha256(&sealed));
    Ok((serde_json::to_vec(&head).unwrap_or_default(), sealed))
}

fn put(head: &[u8], act: &Signed, sealed: &[u8]) -> Vec<u8> {
    let act = serde_json::to_vec(act).unwrap_or_default();
    [MAGIC.as_slice(), &framed(head), &framed(&act), sealed].concat()
}

pub(in crate::issuance) fn framed(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes(), bytes].concat()
}

/// What stands in the frame of a packet or a letter: head, act, and what is sealed.
pub(in crate::issuance) struct Framed<'a> {
    pub head: &'a [u8],
    act: (&'a [u8], usize),
    pub sealed: &'a [u8],
}

impl<'a> Framed<'a> {
    /// Takes a frame apart; where it is none of this form, at which byte.
    pub fn parse(bytes: &'a [u8], magic: &[u8]) -> Result<Self, usize> {
        let most = usize::try_from(OFFICER_DOCUMENT_BYTES).unwrap_or(usize::MAX);
        let mut rest = bytes.strip_prefix(magic).ok_or(0usize)?;
        let at = |rest: &[u8]| bytes.len() - rest.len();
        let start = at(rest);
        let head = unframed(&mut rest, most).ok_or(start)?;
        let middle = at(rest);
        let act = unframed(&mut rest, most).ok_or(middle)?;
        if rest.is_empty() || rest.len() > CMS_BYTES {
            return Err(at(rest));
        }
        Ok(Self { head, act: (act, middle), sealed: rest })
    }

    /// The officer's act; where it is none, at which byte.
    pub fn act(&self) -> Result<Signed, usize> {
        let (act, at) = self.act;
        Signed::parse(act).map_err(|_| at)
    }
}

/// Takes four bytes of length and so many bytes, at most `most`, off the front.
pub(in crate::issuance) fn unframed<'a>(bytes: &mut &'a [u8], most: usize) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok().filter(|n| *n <= most)?;
    let (taken, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

/// A packet as it came in: whose it is, nobody has checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    head: Head,
    digest: [u8; 32],
    act: Signed,
    sealed: Vec<u8>,
}

impl Packet {
    /// Reads one.
    ///
    /// # Errors
    /// [`PacketError::Form`].
    pub fn parse(bytes: &[u8]) -> Result<Self, PacketError> {
        let framed = Framed::parse(bytes, MAGIC).map_err(PacketError::Form)?;
        let head = Head::parse(framed.head).ok_or(PacketError::Form(MAGIC.len()))?;
        let act = framed.act().map_err(PacketError::Form)?;
        Ok(Self { head, digest: sha256(framed.head), act, sealed: framed.sealed.to_vec() })
    }

    /// What stands outside, which nobody has checked yet.
    #[must_use]
    pub const fn head(&self) -> &Head {
        &self.head
    }

    /// Checks who signed it, and that what is sealed is what was signed. Needs no key: an office on the way does it too.
    ///
    /// # Errors
    /// [`PacketError::Altered`] or [`PacketError::Act`].
    pub fn verify(self, roster: &Roster, now: Timestamp) -> Result<Verified, PacketError> {
        if self.head.sealed() != sha256(&self.sealed) {
            return Err(PacketError::Altered);
        }
        // A grant of an office above holds here too.
        let place = self.act.act().office();
        if !place.holds(self.head.office()) {
            return Err(PacketError::Anothers);
        }
        let step = Step { name: STEP, subject: self.digest, office: place, asked: &ASKED };
        let proven = self.act.check(&step, roster, now)?;
        if proven.first().officer() != self.head.officer() || self.act.act().at() != self.head.at() {
            return Err(PacketError::Anothers);
        }
        Ok(Verified { packet: self, proven })
    }
}

/// A packet whose officer and office are proven. Only [`Packet::verify`] makes one.
#[derive(Debug, Clone)]
pub struct Verified {
    packet: Packet,
    proven: Proven,
}

impl Verified {
    /// What any office may know of it.
    #[must_use]
    pub const fn head(&self) -> &Head {
        &self.packet.head
    }

    /// SHA-256 of the head: the packet's name. Of one application one packet is taken in; this tells it from another.
    #[must_use]
    pub const fn digest(&self) -> [u8; 32] {
        self.packet.digest
    }

    /// Who made it.
    #[must_use]
    pub const fn by(&self) -> &Proven {
        &self.proven
    }

    /// Opens it with the recipient's key.
    ///
    /// # Errors
    /// [`PacketError`].
    pub fn open(&self, key: &PrivateKey) -> Result<Capture, PacketError> {
        let plain = seal::open(&self.packet.sealed, key)?;
        let head = &self.packet.head;
        Capture::decode(&plain, (head.application(), head.office(), head.officer()))
    }
}

/// The digest as text in JSON.
fn hex(digest: [u8; 32]) -> Hex {
    digest.to_vec().into()
}

/// At most so many files.
fn few(count: usize) -> Result<(), PacketError> {
    if count > PACKET_FILES { Err(PacketError::TooManyFiles(count)) } else { Ok(()) }
}
