//! Where a card goes next: the legs of its procedure, as offices.

use super::TransitError;
use crate::issuance::bureau::notes;
use crate::issuance::case::Dossier;
use crate::issuance::desk::Desk;
use crate::issuance::names::Named as _;
use crate::issuance::procedure::{Leg, Place, Procedure};
use crate::issuance::store::{Id, Kind, Standing};
use crate::issuance::{Office, card};

/// Which way a card goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To the desk that hands it over.
    Out,
    /// To the ministry, to be destroyed.
    Back,
}

/// A card on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Going {
    /// The card.
    pub card: Id,
    /// Its application.
    pub application: Id,
    /// Where it stands.
    pub state: card::State,
    /// Which way it goes.
    pub way: Way,
    /// Its next office; none at the end of its way.
    pub next: Option<Office>,
}

/// Where a card goes next from an office: by its state which way, by its procedure which legs.
///
/// # Errors
/// [`TransitError::Bureau`] if the card or its application is not there, or not of this program's words.
pub fn next(desk: &mut Desk<'_>, id: &Id) -> Result<Going, TransitError> {
    let found = notes::standing(desk, Kind::Card, id)?;
    let damaged = || crate::issuance::bureau::BureauError::Notes { kind: Kind::Card, id: id.clone() };
    let application = found.owner.clone().ok_or_else(damaged)?;
    let of: Standing = notes::standing(desk, Kind::Application, &application)?;
    let state = card::State::of_name(found.state).ok_or_else(damaged)?;
    let procedure = Procedure::of_name(of.word.as_str()).ok_or_else(damaged)?;
    let dossier = notes::dossier(desk, &application)?;
    let own: Office = of.office.as_str().parse().map_err(|_| damaged())?;
    let way = if state.is_unfinished() { Way::Out } else { Way::Back };
    let legs = match way {
        Way::Out => procedure.delivery(),
        Way::Back => procedure.way_back(),
    };
    let leg = legs.iter().find(|leg| begins(leg, desk.office));
    Ok(Going { card: id.clone(), application, state, way, next: leg.and_then(|leg| office_of(leg.1, dossier.as_ref(), own)) })
}

fn begins(leg: &Leg, here: Office) -> bool {
    leg.0 == here.place()
}

/// The office that a place is for an application: by where its resident lives, or, of one without a dossier, by its own office.
fn office_of(place: Place, dossier: Option<&Dossier>, own: Office) -> Option<Office> {
    match (place, dossier) {
        (_, Some(dossier)) => dossier.office(place),
        (Place::Ministry, None) => Some(Office::Ministry),
        (Place::Regency, None) => {
            std::iter::successors(Some(own), |office| office.above()).find(|office| office.place() == Place::Regency)
        }
        (Place::ServicePoint, None) => (own.place() == Place::ServicePoint).then_some(own),
        (Place::Home, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_office_seen_from_the_application() {
        let point = Office::ServicePoint(31, 71, 1);
        assert_eq!(office_of(Place::Ministry, None, point), Some(Office::Ministry));
        assert_eq!(office_of(Place::Regency, None, point), Some(Office::Regency(31, 71)));
        assert_eq!(office_of(Place::ServicePoint, None, point), Some(point));
        assert_eq!(office_of(Place::ServicePoint, None, Office::Regency(31, 71)), None);
        assert_eq!(office_of(Place::Home, None, point), None);
    }
}
