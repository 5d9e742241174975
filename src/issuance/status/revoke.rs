//! A card in its holder's hand is revoked: at the report, where no other card takes its place or the risk does not wait for one.

use super::{StatusError, must_be, near};
use crate::issuance::card::{State, Step};
use crate::issuance::desk::{By, Desk};
use crate::issuance::handover::is_copy;
use crate::issuance::names::Named as _;
use crate::issuance::resident;
use crate::issuance::store::{Id, Kind, Move, Standing, Word};
use crate::issuance::sync::deed::{self, Act, Revoked};

/// Why a card is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is lost, and nobody applies for another.
    Lost,
    /// Fraud.
    Fraud,
    /// The holder died.
    Death,
    /// The holder is no resident any more.
    Emigration,
    /// What it says is wrong.
    DataWrong,
    /// It does not work.
    Damaged,
    /// The holder moved here from elsewhere.
    MovedIn,
    /// Its time is over.
    Expired,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Lost, Self::Fraud, Self::Death, Self::Emigration, Self::DataWrong, Self::Damaged, Self::MovedIn, Self::Expired];

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Fraud => "fraud",
            Self::Death => "death",
            Self::Emigration => "emigration",
            Self::DataWrong => "data-wrong",
            Self::Damaged => "damaged",
            Self::MovedIn => "moved-in",
            Self::Expired => "expired",
        }
    }

    /// Whether another card follows, whose handover revokes this one: its holder is not left without a card.
    #[must_use]
    pub const fn waits_for_the_next(self) -> bool {
        matches!(self, Self::DataWrong | Self::Damaged | Self::MovedIn | Self::Expired)
    }

    /// Whether the holder is one no more.
    const fn ends_residence(self) -> bool {
        matches!(self, Self::Death | Self::Emigration)
    }
}

/// Revokes a card that is active or suspended, at the report. `paper` is the SHA-256 of what shows it: the police's letter, the deed of
/// death, the minutes. Of a card that is here as a copy the same is signed for the centre, whose list says it.
///
/// # Errors
/// [`StatusError::WithNextCard`], [`StatusError::StillResident`], [`StatusError::Elsewhere`]; what desk and store say.
pub fn revoke(desk: &mut Desk<'_>, job: &Id, id: &Id, (why, paper): (Why, [u8; 32]), by: By<'_>) -> Result<(), StatusError> {
    let found = asked(desk, id, why)?;
    if desk.store.job(job)?.is_empty() {
        stands(desk, &found, why)?;
    }
    let mut step = Move::card(id.clone(), Step::Revoke).because(Word::parse(why.name())?).by_evidence(paper);
    if is_copy(desk, id)? {
        let of = Revoked { card: id.to_string(), why: why.name().to_owned(), paper: paper.to_vec().into() };
        step = step.with_sealed(deed::queued(desk, job, Act::Revoked(of), by)?);
    }
    desk.take_by(job, vec![step], by)?;
    Ok(())
}

/// Whether this office may revoke a card, now and for this reason.
///
/// # Errors
/// As [`revoke`].
pub fn may_revoke(desk: &mut Desk<'_>, id: &Id, why: Why) -> Result<(), StatusError> {
    let found = asked(desk, id, why)?;
    stands(desk, &found, why)
}

/// The card, at an office near it, with a reason that does not wait for another.
fn asked(desk: &mut Desk<'_>, id: &Id, why: Why) -> Result<Standing, StatusError> {
    if why.waits_for_the_next() {
        return Err(StatusError::WithNextCard(why.name()));
    }
    near(desk, id)
}

/// Whether it stands where it can be revoked.
fn stands(desk: &mut Desk<'_>, found: &Standing, why: Why) -> Result<(), StatusError> {
    must_be(found, &[State::Active, State::Suspended])?;
    if why.ends_residence() && lives_here(desk, found)? {
        return Err(StatusError::StillResident);
    }
    Ok(())
}

/// Whether the register knows the holder, and as living here.
fn lives_here(desk: &mut Desk<'_>, card: &Standing) -> Result<bool, StatusError> {
    let Some(subject) = &card.subject else { return Ok(false) };
    let resident = desk.store.standing(Kind::Resident, &subject.id('r'))?;
    Ok(resident.and_then(|resident| resident::State::of_name(resident.state)).is_some_and(resident::State::lives_here))
}
