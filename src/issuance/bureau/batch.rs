//! Batches: put together by the bureau's rules or a list, approved by somebody else, and closed when every blank is accounted for.

use super::quota::{Candidate, Chosen, Quota};
use super::result::{self, Row as ResultRow};
use super::{BureauError, notes};
use crate::issuance::balance::Ledger;
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::papers::Reason;
use crate::issuance::procedure::{Place, Procedure};
use crate::issuance::register;
use crate::issuance::store::{self, Cursor, Id, Kind, Move, Opening, Page, Part, Standing, Store, StoreError, StoreKey, Word};
use crate::issuance::{Office, Role, application, batch, card};
use crate::limits::{ISSUANCE_ITEMS, QUOTA_CANDIDATES};
use serde::{Deserialize, Serialize};

/// A row of a batch, in the order in which it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The application.
    pub application: String,
    /// Its card, which has an image and an authorization.
    pub card: String,
    /// The card's document number.
    pub number: String,
    /// The class of the rules that chose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
}

/// What is written down of a batch when it is put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    format: u8,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// Which applications a batch is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// These, in this order.
    List(Vec<Id>),
    /// As the rules say, at most so many.
    Rules(Quota, usize),
}

/// Puts a batch together: each application is print ready, to be made at this office, and in no other batch from then on.
///
/// # Errors
/// [`BureauError::NothingToMake`], [`BureauError::Number`], [`BureauError::NotResident`]; [`BureauError::Stands`] for one that is not print ready,
/// [`BureauError::Elsewhere`] for one that is made at another office; what desk and store say.
pub fn create(desk: &mut Desk<'_>, job: &Id, (id, of): (&Id, &Word), choice: &Choice, by: By<'_>) -> Result<Order, BureauError> {
    let order = match notes::read(desk, Kind::Batch, id, Part::Opening)? {
        // The same job again: what was chosen then.
        Some(order) if !desk.store.job(job)?.is_empty() => order,
        _ => chosen(desk, choice)?,
    };
    let applications: Vec<Id> = order.rows.iter().map(|row| Id::parse(&row.application)).collect::<Result<_, StoreError>>()?;
    if applications.is_empty() || applications.len() > ISSUANCE_ITEMS {
        return Err(BureauError::Number { what: "applications of a batch", most: ISSUANCE_ITEMS });
    }
    let why = Word::parse(id.as_str())?;
    let opening = Move::open(id.clone(), Opening::Batch { of: of.clone(), applications: applications.clone() });
    let mut moves = vec![notes::with(desk, opening, Part::Opening, &order)?];
    moves.extend(applications.into_iter().map(|id| Move::application(id, application::Step::Personalize).because(why.clone())));
    desk.take_by(job, moves, by)?;
    Ok(order)
}

fn chosen(desk: &mut Desk<'_>, choice: &Choice) -> Result<Order, BureauError> {
    let chosen = match choice {
        Choice::List(ids) => ids.iter().map(|id| (id.clone(), None)).collect(),
        Choice::Rules(quota, room) => by_rules(desk, quota, (*room).min(ISSUANCE_ITEMS))?,
    };
    if chosen.len() > ISSUANCE_ITEMS {
        return Err(BureauError::Number { what: "applications of a batch", most: ISSUANCE_ITEMS });
    }
    let mut rows = Vec::with_capacity(chosen.len());
    for (id, class) in chosen {
        let found = notes::standing(desk, Kind::Application, &id)?;
        if !is_made_at(&found, desk.office) {
            return Err(BureauError::Elsewhere { kind: Kind::Application, id });
        }
        if found.state != application::State::PrintReady.name() {
            return Err(BureauError::Stands { kind: Kind::Application, id, state: found.state });
        }
        if let Some(state) = departed(desk, &found)? {
            return Err(BureauError::NotResident { id, state });
        }
        let card = allocated(desk, &id)?;
        let (card, number) = (card.id.to_string(), card.word.to_string());
        rows.push(Row { application: id.to_string(), card, number, class });
    }
    Ok(Order { format: 1, rows })
}

/// What somebody is by the register who is no resident any more.
fn departed(desk: &mut Desk<'_>, of: &Standing) -> Result<Option<crate::issuance::resident::State>, BureauError> {
    Ok(of.subject.map(|subject| register::departed(desk.store, &subject)).transpose()?.flatten())
}

/// The card of a print-ready application.
fn allocated(desk: &mut Desk<'_>, application: &Id) -> Result<Standing, BureauError> {
    let cards = desk.store.find(Kind::Card, store::By::Owner(application))?;
    let card = cards.into_iter().find(|card| card.state == card::State::Allocated.name());
    card.ok_or_else(|| BureauError::Notes { kind: Kind::Application, id: application.clone() })
}

/// Whether an application's card is made at an office: its procedure says where.
fn is_made_at(found: &Standing, office: Office) -> bool {
    let Some(procedure) = Procedure::of_name(found.word.as_str()) else { return false };
    let Ok(own) = found.office.as_str().parse::<Office>() else { return false };
    match procedure.personalized_at() {
        Place::Ministry => office == Office::Ministry,
        Place::Regency => office.place() == Place::Regency && office.holds(own),
        Place::ServicePoint | Place::Home => false,
    }
}

/// What the rules choose among all that is print ready and made here, in the order in which it waits.
fn by_rules(desk: &mut Desk<'_>, quota: &Quota, room: usize) -> Result<Vec<(Id, Option<String>)>, BureauError> {
    let (mut candidates, mut after, mut seen) = (Vec::new(), None::<Cursor>, 0);
    let now = desk.now();
    while seen < QUOTA_CANDIDATES {
        let page =
            Page { state: Some(application::State::PrintReady.name()), after, limit: 1_000, ..Page::of(Kind::Application) };
        let found = desk.store.page(&page)?;
        seen += found.len();
        after = found.last().map(Standing::cursor);
        let here = desk.office;
        for one in found.into_iter().filter(|one| is_made_at(one, here)) {
            // The dead wait for nothing: their applications are to be withdrawn.
            if departed(desk, &one)?.is_none() {
                candidates.push(candidate(desk, &one, now)?);
            }
        }
        if after.is_none() {
            break;
        }
    }
    let chosen = quota.choose(&candidates, room);
    if chosen.is_empty() {
        return Err(BureauError::NothingToMake);
    }
    chosen.into_iter().map(|Chosen { id, class }| Ok((Id::parse(&id)?, Some(class)))).collect()
}

fn candidate(desk: &mut Desk<'_>, of: &Standing, now: jiff::Timestamp) -> Result<Candidate, BureauError> {
    let dossier = notes::dossier(desk, &of.id)?;
    let cards = match &of.subject {
        Some(subject) => desk.store.find(Kind::Card, store::By::Person(subject))?,
        None => Vec::new(),
    };
    // A card of the time before the store, too.
    let mut issued_before = dossier.as_ref().is_some_and(|of| of.holds_card || of.reason != Reason::New);
    for card in cards.iter().filter(|card| card.owner.as_ref() != Some(&of.id)) {
        issued_before |= was_issued(desk, card)?;
    }
    let days = now.duration_since(of.since).as_hours().max(0) / 24;
    Ok(Candidate {
        id: of.id.to_string(),
        procedure: of.word.to_string(),
        reason: dossier.map(|of| of.reason.name().to_owned()),
        office: of.office.to_string(),
        issued_before,
        waited_days: u32::try_from(days).unwrap_or(u32::MAX),
    })
}

/// Whether a card was its holder's at some time.
fn was_issued(desk: &mut Desk<'_>, card: &Standing) -> Result<bool, BureauError> {
    if card::State::of_name(card.state).is_some_and(card::State::is_live) {
        return Ok(true);
    }
    let life = desk.store.history(Kind::Card, &card.id, 0, 100)?;
    Ok(life.iter().any(|row| row.now == card::State::Active.name()))
}

/// Approves a batch: by somebody who did not put it together.
///
/// # Errors
/// [`BureauError::OwnBatch`], [`BureauError::Elsewhere`]; what desk and store say.
pub fn approve(desk: &mut Desk<'_>, job: &Id, id: &Id, by: By<'_>) -> Result<(), BureauError> {
    notes::own(desk, Kind::Batch, id)?;
    let began = desk.store.history(Kind::Batch, id, 0, 1)?;
    let makers = began.first().and_then(store::Row::signatories).unwrap_or_default();
    if makers.iter().any(|(maker, ..)| notes::same_person(desk.roster, *maker, by.first.id())) {
        return Err(BureauError::OwnBatch);
    }
    desk.take_by(job, vec![Move::batch(id.clone(), batch::Step::Approve)], by)?;
    Ok(())
}

/// Gives a batch up before it runs: its applications are print ready again, with the same cards. One that was approved is given up by an
/// approver, and the personalizer beside them puts the applications back.
///
/// # Errors
/// [`BureauError::Elsewhere`]; what desk and store say.
pub fn withdraw(desk: &mut Desk<'_>, job: &Id, id: &Id, why: &Word, by: By<'_>) -> Result<Vec<Id>, BureauError> {
    notes::own(desk, Kind::Batch, id)?;
    let applications = desk.store.items(Kind::Batch, id)?;
    let hands = |role| match by.second {
        Some(second) if by.first.place().0 != role && second.place().0 == role => By::one(second),
        _ => By::one(by.first),
    };
    let before = desk.store.history(Kind::Batch, id, 0, 100)?;
    let approved = before.iter().any(|row| row.now == batch::State::Approved.name());
    let first = hands(if approved { Role::Approver } else { Role::Personalizer });
    let mut steps = vec![(Move::batch(id.clone(), batch::Step::Withdraw).because(why.clone()), first)];
    let back = |id: &Id| Move::application(id.clone(), application::Step::PutBack).because(why.clone());
    steps.extend(applications.iter().map(|id| (back(id), hands(Role::Personalizer))));
    desk.take(job, steps)?;
    Ok(applications)
}

/// The rows of a batch.
///
/// # Errors
/// [`BureauError::Notes`]; what the store says.
pub fn order(store: &mut dyn Store, key: &StoreKey, id: &Id) -> Result<Order, BureauError> {
    let order = notes::look(store, key, (Kind::Batch, id), Part::Opening)?;
    order.ok_or_else(|| BureauError::Notes { kind: Kind::Batch, id: id.clone() })
}

/// The end of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    format: u8,
    /// What became of each row, in the order of the batch.
    pub rows: Vec<ResultRow>,
    /// The books.
    pub ledger: Ledger,
}

/// Closes a batch by two: every blank that was taken for it became something, nothing is in process; what was not begun is print ready
/// again, and waits for another batch.
///
/// # Errors
/// [`BureauError::Balance`] with what is in process; what desk and store say.
pub fn close(desk: &mut Desk<'_>, job: &Id, id: &Id, by: By<'_>) -> Result<Closed, BureauError> {
    let found = notes::own(desk, Kind::Batch, id)?;
    if let Some(closed) = notes::read::<Closed>(desk, Kind::Batch, id, Part::Closing)? {
        let moves = closing(desk, id, &closed)?;
        desk.take_by(job, moves, by)?;
        return Ok(closed);
    }
    let rows = result::rows(desk.store, desk.key, id)?;
    let ledger = result::ledger(&rows);
    ledger.close_batch().map_err(|error| BureauError::Balance { of: found.word.to_string(), error })?;
    let closed = Closed { format: 1, rows, ledger };
    let moves = closing(desk, id, &closed)?;
    desk.take_by(job, moves, by)?;
    Ok(closed)
}

fn closing(desk: &mut Desk<'_>, id: &Id, closed: &Closed) -> Result<Vec<Move>, BureauError> {
    let why = Word::parse(id.as_str())?;
    let mut moves = vec![notes::with(desk, Move::batch(id.clone(), batch::Step::Close), Part::Closing, closed)?];
    for row in closed.rows.iter().filter(|row| row.result == result::Became::NotRun) {
        let step = Move::application(Id::parse(&row.application)?, application::Step::PutBack);
        moves.push(step.because(why.clone()));
    }
    Ok(moves)
}
