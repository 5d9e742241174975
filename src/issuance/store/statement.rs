//! What is signed and hashed of a step, as JSON: written once, kept as written, and read back only to be judged.

use super::change::{Act, Actor, Hands, Move, Opening};
use super::key::Subject;
use super::rule::Kind;
use super::standing::Standing;
use super::word::{Id, Office, Word};
use crate::crypto::hash::sha256;
use crate::issuance::names::Named as _;
use crate::issuance::officer::OfficerId;
use crate::issuance::role::{Role, Taken};
use crate::verify::hex::{self, Hex};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Format of statements and hands.
pub(super) const FORMAT: u8 = 1;
/// The word of a thing's beginning, which is no step of its table.
pub(super) const OPEN: &str = "open";

/// What all steps of a change have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    pub job: Id,
    pub office: Office,
    pub at: Timestamp,
}

#[derive(Serialize)]
struct Statement<'a> {
    format: u8,
    job: &'a Id,
    part: u32,
    parts: usize,
    office: &'a Office,
    kind: &'static str,
    id: &'a Id,
    step: &'static str,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    begins: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    word: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Id]>::is_empty")]
    items: &'a [Id],
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<&'a Word>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sealed: Vec<SealedDigest>,
}

/// What stands in the statement of a sealed part: its name and the SHA-256 of its bytes as stored.
#[derive(Serialize)]
struct SealedDigest {
    part: &'static str,
    sha256: String,
}

/// The columns of a beginning that are not every thing's.
#[derive(Default)]
pub(super) struct Columns<'a> {
    pub subject: Option<&'a Subject>,
    pub family: Option<&'a Subject>,
    pub owner: Option<&'a Id>,
    pub word: Option<&'a str>,
    pub priority: i16,
}

/// Which they are.
pub(super) fn columns(opening: &Opening) -> Columns<'_> {
    match opening {
        Opening::Application { procedure, subject, family, priority, .. } => Columns {
            subject: Some(subject),
            family: family.as_ref(),
            word: Some(procedure.as_str()),
            priority: *priority,
            owner: None,
        },
        Opening::Card { application, number }
        | Opening::CardCopy { application, number }
        | Opening::CardComing { application, number } => {
            Columns { owner: Some(application), word: Some(number.as_str()), ..Columns::default() }
        }
        Opening::Blank { of } | Opening::Batch { of, .. } => Columns { word: Some(of.as_str()), ..Columns::default() },
        Opening::Shipment { to, .. } | Opening::ShipmentCopy { to, .. } => {
            Columns { word: Some(to.as_str()), ..Columns::default() }
        }
        Opening::Resident { subject, family, source, .. } => {
            Columns { subject: Some(subject), owner: Some(family), word: Some(source.as_str()), ..Columns::default() }
        }
        Opening::Shift { station: word } | Opening::Incident { about: word } => {
            Columns { word: Some(word.as_str()), ..Columns::default() }
        }
    }
}

/// The statement of a step, the `part`th of `parts`: a part of a change is not signed for alone.
pub(super) fn write(heading: &Heading, part: u32, parts: usize, of: &Move) -> String {
    let (step, begins, columns, items) = match &of.act {
        Act::Open(opening) => (OPEN, Some(opening.begins()), columns(opening), opening.items()),
        Act::Step(step) => (step.name(), None, Columns::default(), [].as_slice()),
    };
    let text = |bytes: &[u8; 32]| hex::encode(bytes);
    let statement = Statement {
        format: FORMAT,
        job: &heading.job,
        part,
        parts,
        office: &heading.office,
        kind: of.kind().name(),
        id: &of.id,
        step,
        at: heading.at.to_string(),
        begins,
        subject: columns.subject.map(|s| text(s.bytes())),
        family: columns.family.map(|s| text(s.bytes())),
        owner: columns.owner.or(of.owner.as_ref()),
        word: columns.word,
        items,
        reason: of.reason.as_ref(),
        evidence: of.evidence.as_ref().map(text),
        device: of.device.as_ref(),
        sealed: of
            .sealed
            .iter()
            .filter(|_| !of.is_named)
            .map(|s| SealedDigest { part: s.part.name(), sha256: text(&sha256(&s.bytes)) })
            .collect(),
    };
    serde_json::to_string(&statement).unwrap_or_else(|_| unreachable!("a statement is plain JSON"))
}

#[derive(Serialize)]
struct ActorText<'a> {
    id: OfficerId,
    role: &'static str,
    office: &'a Office,
    signature: String,
}

#[derive(Serialize)]
struct HandsText<'a> {
    by: ActorText<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    with: Option<ActorText<'a>>,
}

impl<'a> From<&'a Actor> for ActorText<'a> {
    fn from(actor: &'a Actor) -> Self {
        Self { id: actor.id, role: actor.role.name(), office: &actor.office, signature: hex::encode(&actor.signature) }
    }
}

/// The hands of a step, with their signatures.
pub(super) fn write_hands(hands: &Hands) -> String {
    let text = HandsText { by: (&hands.by).into(), with: hands.with.as_ref().map(Into::into) };
    serde_json::to_string(&text).unwrap_or_else(|_| unreachable!("hands are plain JSON"))
}

/// The name of the act that is signed over a step's statement: of what, and which step.
pub(super) fn act_name(kind: &str, step: &str) -> String {
    format!("{kind}-{step}")
}

/// Whether two statements say the same but for the time and what is sealed.
pub(super) fn is_same_step(one: &str, other: &str) -> bool {
    let read = |text: &str| {
        let mut fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
        fields.remove("at");
        fields.remove("sealed");
        Some(fields)
    };
    read(one).is_some_and(|one| Some(one) == read(other))
}

/// Of a statement what the columns beside it repeat.
#[derive(Deserialize)]
pub(super) struct Read {
    format: u8,
    pub job: String,
    pub part: u32,
    pub office: String,
    pub kind: String,
    pub id: String,
    pub step: String,
    at: String,
    pub begins: Option<String>,
    subject: Option<String>,
    family: Option<String>,
    pub owner: Option<String>,
    pub word: Option<String>,
    pub reason: Option<String>,
    pub device: Option<String>,
    pub evidence: Option<String>,
}

impl Read {
    /// Parses a statement of this format.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().filter(|read: &Self| read.format == FORMAT)
    }

    /// Its time, in microseconds since 1970.
    pub fn at(&self) -> Option<i64> {
        self.at.parse::<Timestamp>().ok().map(Timestamp::as_microsecond)
    }

    /// Whether a thing is of the person, family, owner and word that its beginning says.
    pub fn began(&self, standing: &Standing) -> bool {
        let text = |subject: &Option<Subject>| subject.map(|s| hex::encode(s.bytes()));
        let own = |columns: bool| columns || ![Kind::Application, Kind::Resident].iter().any(|kind| self.kind == kind.name());
        let person = text(&standing.subject) == self.subject && text(&standing.family) == self.family;
        let owner = self.kind != Kind::Card.name() || standing.owner.as_ref().map(Id::as_str) == self.owner.as_deref();
        own(person) && owner && Some(standing.word.as_str()) == self.word.as_deref() && standing.office.as_str() == self.office
    }
}

#[derive(Deserialize)]
struct ActorRead {
    id: OfficerId,
    role: String,
    office: String,
    signature: Hex,
}

#[derive(Deserialize)]
struct HandsRead {
    by: ActorRead,
    with: Option<ActorRead>,
}

/// An officer of a stored step: id, role, office of the grant, signature.
pub type Signatory = (OfficerId, Role, String, Vec<u8>);

/// Who signed a step, and how: the first, and the second if there was one.
pub(super) fn read_signatories(text: &str) -> Option<Vec<Signatory>> {
    let hands: HandsRead = serde_json::from_str(text).ok()?;
    let all = std::iter::once(hands.by).chain(hands.with);
    all.map(|actor| Some((actor.id, Role::of_name(&actor.role)?, actor.office, actor.signature.0))).collect()
}

/// Who took a step, by what was stored of their hands.
pub(super) fn read_hands(text: &str) -> Option<Taken> {
    let hands: HandsRead = serde_json::from_str(text).ok()?;
    let person = |actor: ActorRead| Role::of_name(&actor.role).map(|role| (actor.id.number(), role));
    let with = match hands.with {
        Some(second) => Some(person(second)?),
        None => None,
    };
    Some(Taken { by: person(hands.by)?, with })
}
