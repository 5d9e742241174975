//! What a card's number is worth, after it was handed over and where it gets lost: revoked, suspended, missing; and the list that says so.

mod custody;
mod error;
mod publish;
mod revoke;
mod suspend;
#[cfg(test)]
mod tests;
mod watch;

pub use custody::{found, missing};
pub use error::StatusError;
pub use publish::{Published, bring, publish, witnessed};
pub use revoke::{Why, may_revoke, revoke};
pub use suspend::{resume, suspend};
pub use watch::Watch;

use super::bureau::notes;
use super::desk::Desk;
use super::store::{Id, Kind, Standing};
use super::{Office, Place, card, handover};
use crate::issuance::names::Named as _;

/// A card that was its holder's, and its application; refused at an office that has nothing to do with either.
fn near(desk: &mut Desk<'_>, id: &Id) -> Result<Standing, StatusError> {
    let found = notes::standing(desk, Kind::Card, id)?;
    let damaged = || super::bureau::BureauError::Notes { kind: Kind::Card, id: id.clone() };
    let application = found.owner.clone().ok_or_else(damaged)?;
    let of = notes::standing(desk, Kind::Application, &application)?;
    let own: Office = of.office.as_str().parse().map_err(|_| damaged())?;
    let dossier = notes::dossier(desk, &application)?;
    let lives = |place| dossier.as_ref().and_then(|dossier| dossier.office(place)) == Some(desk.office);
    if desk.office.holds(own) || lives(Place::ServicePoint) || lives(Place::Regency) {
        Ok(found)
    } else {
        Err(StatusError::Elsewhere(id.clone()))
    }
}

/// Refuses a copy: its number's worth is the centre's, and is not told there from here.
fn not_a_copy(desk: &mut Desk<'_>, id: &Id) -> Result<(), StatusError> {
    if handover::is_copy(desk, id)? { Err(StatusError::CentresCard(id.clone())) } else { Ok(()) }
}

/// Refuses a card that does not stand in one of these states.
fn must_be(found: &Standing, states: &[card::State]) -> Result<(), StatusError> {
    if states.iter().any(|state| state.name() == found.state) {
        return Ok(());
    }
    Err(super::bureau::BureauError::Stands { kind: Kind::Card, id: found.id.clone(), state: found.state }.into())
}
