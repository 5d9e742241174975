//! What officers did at an office that has a store of its own with things of the centre's: done in the office's store, and signed there as
//! the centre's steps, which the centre takes in under their own signatures.
//!
//! Office and centre make the same steps of the same words ([`Act::moves`]), so the signature of one is that of the other. What is said
//! beside the steps, seals and texts, is in their evidence: the SHA-256 of the act.

use super::content::{Hand, SignedStep};
use crate::crypto::hash::sha256;
use crate::issuance::bureau::stock::Report;
use crate::issuance::desk::{By, Desk, DeskError};
use crate::issuance::names::Named as _;
use crate::issuance::office::Office;
use crate::issuance::store::{Actor, Draft, Hands, Id, Kind, Move, Opening, Part, Row, Sealed, StoreError, Word};
use crate::issuance::transit::ship::{Line, Manifest};
use crate::issuance::{application, card, shipment};
use crate::verify::hex::{self, Hex};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deed {
    /// The office's job that did it.
    pub job: String,
    /// When, by the office's clock: as it stands in what was signed.
    pub at: Timestamp,
    /// What.
    pub act: Act,
    /// The hands of each of the centre's steps.
    pub hands: Vec<SignedStep>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// A shipment came, or did not.
    Arrival(Arrival),
    /// Cards were packed under seals.
    Packed(Packed),
    /// A shipment left.
    Left(Left),
    /// A card that nobody gets was taken back.
    TakenBack(TakenBack),
    /// A card in its holder's hand was revoked at the report.
    Revoked(Revoked),
    /// A case ended: taken back by the applicant, or closed.
    Ended(Ended),
}

/// A shipment that was sent to the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrival {
    /// Which.
    pub shipment: String,
    /// The word of its step: received, disputed, settled or missing.
    pub step: String,
    /// Its seals as they were found, sorted, of one that came whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seals: Vec<String>,
    /// What happened, of one that did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The cards that take a step with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<Carried>,
}

/// Cards packed for another office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Packed {
    /// The shipment that begins.
    pub shipment: String,
    /// For which office.
    pub to: Office,
    /// The numbers of its seals.
    pub seals: Vec<String>,
    /// What is in it, by the card.
    pub cards: Vec<Line>,
}

/// A shipment on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Left {
    /// Which.
    pub shipment: String,
    /// The cards that take a step with it: one on its way back already takes none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<Carried>,
}

/// A card taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakenBack {
    /// Which.
    pub card: String,
    /// Of which application.
    pub application: String,
    /// Why, as a word.
    pub why: String,
    /// Whether the application ends with it.
    pub ends: bool,
}

/// A case that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// Which application.
    pub application: String,
    /// Why it was taken back, as a word; none of one that is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Of one that is taken back the card that waits there, of one that is closed the old ones that were collected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<Carried>,
}

impl Ended {
    /// The step of each of its cards.
    #[must_use]
    pub const fn card_step(&self) -> card::Step {
        if self.why.is_some() { card::Step::TakeBack } else { card::Step::SendBack }
    }

    fn moves(&self, evidence: [u8; 32]) -> Result<Vec<Move>, StoreError> {
        let step = if self.why.is_some() { application::Step::Withdraw } else { application::Step::Close };
        let mut moves = vec![Move::application(Id::parse(&self.application)?, step).by_evidence(evidence)];
        moves.extend(self.cards.iter().map(|of| of.moves_on(evidence)).collect::<Result<Vec<_>, _>>()?);
        let Some(why) = &self.why else { return Ok(moves) };
        let why = Word::parse(why)?;
        Ok(moves.into_iter().map(|step| step.because(why.clone())).collect())
    }
}

/// A card revoked at the report: lost, fraud, death, emigration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    /// Which.
    pub card: String,
    /// Why, as a word.
    pub why: String,
    /// SHA-256 of the paper that shows it.
    pub paper: Hex,
}

impl Revoked {
    /// The digest of the paper.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn paper(&self) -> Result<[u8; 32], StoreError> {
        self.paper.0.as_slice().try_into().map_err(|_| StoreError::Damaged("paper"))
    }

    fn moves(&self) -> Result<Vec<Move>, StoreError> {
        let step = Move::card(Id::parse(&self.card)?, card::Step::Revoke).because(Word::parse(&self.why)?);
        Ok(vec![step.by_evidence(self.paper()?)])
    }
}

impl Packed {
    /// The manifest of the centre's shipment: its SHA-256 is the step's evidence.
    #[must_use]
    pub fn manifest(&self) -> Manifest {
        Manifest::of(self.to, self.seals.clone(), self.cards.clone())
    }

    fn moves(&self) -> Result<Vec<Move>, StoreError> {
        let cards = self.cards.iter().map(|line| Id::parse(&line.card)).collect::<Result<_, _>>()?;
        let opening = Opening::Shipment { to: self.to.into(), cards };
        Ok(vec![Move::open(Id::parse(&self.shipment)?, opening).by_evidence(sha256(&self.manifest().content()))])
    }
}

impl Left {
    fn moves(&self, evidence: [u8; 32]) -> Result<Vec<Move>, StoreError> {
        let mut moves = self.cards.iter().map(|of| of.moves_on(evidence)).collect::<Result<Vec<_>, _>>()?;
        moves.push(Move::shipment(Id::parse(&self.shipment)?, shipment::Step::Send).by_evidence(evidence));
        Ok(moves)
    }
}

impl TakenBack {
    fn moves(&self, evidence: [u8; 32]) -> Result<Vec<Move>, StoreError> {
        let (card, application, why) = (Id::parse(&self.card)?, Id::parse(&self.application)?, Word::parse(&self.why)?);
        let back = Move::card_of(card, application.clone(), card::Step::TakeBack).because(why.clone()).by_evidence(evidence);
        let ends = Move::application(application, application::Step::Withdraw).because(why).by_evidence(evidence);
        Ok(std::iter::once(back).chain(self.ends.then_some(ends)).collect())
    }
}

impl Carried {
    /// Its step.
    fn moves_on(&self, evidence: [u8; 32]) -> Result<Move, StoreError> {
        let step = card::Step::of_name(&self.step).ok_or(StoreError::Word("step"))?;
        Ok(Move::card_of(Id::parse(&self.card)?, Id::parse(&self.application)?, step).by_evidence(evidence))
    }
}

/// A card that takes a step with its shipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    /// Which.
    pub card: String,
    /// Of which application.
    pub application: String,
    /// The word of its step.
    pub step: String,
}

impl Arrival {
    /// The step of the shipment.
    ///
    /// # Errors
    /// [`StoreError::Word`].
    pub fn shipment_step(&self) -> Result<shipment::Step, StoreError> {
        shipment::Step::of_name(&self.step).ok_or(StoreError::Word("step"))
    }

    /// What is reported of one that did not come whole; nothing if nothing is missing or wrong.
    #[must_use]
    pub fn report(&self) -> Option<Report> {
        let is_missing = |carried: &&Carried| carried.step == card::Step::Miss.name();
        let missing = || self.cards.iter().filter(is_missing).map(|carried| carried.card.clone()).collect::<Vec<_>>();
        let (kind, things) = match shipment::Step::of_name(&self.step)? {
            shipment::Step::Dispute => (Kind::Shipment, vec![self.shipment.clone()]),
            shipment::Step::Settle | shipment::Step::Miss => (Kind::Card, missing()),
            _ => return None,
        };
        let text = self.text.clone()?;
        (!things.is_empty()).then(|| Report { format: 1, kind: kind.name().to_owned(), things, text })
    }

    fn moves(&self, job: &Id, evidence: [u8; 32]) -> Result<Vec<Move>, StoreError> {
        let (mut moves, mut why) = (Vec::new(), None);
        if let Some(report) = self.report() {
            let incident = incident(job)?;
            why = Some(Word::parse(incident.as_str())?);
            let about = Word::parse(report.things.first().map(String::as_str).unwrap_or_default())?;
            moves.push(Move::open(incident, Opening::Incident { about }).by_evidence(sha256(&written(&report))));
        }
        let because = |step: Move, is_so: bool| match why.clone().filter(|_| is_so) {
            Some(why) => step.because(why),
            None => step,
        };
        for of in &self.cards {
            moves.push(because(of.moves_on(evidence)?, of.step == card::Step::Miss.name()));
        }
        let step = self.shipment_step()?;
        let of_shipment = Move::shipment(Id::parse(&self.shipment)?, step).by_evidence(evidence);
        moves.push(because(of_shipment, matches!(step, shipment::Step::Dispute | shipment::Step::Miss)));
        Ok(moves)
    }
}

/// A report as it is sealed.
#[must_use]
pub fn written(report: &Report) -> Vec<u8> {
    serde_json::to_vec(report).unwrap_or_else(|_| unreachable!("plain JSON"))
}

/// The incident of a job.
///
/// # Errors
/// [`StoreError::Word`] for a job of too long a name.
pub fn incident(job: &Id) -> Result<Id, StoreError> {
    job.part("incident")
}

impl Act {
    /// What the evidence of its steps is.
    #[must_use]
    pub fn evidence(&self) -> [u8; 32] {
        sha256(&serde_json::to_vec(self).unwrap_or_else(|_| unreachable!("plain JSON")))
    }

    /// The thing in whose parts the office keeps it.
    ///
    /// # Errors
    /// [`StoreError::Word`].
    pub fn about(&self) -> Result<(Kind, Id), StoreError> {
        match self {
            Self::Arrival(Arrival { shipment, .. })
            | Self::Packed(Packed { shipment, .. })
            | Self::Left(Left { shipment, .. }) => Ok((Kind::Shipment, Id::parse(shipment)?)),
            Self::TakenBack(TakenBack { card, .. }) | Self::Revoked(Revoked { card, .. }) => Ok((Kind::Card, Id::parse(card)?)),
            Self::Ended(of) => Ok((Kind::Application, Id::parse(&of.application)?)),
        }
    }

    /// The steps of the centre's store, under this job.
    ///
    /// # Errors
    /// [`StoreError::Word`].
    pub fn moves(&self, job: &Id) -> Result<Vec<Move>, StoreError> {
        match self {
            Self::Arrival(of) => of.moves(job, self.evidence()),
            Self::Packed(of) => of.moves(),
            Self::Left(of) => of.moves(self.evidence()),
            Self::TakenBack(of) => of.moves(self.evidence()),
            Self::Revoked(of) => of.moves(),
            Self::Ended(of) => of.moves(self.evidence()),
        }
    }

    /// What is reported with it.
    #[must_use]
    pub fn report(&self) -> Option<Report> {
        match self {
            Self::Arrival(of) => of.report(),
            _ => None,
        }
    }
}

impl Deed {
    /// The job of it in the centre's store: the same from whoever reads it.
    ///
    /// # Errors
    /// [`StoreError::Word`].
    pub fn centres_job(&self, from: Office) -> Result<Id, StoreError> {
        let what = serde_json::to_vec(&(from, &self.job, self.at, &self.act)).unwrap_or_default();
        Id::parse(&format!("deed-{}", hex::encode(sha256(&what).get(..16).unwrap_or_default())))
    }
}

/// Signs what is done at a desk as the centre's steps.
///
/// # Errors
/// What desk and store say: who may not signs nothing.
pub fn sign(desk: &Desk<'_>, job: &Id, act: Act, by: By<'_>) -> Result<Deed, DeskError> {
    // As the store keeps it: what is signed is what is asked for there.
    let at = Timestamp::from_microsecond(desk.now().as_microsecond()).unwrap_or_else(|_| desk.now());
    let mut deed = Deed { job: job.to_string(), at, act, hands: Vec::new() };
    let job = deed.centres_job(desk.office)?;
    let draft = Draft::new(job.clone(), desk.office.into(), at, deed.act.moves(&job)?)?;
    deed.hands = signed(desk, &draft, 0, by)?;
    Ok(deed)
}

/// The hands of a draft's steps but the first few.
///
/// # Errors
/// What the desk says.
pub fn signed(desk: &Desk<'_>, draft: &Draft, first: usize, by: By<'_>) -> Result<Vec<SignedStep>, DeskError> {
    let acts = draft.acts().skip(first);
    let hands = acts.map(|(name, subject)| by.sign(desk.roster, (&name, subject), (desk.office, draft.at())));
    hands.map(|hands| Ok(step(&hands?)?)).collect()
}

fn step(hands: &Hands) -> Result<SignedStep, StoreError> {
    let hand = |actor: &Actor| {
        let office = actor.office.as_str().parse().map_err(|_| StoreError::Word("office"))?;
        Ok::<_, StoreError>(Hand { officer: actor.id, role: actor.role, office, signature: actor.signature.clone().into() })
    };
    Ok(SignedStep { by: hand(&hands.by)?, with: hands.with.as_ref().map(hand).transpose()? })
}

/// What was done here with a thing, in its order.
///
/// # Errors
/// What the store says.
pub fn of(desk: &mut Desk<'_>, kind: Kind, id: &Id) -> Result<Vec<Deed>, StoreError> {
    let Some(sealed) = desk.store.sealed(kind, id, Part::Deeds)? else { return Ok(Vec::new()) };
    serde_json::from_slice(&desk.key.open(&sealed)?).map_err(|_| StoreError::Damaged("deeds"))
}

/// The sealed part with a deed beside those before: for the step by which the office's own store follows at once, so that the queue is the
/// store itself.
///
/// # Errors
/// What the store says.
fn kept(desk: &mut Desk<'_>, deed: Deed) -> Result<Sealed, StoreError> {
    let (kind, id) = deed.act.about()?;
    let mut all = of(desk, kind, &id)?;
    all.push(deed);
    let plain = Zeroizing::new(serde_json::to_vec(&all).unwrap_or_default());
    desk.key.seal(kind, &id, Part::Deeds, &plain, desk.rng)
}

/// Signs what is done at a desk for the centre: the sealed part that queues it.
///
/// # Errors
/// As [`sign`].
pub fn queued(desk: &mut Desk<'_>, job: &Id, act: Act, by: By<'_>) -> Result<Sealed, DeskError> {
    let deed = sign(desk, job, act, by)?;
    Ok(kept(desk, deed)?)
}

/// The deed that a row of the office's audit is of, if it is of one.
///
/// # Errors
/// What the store says.
pub fn of_row(desk: &mut Desk<'_>, row: &Row) -> Result<Option<Deed>, StoreError> {
    Ok(of(desk, row.kind, &row.id)?.into_iter().find(|deed| deed.job == row.job.as_str()))
}
