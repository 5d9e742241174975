//! What the status list says of every card, from where the card stands: the store decides, the list follows.

use crate::issuance::bureau::BureauError;
use crate::issuance::card::{Number, State};
use crate::issuance::centre::approve::facts;
use crate::issuance::names::Named as _;
use crate::issuance::status::StatusError;
use crate::issuance::store::{Kind, Page, Standing, Store, StoreKey};
use crate::limits::STORE_PAGE_ROWS;
use crate::pki::status_list::CardStatus;
use crate::pki::status_list::register::Register;

/// What the list says of a card in this state.
#[must_use]
pub const fn status(state: State) -> CardStatus {
    match state.number() {
        Number::NotHandedOver => CardStatus::NotHandedOver,
        Number::Active => CardStatus::Active,
        Number::Suspended => CardStatus::Suspended,
        Number::Revoked => CardStatus::Revoked,
    }
}

/// Brings a register of statuses to where the cards of the store stand. How many changed. A run that was cut short is made up by the next.
///
/// # Errors
/// What the store says; [`crate::pki::status_list::StatusListError::IndexTooLarge`] for a card whose index the list has not.
pub fn bring(store: &mut dyn Store, key: &StoreKey, register: &mut Register) -> Result<usize, StatusError> {
    let mut page = Page { limit: STORE_PAGE_ROWS, ..Page::of(Kind::Card) };
    let mut changed = 0;
    loop {
        let cards = store.page(&page)?;
        for card in &cards {
            changed += usize::from(one(store, key, register, card)?);
        }
        let Some(last) = cards.last() else { return Ok(changed) };
        page.after = Some(last.cursor());
    }
}

/// Brings a register to where one card stands. Whether that changed anything.
pub(in crate::issuance) fn one(
    store: &mut dyn Store,
    key: &StoreKey,
    register: &mut Register,
    card: &Standing,
) -> Result<bool, StatusError> {
    let damaged = || BureauError::Notes { kind: Kind::Card, id: card.id.clone() };
    let state = State::of_name(card.state).ok_or_else(damaged)?;
    let (index, says) = (u64::from(facts(store, key, card)?.status_index), status(state));
    let changes = register.get(index) != says;
    if changes {
        register.set(index, says)?;
    }
    Ok(changes)
}
