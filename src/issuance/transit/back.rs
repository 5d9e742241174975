//! Cards that nobody gets: unclaimed, withdrawn, of somebody who died, or superseded.

use super::{TransitError, afar};
use crate::issuance::bureau::{BureauError, notes};
use crate::issuance::desk::{By, Desk};
use crate::issuance::handover::is_copy;
use crate::issuance::names::Named as _;
use crate::issuance::store::{Id, Kind, Move, Word};
use crate::issuance::sync::deed::TakenBack;
use crate::issuance::{application, card};

/// Why a card is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nobody came for it. The application stays: another card is made when somebody does.
    Unclaimed,
    /// The applicant withdrew.
    Withdrawn,
    /// The holder died.
    Died,
    /// Another card takes its place.
    Superseded,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Unclaimed, Self::Withdrawn, Self::Died, Self::Superseded];

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unclaimed => "unclaimed",
            Self::Withdrawn => "withdrawn",
            Self::Died => "died",
            Self::Superseded => "superseded",
        }
    }

    /// Whether the application ends with it.
    #[must_use]
    pub const fn ends_application(self) -> bool {
        !matches!(self, Self::Unclaimed)
    }
}

/// Takes a card back that waits at this office, by two: its number is revoked, and it goes to the ministry with the next shipment.
///
/// # Errors
/// [`BureauError::Elsewhere`] for another office's; what desk and store say.
pub fn take_back(desk: &mut Desk<'_>, job: &Id, id: &Id, why: Why, by: By<'_>) -> Result<(), TransitError> {
    let found = if desk.store.job(job)?.is_empty() {
        notes::own(desk, Kind::Card, id)?
    } else {
        // It may have gone on since.
        notes::standing(desk, Kind::Card, id)?
    };
    let application = found.owner.ok_or_else(|| BureauError::Notes { kind: Kind::Card, id: id.clone() })?;
    let word = Word::parse(why.name())?;
    let is_copy = is_copy(desk, id)?;
    let mut moves = vec![Move::card_of(id.clone(), application.clone(), card::Step::TakeBack).because(word.clone())];
    // Taken back already, where its card was elsewhere; the same job again did both.
    let done = desk.store.job(job)?;
    let ends = if done.is_empty() {
        notes::standing(desk, Kind::Application, &application)?.state != application::State::Withdrawn.name()
    } else {
        done.iter().any(|row| row.kind == Kind::Application)
    };
    if is_copy {
        let (card, application) = (id.to_string(), application.to_string());
        let of = TakenBack { card, application, why: why.name().to_owned(), ends: why.ends_application() && ends };
        return afar::taken_back(desk, job, of, by);
    }
    if why.ends_application() && ends {
        moves.push(Move::application(application, application::Step::Withdraw).because(word));
    }
    desk.take_by(job, moves, by)?;
    Ok(())
}
