//! What letters say, as JSON inside of their seal.

use super::SyncError;
use super::deed::Deed;
use super::shown::Shown;
use crate::issuance::Office;
use crate::verify::hex::Hex;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

const FORMAT: u8 = 1;

/// A content.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: u8,
    said: Said,
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// Where an application stands at the centre.
    Told(Told),
    /// A handover that a desk signed.
    Handover(Queued),
    /// What is known of a shipment to the office that it goes to.
    Shipment(Box<ShipmentTold>),
    /// What an office did and signed for the centre's store.
    Deed(Box<Deed>),
    /// Residents as the centre has them.
    Register(Vec<Value>),
    /// What became of items.
    Receipts(Vec<Receipt>),
    /// How far the sender's chains go, and the last that the sender saw of the recipient's.
    Heads(Box<Heads>),
}

/// Heads of both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heads {
    /// The sender's.
    pub shown: Shown,
    /// The recipient's, as the recipient showed them.
    pub seen: Option<Shown>,
}

/// Where an application stands at the centre.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Which.
    pub application: String,
    /// Steps that it and its cards have taken there: what has more is newer.
    pub revision: u64,
    /// The word of its state.
    pub state: String,
    /// Since when.
    pub since: Timestamp,
    /// What identification found, or clarification: a word, and never who the candidates are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// The data of the case, where the centre's register has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clean: Option<Value>,
    /// Its cards.
    #[serde(default)]
    pub cards: Vec<CardTold>,
}

/// Somebody's: not shown.
impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Told({} {} {})", self.application, self.revision, self.state)
    }
}

/// What a card is to the office of its application.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardTold {
    /// Which.
    pub id: String,
    /// Its document number.
    pub number: String,
    /// `waiting` at this office, `active`, `suspended`, `revoked`.
    pub state: String,
    /// The CAN, of a card that waits there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub can: Option<String>,
}

/// The CAN is not shown.
impl std::fmt::Debug for CardTold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CardTold({} {})", self.id, self.state)
    }
}

/// Where a shipment stands at the centre, for the office that it goes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShipmentTold {
    /// Which.
    pub shipment: String,
    /// Steps that it has taken there: what has more is newer.
    pub revision: u64,
    /// The word of its state.
    pub state: String,
    /// Where it was packed.
    pub from: Office,
    /// Where it goes.
    pub to: Office,
    /// When it left.
    pub sent: Timestamp,
    /// The numbers of its seals.
    pub seals: Vec<String>,
    /// What is in it.
    pub cards: Vec<Shipped>,
}

/// A card in a shipment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shipped {
    /// Which.
    pub card: String,
    /// Its document number.
    pub number: String,
    /// Of which application.
    pub application: String,
    /// Whether it was called missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub missing: bool,
    /// Where it goes on from there; none of one that is handed over there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Office>,
    /// The word of the step by which it does; none of one that is on its way back already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sends: Option<String>,
    /// Of one that is handed over there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coming: Option<Coming>,
}

/// What a desk needs of a card that comes to it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coming {
    /// As of [`Told`].
    pub revision: u64,
    /// The CAN.
    pub can: String,
}

/// The CAN is not shown.
impl std::fmt::Debug for Coming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Coming({})", self.revision)
    }
}

/// A handover as a desk signed it for the centre's store: the same acts that the desk would have signed there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queued {
    /// Of which application.
    pub application: String,
    /// Of which card.
    pub card: String,
    /// `match`, `manual` or `no-match`.
    pub answer: String,
    /// When, by the desk's clock: as it stands in what was signed.
    pub at: Timestamp,
    /// SHA-256 of the desk's record of the handover.
    pub evidence: Hex,
    /// The sensor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Hands for each step, where no other card of the person is revoked with it.
    pub plain: Vec<SignedStep>,
    /// Hands for each step, where one is, which is the centre's step before them.
    #[serde(default)]
    pub superseding: Vec<SignedStep>,
}

/// The one or two who signed a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedStep {
    /// The first.
    pub by: Hand,
    /// The second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<Hand>,
}

/// A signature, and as what it was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hand {
    /// Who.
    pub officer: crate::issuance::officer::OfficerId,
    /// As what.
    pub role: crate::issuance::Role,
    /// The office of the grant.
    pub office: crate::issuance::Office,
    /// The signature.
    pub signature: Hex,
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Its name.
    pub item: String,
    /// Why it was refused; none if it was taken in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

impl Said {
    /// As it is sealed.
    #[must_use]
    pub fn to_json(&self) -> String {
        let written = Written { format: FORMAT, said: self.clone() };
        serde_json::to_string(&written).unwrap_or_else(|_| unreachable!("plain JSON"))
    }

    /// Reads what was sealed.
    ///
    /// # Errors
    /// [`SyncError::Form`].
    pub fn parse(json: &str) -> Result<Self, SyncError> {
        let written: Written = serde_json::from_str(json).map_err(|_| SyncError::Form(0))?;
        if written.format == FORMAT { Ok(written.said) } else { Err(SyncError::Form(0)) }
    }
}
