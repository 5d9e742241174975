//! Cards on a shelf of an office that are not there any more, and such as are found again: never handed over, whoever finds them.

use super::{StatusError, must_be, not_a_copy};
use crate::issuance::bureau::{BureauError, notes};
use crate::issuance::card::{State, Step};
use crate::issuance::desk::{By, Desk};
use crate::issuance::store::{Id, Kind, Move, Word};
use crate::issuance::transit::trouble;
use crate::limits::ISSUANCE_ITEMS;
use std::collections::BTreeSet;

/// Where a card is in an office's own hands. What is on its way is the shipment's: `ektp ship missing`, `dispute` and `settle`.
const HELD: [State; 8] = [
    State::Encoded,
    State::Printed,
    State::Checked,
    State::Packed,
    State::Waiting,
    State::Refused,
    State::Returning,
    State::Returned,
];

/// Calls cards missing that this office had, by two: an incident begins, and their numbers are revoked. The incident.
///
/// # Errors
/// [`StatusError::CentresCard`], [`BureauError::Number`], [`BureauError::Elsewhere`] for another office's; what desk and store say.
pub fn missing(desk: &mut Desk<'_>, job: &Id, cards: &[Id], text: &str, by: By<'_>) -> Result<Id, StatusError> {
    let cards: Vec<Id> = cards.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect();
    if cards.is_empty() || cards.len() > ISSUANCE_ITEMS {
        return Err(BureauError::Number { what: "cards", most: ISSUANCE_ITEMS }.into());
    }
    if desk.store.job(job)?.is_empty() {
        for card in &cards {
            must_be(&notes::own(desk, Kind::Card, card)?, &HELD)?;
            not_a_copy(desk, card)?;
        }
    }
    let moves = trouble::miss(desk, job, &cards, text)?;
    desk.take_by(job, moves, by)?;
    Ok(notes::part_of(job, "incident")?)
}

/// Takes a card back into custody, by two, that was missing and was found: from here it goes back to be destroyed.
///
/// # Errors
/// [`StatusError::CentresCard`]; what bureau, desk and store say.
pub fn found(desk: &mut Desk<'_>, job: &Id, id: &Id, why: &Word, by: By<'_>) -> Result<(), StatusError> {
    let standing = notes::standing(desk, Kind::Card, id)?;
    not_a_copy(desk, id)?;
    if desk.store.job(job)?.is_empty() {
        must_be(&standing, &[State::Missing])?;
    }
    desk.take_by(job, vec![Move::card(id.clone(), Step::SendBack).because(why.clone())], by)?;
    Ok(())
}
