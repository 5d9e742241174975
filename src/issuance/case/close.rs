//! The end of a case: the card is in its holder's hand, and the old one, if any, in ours, cut and on its way to be destroyed.

use super::{Case, CaseError, asked, before, cards};
use crate::issuance::application::{State, Step};
use crate::issuance::card;
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::papers::Reason;
use crate::issuance::store::{Id, Kind, Move, Row, StoreError, Word};
use crate::issuance::sync::deed::{Carried, Ended};
use crate::limits::STORE_PAGE_ROWS;

/// What became of the old card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldCard {
    /// It was collected and cut.
    Collected,
    /// There is none to collect.
    None,
}

impl OldCard {
    const fn word(self) -> &'static str {
        match self {
            Self::Collected => "collected",
            Self::None => "none",
        }
    }
}

/// Closes a case. Collected are the cards that its handover superseded, and those that are named: found again, or revoked before. They go
/// on their way to be destroyed in the same change: these.
///
/// # Errors
/// [`CaseError::OldCard`] if one should have been collected, or one is named and none was; [`CaseError::NotTheirs`]; [`CaseError`].
pub fn close(desk: &mut Desk<'_>, job: &Id, id: &Id, (old, named): (OldCard, &[Id]), by: By<'_>) -> Result<Vec<Id>, CaseError> {
    let names: Vec<&str> = named.iter().map(Id::as_str).collect();
    let digest = asked(desk, "close", &[id.as_str().as_bytes(), old.word().as_bytes(), names.join(" ").as_bytes()]);
    if before(desk, job, &digest)?.is_some() {
        let rows = desk.store.job(job)?;
        return Ok(rows.into_iter().filter(|row| row.kind == Kind::Card).map(|row| row.id).collect());
    }
    let case = Case::open(desk, id)?;
    // A card that was given at home came from this desk too.
    case.only_at(desk, case.dossier.procedure.desk())?;
    let due = match case.dossier.reason {
        Reason::Lost => false,
        Reason::New => case.dossier.holds_card,
        _ => true,
    };
    if old == OldCard::None && (due || !named.is_empty()) {
        return Err(CaseError::OldCard);
    }
    let mut collected = if old == OldCard::Collected { superseded(desk, id)? } else { Vec::new() };
    for card in named.iter().filter(|card| !collected.contains(card)).cloned().collect::<Vec<_>>() {
        if desk.store.standing(Kind::Card, &card)?.is_none() {
            return Err(StoreError::Unknown { kind: Kind::Card, id: card.to_string() }.into());
        }
        if !was_in_hand(desk, &case, &card)? {
            return Err(CaseError::NotTheirs(card));
        }
        collected.push(card);
    }
    let mut closed = case.step(desk, Step::Close, digest)?;
    let mut cards = Vec::new();
    for card in &collected {
        let owner = desk.store.standing(Kind::Card, card)?.and_then(|card| card.owner);
        let application = owner.ok_or(StoreError::Damaged("application"))?.to_string();
        cards.push(Carried { card: card.to_string(), application, step: card::Step::SendBack.name().to_owned() });
    }
    if let Some(told) = case.told(desk, job, Ended { application: id.to_string(), why: None, cards }, by)? {
        closed = closed.with_sealed(told);
    }
    let mut moves = vec![closed];
    for card in &collected {
        let step = Move::card(card.clone(), card::Step::SendBack).because(Word::parse("collected")?).by_evidence(digest);
        moves.push(step);
    }
    desk.take_by(job, moves, by)?;
    Ok(collected)
}

/// The cards that were revoked in the change in which the case's own was handed over, and are revoked still.
fn superseded(desk: &mut Desk<'_>, id: &Id) -> Result<Vec<Id>, CaseError> {
    let life = desk.store.history(Kind::Application, id, 0, STORE_PAGE_ROWS)?;
    let Some(delivered) = life.iter().rev().find(|row| row.now == State::Delivered.name() && row.was != row.now) else {
        return Ok(Vec::new());
    };
    let revoked = |row: &Row| row.kind == Kind::Card && row.now == card::State::Revoked.name();
    let cards: Vec<Id> = desk.store.job(&delivered.job)?.into_iter().filter(revoked).map(|row| row.id).collect();
    let mut still = Vec::new();
    for card in cards {
        let standing = desk.store.standing(Kind::Card, &card)?;
        if standing.is_some_and(|card| card.state == card::State::Revoked.name()) {
            still.push(card);
        }
    }
    Ok(still)
}

/// Whether a card is this person's, revoked, and was in their hand: a number without a chip is nothing that is collected.
fn was_in_hand(desk: &mut Desk<'_>, case: &Case, card: &Id) -> Result<bool, CaseError> {
    let own = cards(desk, &case.dossier.biodata)?.into_iter().any(|(id, state, _)| id == *card && state == card::State::Revoked);
    let life = desk.store.history(Kind::Card, card, 0, STORE_PAGE_ROWS)?;
    Ok(own && life.iter().any(|row| row.now == card::State::Active.name()))
}
