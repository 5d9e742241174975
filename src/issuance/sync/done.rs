//! What an office did and signed, taken in by the centre: held against offices, seals, manifest and states as if it were done here.

use super::SyncError;
use super::deed::{Act, Arrival, Carried, Deed, Ended, Left, Packed, Revoked, TakenBack, incident, written};
use super::handed::{SKEW, checked};
use super::intake::{Taken, origin};
use super::shipped::elsewhere;
use crate::issuance::bureau::{BureauError, notes};
use crate::issuance::case::{Case, CaseError};
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::office::Office;
use crate::issuance::officer::ActError;
use crate::issuance::procedure::Place;
use crate::issuance::shipment::Step;
use crate::issuance::store::{By as Find, Draft, Id, Kind, Move, Page, Part, Standing, StoreError, Word};
use crate::issuance::transit::back::Why;
use crate::issuance::transit::{TransitError, afar, route, ship};
use crate::issuance::{application, card, status};
use crate::limits::{INCIDENT_TEXT_BYTES, ISSUANCE_ITEMS, SHIPMENT_SEALS};
use jiff::Timestamp;

/// Takes a deed in, once.
///
/// # Errors
/// [`SyncError::Transit`] for another office's shipment, other seals or another content; [`SyncError::Act`] for a time that has not come and
/// for hands that do not count; [`SyncError::Form`]; what desk and store say: a shipment that stands elsewhere is refused.
pub fn take_in(desk: &mut Desk<'_>, deed: &Deed, from: Office, by: By<'_>) -> Result<Taken, SyncError> {
    let job = deed.centres_job(from)?;
    if !desk.store.job(&job)?.is_empty() {
        unmade(desk, deed, &job, by)?;
        return Ok(Taken::Again);
    }
    if deed.at > desk.now().saturating_add(SKEW).unwrap_or(Timestamp::MAX) {
        return Err(ActError::Future.into());
    }
    match &deed.act {
        Act::Arrival(of) => arrival(desk, of, from)?,
        Act::Packed(of) => packed(&mut elsewhere(desk, from), of)?,
        Act::Left(of) => left(&mut elsewhere(desk, from), of)?,
        Act::TakenBack(of) => taken_back(&mut elsewhere(desk, from), of)?,
        Act::Revoked(of) => revoked(&mut elsewhere(desk, from), of)?,
        Act::Ended(of) => ended(desk, of, from)?,
    }
    let draft = Draft::new(job.clone(), from.into(), deed.at, moves(desk, deed, &job)?)?;
    if draft.statements().len() != deed.hands.len() {
        return Err(ActError::Unsigned.into());
    }
    let acts = draft.acts().zip(&deed.hands);
    let hands = acts.map(|((name, subject), step)| checked(desk, step, (&name, subject), (from, draft.at())));
    let hands = hands.collect::<Result<_, _>>()?;
    desk.store.take(&draft.signed(hands)?)?;
    unmade(desk, deed, &job, by)?;
    Ok(Taken::New)
}

/// The number of a card that was authorized, and will not be made since its application was taken back, is the centre's to revoke: nobody
/// knows it there.
fn unmade(desk: &mut Desk<'_>, deed: &Deed, job: &Id, by: By<'_>) -> Result<(), SyncError> {
    let Act::Ended(Ended { application, why: Some(why), .. }) = &deed.act else { return Ok(()) };
    let cards = desk.store.find(Kind::Card, Find::Owner(&Id::parse(application)?))?;
    if let Some(card) = cards.into_iter().find(|card| card.state == card::State::Allocated.name()) {
        let step = Move::card(card.id, card::Step::Revoke).because(Word::parse(why)?).by_evidence(deed.act.evidence());
        desk.take_by(&job.part("card")?, vec![step], by)?;
    }
    Ok(())
}

/// The steps, with what is reported sealed under the centre's key: the officers signed its SHA-256.
fn moves(desk: &mut Desk<'_>, deed: &Deed, job: &Id) -> Result<Vec<Move>, SyncError> {
    let mut moves = deed.act.moves(job)?;
    if let Act::Packed(of) = &deed.act {
        let (id, content) = (Id::parse(&of.shipment)?, of.manifest().content());
        let sealed = desk.key.seal(Kind::Shipment, &id, Part::Opening, &content, desk.rng)?;
        moves = moves.into_iter().map(|step| step.naming(&content, sealed.clone())).collect();
    }
    let Some(report) = deed.act.report() else { return Ok(moves) };
    if report.text.len() > INCIDENT_TEXT_BYTES {
        return Err(TransitError::from(BureauError::Number { what: "bytes of a text", most: INCIDENT_TEXT_BYTES }).into());
    }
    let (id, content) = (incident(job)?, written(&report));
    let sealed = desk.key.seal(Kind::Incident, &id, Part::Opening, &content, desk.rng)?;
    let is_it = |step: &Move| step.kind() == Kind::Incident && *step.of() == id;
    Ok(moves.into_iter().map(|step| if is_it(&step) { step.naming(&content, sealed.clone()) } else { step }).collect())
}

/// Whether a shipment may arrive like this: it goes there, and seals and cards are those that it left with.
fn arrival(desk: &mut Desk<'_>, of: &Arrival, from: Office) -> Result<(), SyncError> {
    let id = Id::parse(&of.shipment)?;
    let found = notes::standing(desk, Kind::Shipment, &id).map_err(TransitError::from)?;
    if found.word.as_str() != from.to_string() {
        let to = found.word.as_str().parse().map_err(|_| StoreError::Damaged("destination"))?;
        return Err(TransitError::NotHere(to).into());
    }
    let (manifest, items) = (ship::manifest(desk, &id)?, desk.store.items(Kind::Shipment, &id)?);
    let named = of.cards.iter().map(|carried| Id::parse(&carried.card)).collect::<Result<Vec<_>, _>>()?;
    let all_are = |steps: &[card::Step]| {
        let is_one = |carried: &Carried| steps.iter().any(|step| step.name() == carried.step);
        if of.cards.iter().all(is_one) { Ok(()) } else { Err(SyncError::Form(0)) }
    };
    match of.shipment_step()? {
        Step::Receive => {
            let seals = of.seals.iter().map(|seal| Word::parse(seal)).collect::<Result<Vec<_>, _>>()?;
            ship::whole(&manifest, &items, (&named, &seals))?;
            all_are(&[card::Step::Receive])
        }
        Step::Dispute => all_are(&[]),
        Step::Settle => {
            // A card that was missing before, and is not here, takes no step.
            let mut told = named;
            for card in &items {
                let standing = notes::standing(desk, Kind::Card, card).map_err(TransitError::from)?;
                if standing.state == card::State::Missing.name() && !told.contains(card) {
                    told.push(card.clone());
                }
            }
            ship::same_cards(&items, &told)?;
            all_are(&[card::Step::Receive, card::Step::SendBack, card::Step::Miss])
        }
        Step::Miss => {
            ship::same_cards(&items, &named)?;
            all_are(&[card::Step::Miss])
        }
        _ => Err(SyncError::Form(0)),
    }
}

/// Whether these cards may be packed there for the next office of their way, under new seals, and are those that they are said to be.
fn packed(desk: &mut Desk<'_>, of: &Packed) -> Result<(), SyncError> {
    if of.seals.is_empty() || of.seals.len() > SHIPMENT_SEALS {
        return Err(TransitError::SealCount(SHIPMENT_SEALS).into());
    }
    if of.cards.is_empty() || of.cards.len() > ISSUANCE_ITEMS {
        let many = BureauError::Number { what: "cards of a shipment", most: ISSUANCE_ITEMS };
        return Err(TransitError::from(many).into());
    }
    let seals = of.seals.iter().map(|seal| Word::parse(seal)).collect::<Result<Vec<_>, _>>()?;
    ship::unused(desk, &seals)?;
    for line in &of.cards {
        let card = Id::parse(&line.card)?;
        let going = route::next(desk, &card)?;
        ship::can_leave(desk, &going, of.to)?;
        let standing = notes::standing(desk, Kind::Card, &card).map_err(TransitError::from)?;
        if going.state == card::State::Checked {
            // Made there: it is packed where it was made, in the centre's store.
            return Err(stands(&standing));
        }
        if standing.word.as_str() != line.number {
            return Err(TransitError::Manifest { missing: Vec::new(), strange: vec![card] }.into());
        }
    }
    Ok(())
}

/// Whether a shipment of that office leaves with its cards, each by the step that it has to take.
fn left(desk: &mut Desk<'_>, of: &Left) -> Result<(), SyncError> {
    let id = Id::parse(&of.shipment)?;
    notes::own(desk, Kind::Shipment, &id).map_err(TransitError::from)?;
    let items = desk.store.items(Kind::Shipment, &id)?;
    for card in &items {
        let standing = notes::own(desk, Kind::Card, card).map_err(TransitError::from)?;
        let (_, step) = afar::onward(desk, card)?;
        let signed = of.cards.iter().find(|carried| carried.card == card.as_str()).map(|carried| carried.step.as_str());
        if signed != step.map(card::Step::name) {
            return Err(stands(&standing));
        }
    }
    let strange = of.cards.iter().filter(|carried| !items.iter().any(|card| card.as_str() == carried.card));
    let strange = strange.map(|carried| Id::parse(&carried.card)).collect::<Result<Vec<_>, _>>()?;
    if strange.is_empty() { Ok(()) } else { Err(TransitError::Manifest { missing: Vec::new(), strange }.into()) }
}

/// Whether a card of that office is taken back for a reason that there is, and its application ends with it if it has to.
fn taken_back(desk: &mut Desk<'_>, of: &TakenBack) -> Result<(), SyncError> {
    let why = Why::ALL.into_iter().find(|why| why.name() == of.why).ok_or(SyncError::Form(0))?;
    notes::own(desk, Kind::Card, &Id::parse(&of.card)?).map_err(TransitError::from)?;
    let application = notes::standing(desk, Kind::Application, &Id::parse(&of.application)?).map_err(TransitError::from)?;
    let ends = why.ends_application() && application.state != application::State::Withdrawn.name();
    if of.ends == ends { Ok(()) } else { Err(SyncError::Form(0)) }
}

/// Whether a case is that office's to end: it came from there, or its resident is of that regency; with its own cards, or those of its person.
fn ended(desk: &mut Desk<'_>, of: &Ended, from: Office) -> Result<(), SyncError> {
    let id = Id::parse(&of.application)?;
    let case = Case::open(desk, &id)?;
    let place = case.dossier.procedure.desk();
    let at = |place| case.dossier.office(place) == Some(from);
    if origin(desk.store, &id)? != Some(from) || !(at(place) || of.why.is_some() && at(Place::Regency)) {
        return Err(SyncError::OtherApplication(from));
    }
    for carried in &of.cards {
        let card = Id::parse(&carried.card)?;
        if carried.step != of.card_step().name() {
            return Err(SyncError::Form(0));
        }
        let standing = notes::own(&mut elsewhere(desk, from), Kind::Card, &card).map_err(TransitError::from)?;
        let is_its =
            if of.why.is_some() { standing.owner.as_ref() == Some(&id) } else { standing.subject == case.standing.subject };
        if !is_its {
            return Err(CaseError::NotTheirs(card).into());
        }
    }
    Ok(())
}

/// Whether a card in its holder's hand may be revoked there for a reason that there is.
fn revoked(desk: &mut Desk<'_>, of: &Revoked) -> Result<(), SyncError> {
    let why = status::Why::ALL.into_iter().find(|why| why.name() == of.why).ok_or(SyncError::Form(0))?;
    Ok(status::may_revoke(desk, &Id::parse(&of.card)?, why)?)
}

fn stands(found: &Standing) -> SyncError {
    TransitError::from(BureauError::Stands { kind: Kind::Card, id: found.id.clone(), state: found.state }).into()
}

/// Whether a card is in a shipment on its way to an office, whose word of its arrival may still come.
///
/// # Errors
/// What the store says.
pub fn is_coming(desk: &mut Desk<'_>, card: &Id, to: Office) -> Result<bool, StoreError> {
    let mut page = Page { state: Some(crate::issuance::shipment::State::Sent.name()), limit: 1_000, ..Page::of(Kind::Shipment) };
    loop {
        let found = desk.store.page(&page)?;
        let Some(last) = found.last() else { return Ok(false) };
        page.after = Some(last.cursor());
        for shipment in found.iter().filter(|shipment| shipment.word.as_str() == to.to_string()) {
            if desk.store.items(Kind::Shipment, &shipment.id)?.contains(card) {
                return Ok(true);
            }
        }
    }
}
