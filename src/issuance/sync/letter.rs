//! A letter between the stores of two offices: sealed to the one, signed by the other's service; offices on its way read its head alone.
//!
//! `EKTPLTR1`, length and head, length and act `letter-seal` over the SHA-256 of the head, CMS AuthEnvelopedData. The content names the
//! head's kind, offices and thing again, so that who signs another's sealed message as the own is found when it is opened.

use super::SyncError;
use crate::crypto::hash::sha256;
use crate::issuance::desk::Officer;
use crate::issuance::office::Office;
use crate::issuance::officer::act::Step;
use crate::issuance::officer::{OfficerId, Roster, Signed};
use crate::issuance::packet::{Framed, framed};
use crate::issuance::role::{Asked, Role};
use crate::issuance::store::Word;
use crate::pki::key::PrivateKey;
use crate::pki::seal::{self, OfficeRecipient};
use crate::verify::hex::Hex;
use jiff::Timestamp;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub(super) const MAGIC: &[u8; 8] = b"EKTPLTR1";
const STEP: &str = "letter-seal";
/// Who signs letters: the service of an office, and that of the centre.
const ASKED: Asked = Asked::one(&[Role::Sync, Role::Centre]);

/// What a letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// What the centre says of an application.
    Told,
    /// A handover that a desk signed for the centre to take in.
    Handover,
    /// What the centre says of a shipment.
    Shipment,
    /// What an office did and signed for the centre to take in.
    Deed,
    /// Residents as the centre has them.
    Register,
    /// What became of items that were sent.
    Receipts,
    /// How far the audit chains of a store go.
    Heads,
}

impl Kind {
    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Handover => "handover",
            Self::Shipment => "shipment",
            Self::Deed => "deed",
            Self::Register => "register",
            Self::Receipts => "receipts",
            Self::Heads => "heads",
        }
    }
}

/// What every office on the way can read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    format: u8,
    /// What it is.
    pub kind: Kind,
    /// From which office.
    pub from: Office,
    /// To which.
    pub to: Office,
    /// About which thing; `-` for several or none.
    about: String,
    officer: OfficerId,
    /// When.
    pub at: Timestamp,
    sealed: Hex,
}

impl Head {
    pub(super) fn parse(json: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Self>(json).ok().filter(Self::is_sound)
    }

    fn is_sound(&self) -> bool {
        self.format == 1 && self.sealed.0.len() == 32 && Word::parse(&self.about).is_ok()
    }

    /// About which thing; `-` for several or none.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.about
    }
}

/// Where a letter goes, and what about.
#[derive(Debug, Clone, Copy)]
pub struct Address<'a> {
    /// What it is.
    pub kind: Kind,
    /// From which office.
    pub from: Office,
    /// To which.
    pub to: Office,
    /// About which thing; `-` for several or none.
    pub about: &'a str,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inside {
    kind: Kind,
    from: Office,
    to: Office,
    about: String,
    officer: OfficerId,
    /// The content, JSON.
    text: String,
}

/// Seals a content to an office, and signs it.
///
/// # Errors
/// [`SyncError::Seal`], [`SyncError::Desk`] if it cannot be signed.
pub fn seal(
    address: Address<'_>,
    text: &str,
    by: &Officer,
    recipient: &OfficeRecipient,
    (at, rng): (Timestamp, &mut dyn CryptoRng),
) -> Result<Vec<u8>, SyncError> {
    let Address { kind, from, to, about } = address;
    let (officer, about) = (by.id(), about.to_owned());
    let inside = Inside { kind, from, to, about: about.clone(), officer, text: text.to_owned() };
    let plain = Zeroizing::new(serde_json::to_vec(&inside).unwrap_or_default());
    let sealed = seal::seal(&plain, recipient, rng)?;
    let head = Head { format: 1, kind, from, to, about, officer, at, sealed: sha256(&sealed).to_vec().into() };
    let head = serde_json::to_vec(&head).unwrap_or_default();
    let act = by.act(STEP, sha256(&head), at)?;
    let act = serde_json::to_vec(&act).unwrap_or_default();
    Ok([MAGIC.as_slice(), &framed(&head), &framed(&act), &sealed].concat())
}

/// A letter as it came: whose it is, nobody has checked.
#[derive(Debug, Clone)]
pub struct Letter {
    head: Head,
    digest: [u8; 32],
    act: Signed,
    sealed: Vec<u8>,
}

impl Letter {
    /// Reads one.
    ///
    /// # Errors
    /// [`SyncError::Form`].
    pub fn parse(bytes: &[u8]) -> Result<Self, SyncError> {
        let framed = Framed::parse(bytes, MAGIC).map_err(SyncError::Form)?;
        let head = Head::parse(framed.head).ok_or(SyncError::Form(MAGIC.len()))?;
        let act = framed.act().map_err(SyncError::Form)?;
        Ok(Self { head, digest: sha256(framed.head), act, sealed: framed.sealed.to_vec() })
    }

    /// What stands outside, which nobody has checked yet.
    #[must_use]
    pub const fn head(&self) -> &Head {
        &self.head
    }

    /// Checks who signed it, and that what is sealed is what was signed. The centre's letters are signed by the centre alone.
    ///
    /// # Errors
    /// [`SyncError::Altered`], [`SyncError::Act`], [`SyncError::Anothers`].
    pub fn verify(self, roster: &Roster, now: Timestamp) -> Result<Verified, SyncError> {
        if self.head.sealed.0 != sha256(&self.sealed) {
            return Err(SyncError::Altered);
        }
        let place = self.act.act().office();
        let proven = self.act.check(&Step { name: STEP, subject: self.digest, office: place, asked: &ASKED }, roster, now)?;
        let (role, _) = proven.first().place();
        let centre = self.head.from == Office::Ministry;
        let is_theirs = place.holds(self.head.from) && centre == (role == Role::Centre);
        if !is_theirs || proven.first().officer() != self.head.officer || self.act.act().at() != self.head.at {
            return Err(SyncError::Anothers);
        }
        Ok(Verified(self))
    }
}

/// A letter whose officer and office are proven. Only [`Letter::verify`] makes one.
#[derive(Debug, Clone)]
pub struct Verified(Letter);

impl Verified {
    /// What any office may know of it.
    #[must_use]
    pub const fn head(&self) -> &Head {
        &self.0.head
    }

    /// SHA-256 of the head: the letter's name in the audit.
    #[must_use]
    pub const fn digest(&self) -> [u8; 32] {
        self.0.digest
    }

    /// The content, by the recipient's key.
    ///
    /// # Errors
    /// [`SyncError::Seal`], [`SyncError::Anothers`].
    pub fn open(&self, key: &PrivateKey) -> Result<Zeroizing<String>, SyncError> {
        let plain = seal::open(&self.0.sealed, key)?;
        let inside: Inside = serde_json::from_slice(&plain).map_err(|_| SyncError::Anothers)?;
        let (text, head) = (Zeroizing::new(inside.text), &self.0.head);
        let outside = (head.kind, head.from, head.to, head.about.as_str(), head.officer);
        if (inside.kind, inside.from, inside.to, inside.about.as_str(), inside.officer) == outside {
            return Ok(text);
        }
        Err(SyncError::Anothers)
    }
}
