//! A handover that a desk signed while it could not reach the centre, taken in there: by the signatures of those who sat at the desk.

use super::SyncError;
use super::content::{Hand, Queued, SignedStep};
use super::done::is_coming;
use super::intake::{Taken, origin};
use crate::issuance::bureau::stock::Report;
use crate::issuance::card::{self, Number};
use crate::issuance::case::Case;
use crate::issuance::centre::CentreError;
use crate::issuance::centre::clarify::refuse_if_held;
use crate::issuance::desk::{By, Desk, signatures};
use crate::issuance::handover::HandoverError;
use crate::issuance::names::Named as _;
use crate::issuance::office::Office;
use crate::issuance::officer::{Act, ActError};
use crate::issuance::role::RoleError;
use crate::issuance::store::{Actor, By as Find, Draft, Hands, Id, Kind, Move, Opening, Part, Standing, StoreError, Word};
use crate::issuance::{application, store};
use crate::verify::hex;
use jiff::{SignedDuration, Timestamp};

/// How far another office's clock may be ahead.
pub(super) const SKEW: SignedDuration = SignedDuration::from_mins(5);

fn evidence(queued: &Queued) -> Result<[u8; 32], StoreError> {
    queued.evidence.0.as_slice().try_into().map_err(|_| StoreError::Damaged("evidence"))
}

/// The job of a queued handover in the centre's store: the same from whoever reads it.
///
/// # Errors
/// [`StoreError::Word`], [`StoreError::Damaged`].
pub fn job(queued: &Queued) -> Result<Id, StoreError> {
    let mark = hex::encode(evidence(queued)?.get(..8).unwrap_or_default());
    Id::parse(&format!("handover-{}-{mark}", queued.card))
}

/// The steps of the centre's store that a desk signs: what [`crate::issuance::handover::give()`] and `refuse` take there.
///
/// # Errors
/// As [`job`].
pub fn moves(queued: &Queued) -> Result<Vec<Move>, StoreError> {
    let (card, case) = (Id::parse(&queued.card)?, Id::parse(&queued.application)?);
    let evidence = evidence(queued)?;
    if queued.answer == "no-match" {
        let why = Word::parse("no-match")?;
        let refused = Move::card_of(card, case.clone(), card::Step::Refuse).because(why.clone());
        let failed = Move::application(case, application::Step::FailHandover).because(why);
        return Ok(vec![refused.by_evidence(evidence), failed.by_evidence(evidence)]);
    }
    let mut given = Move::card_of(card, case.clone(), card::Step::HandOver).by_evidence(evidence);
    if let Some(device) = &queued.device {
        given = given.on(Word::parse(device)?);
    }
    Ok(vec![given, Move::application(case, application::Step::Deliver).by_evidence(evidence)])
}

/// The centre's own step before them, where another card of the person is good until now.
///
/// # Errors
/// As [`job`].
pub fn superseded(old: Id, queued: &Queued) -> Result<Move, StoreError> {
    Ok(Move::card(old, card::Step::Revoke).because(Word::parse("superseded")?).by_evidence(evidence(queued)?))
}

/// Takes a queued handover in. A card that was revoked meanwhile is an incident, and never active.
///
/// # Errors
/// [`SyncError::OtherApplication`], [`SyncError::Held`], [`SyncError::NotArrived`], [`SyncError::Revoked`], [`SyncError::Act`]; what desk and store say.
pub fn take_in(desk: &mut Desk<'_>, queued: &Queued, from: Office, by: By<'_>) -> Result<Taken, SyncError> {
    let (application, card, job) = (Id::parse(&queued.application)?, Id::parse(&queued.card)?, job(queued)?);
    let case = Case::open(desk, &application)?;
    let is_theirs = origin(desk.store, &application)? == Some(from);
    if !is_theirs || case.dossier.office(case.dossier.procedure.desk()) != Some(from) {
        return Err(SyncError::OtherApplication(from));
    }
    if !desk.store.job(&job)?.is_empty() {
        return Ok(Taken::Again);
    }
    let missing = || StoreError::Unknown { kind: Kind::Card, id: card.to_string() };
    let standing = desk.store.standing(Kind::Card, &card)?.ok_or_else(missing)?;
    let state = card::State::of_name(standing.state).ok_or(StoreError::Damaged("state"))?;
    if state.number() == Number::Revoked {
        incident(desk, queued, (&job, &card), by)?;
        return Err(SyncError::Revoked);
    }
    if state == card::State::InTransit && is_coming(desk, &card, from)? {
        return Err(SyncError::NotArrived);
    }
    if state != card::State::Waiting {
        return Err(HandoverError::Card(state).into());
    }
    if standing.custody != from.into() {
        return Err(HandoverError::Custody(standing.custody).into());
    }
    match refuse_if_held(desk, &application) {
        Err(CentreError::Held(_)) => return Err(SyncError::Held),
        other => other.map_err(HandoverError::from)?,
    }
    if queued.at > desk.now().saturating_add(SKEW).unwrap_or(Timestamp::MAX) {
        return Err(ActError::Future.into());
    }
    let old = live(desk, &standing)?.filter(|_| queued.answer != "no-match");
    take(desk, queued, (job, from, old), by)?;
    Ok(Taken::New)
}

fn take(desk: &mut Desk<'_>, queued: &Queued, (job, from, old): (Id, Office, Option<Id>), by: By<'_>) -> Result<(), SyncError> {
    let mut steps = moves(queued)?;
    let signed = if old.is_some() { &queued.superseding } else { &queued.plain };
    if signed.len() != steps.len() {
        return Err(ActError::Unsigned.into());
    }
    let first = old.is_some();
    if let Some(old) = old {
        steps.insert(0, superseded(old, queued)?);
    }
    let draft = Draft::new(job, from.into(), queued.at, steps)?;
    let mut hands = Vec::new();
    let mut signed = signed.iter();
    for (n, (name, subject)) in draft.acts().enumerate() {
        hands.push(if first && n == 0 {
            by.sign(desk.roster, (&name, subject), (from, draft.at()))?
        } else {
            let step = signed.next().ok_or(ActError::Unsigned)?;
            checked(desk, step, (&name, subject), (from, draft.at()))?
        });
    }
    desk.store.take(&draft.signed(hands)?)?;
    Ok(())
}

/// The hands of a step, each of an officer who might, there and then; two are two persons.
pub(super) fn checked(
    desk: &Desk<'_>,
    step: &SignedStep,
    (name, subject): (&str, [u8; 32]),
    (from, at): (Office, Timestamp),
) -> Result<Hands, SyncError> {
    let one = |hand: &Hand| {
        if !hand.office.holds(from) {
            return Err(SyncError::Anothers);
        }
        let act = Act::new(name, subject, hand.office, at)?;
        let signatory = signatures::check(desk.roster, act, (hand.officer, hand.role, &hand.signature.0))?;
        let actor = Actor { id: hand.officer, role: hand.role, office: hand.office.into(), signature: hand.signature.0.clone() };
        Ok((signatory, actor))
    };
    let (first, by) = one(&step.by)?;
    let second = step.with.as_ref().map(one).transpose()?;
    if second.as_ref().is_some_and(|(second, _)| second.standing().is_same_person(first.standing())) {
        return Err(ActError::Role(RoleError::SamePerson).into());
    }
    Ok(Hands { by, with: second.map(|(_, actor)| actor) })
}

/// Another card that is the person's until now.
fn live(desk: &mut Desk<'_>, card: &Standing) -> Result<Option<Id>, SyncError> {
    let Some(subject) = &card.subject else { return Ok(None) };
    let all = desk.store.find(Kind::Card, Find::Person(subject))?;
    let is_live = |other: &Standing| card::State::of_name(other.state).is_some_and(card::State::is_live);
    Ok(all.into_iter().find(|other| other.id != card.id && is_live(other)).map(|other| other.id))
}

/// Somebody holds a card whose number was revoked before the desk's word came: that is looked into.
fn incident(desk: &mut Desk<'_>, queued: &Queued, (job, card): (&Id, &Id), by: By<'_>) -> Result<(), SyncError> {
    let mark = hex::encode(evidence(queued)?.get(..8).unwrap_or_default());
    let id = Id::parse(&format!("I-{mark}"))?;
    if desk.store.standing(Kind::Incident, &id)?.is_some() {
        return Ok(());
    }
    let text = format!("{}: handed over ({}) at {} by a desk that was offline; revoked before", card, queued.answer, queued.at);
    let report = Report { format: 1, kind: Kind::Card.name().to_owned(), things: vec![card.to_string()], text };
    let plain = serde_json::to_vec(&report).unwrap_or_default();
    let sealed = desk.key.seal(Kind::Incident, &id, Part::Opening, &plain, desk.rng)?;
    let opening = Opening::Incident { about: store::Word::parse(card.as_str())? };
    let step = Move::open(id, opening).because(Word::parse("handed-over-after-revocation")?).by_evidence(evidence(queued)?);
    desk.take_by(&Id::parse(&format!("{job}-incident"))?, vec![step.with_sealed(sealed)], by)?;
    Ok(())
}
