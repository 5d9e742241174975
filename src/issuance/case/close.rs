//! The end of a case: the card is in its holder's hand, and the old one, if any, in ours, cut and on its way to be destroyed.

use super::{Case, CaseError, asked, before, cards};
use crate::issuance::application::Step;
use crate::issuance::card;
use crate::issuance::desk::{By, Desk};
use crate::issuance::papers::Reason;
use crate::issuance::store::{Id, Move, Word};

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

/// Closes a case. Old cards that the store knows go on their way to be destroyed in the same change: these.
///
/// # Errors
/// [`CaseError::OldCard`] if one should have been collected; [`CaseError`].
pub fn close(desk: &mut Desk<'_>, job: &Id, id: &Id, old: OldCard, by: By<'_>) -> Result<Vec<Id>, CaseError> {
    let digest = asked(desk, "close", &[id.as_str().as_bytes(), old.word().as_bytes()]);
    if before(desk, job, &digest)?.is_some() {
        let rows = desk.store.job(job)?;
        return Ok(rows.into_iter().filter(|row| row.kind == crate::issuance::store::Kind::Card).map(|row| row.id).collect());
    }
    let case = Case::open(desk, id)?;
    // A card that was given at home came from this desk too.
    case.only_at(desk, case.dossier.procedure.desk())?;
    let revoked = |(card, state, owner): (Id, card::State, Option<Id>)| {
        (state == card::State::Revoked && owner.as_ref() != Some(id)).then_some(card)
    };
    let known: Vec<Id> = cards(desk, &case.dossier.biodata)?.into_iter().filter_map(revoked).collect();
    let due = match case.dossier.reason {
        Reason::Lost => false,
        Reason::New => case.dossier.holds_card,
        _ => true,
    };
    if due && old == OldCard::None {
        return Err(CaseError::OldCard);
    }
    let mut moves = vec![case.step(desk, Step::Close, digest)?];
    let collected = if old == OldCard::Collected { known } else { Vec::new() };
    for card in &collected {
        let step = Move::card(card.clone(), card::Step::SendBack).because(Word::parse("collected")?).by_evidence(digest);
        moves.push(step);
    }
    desk.take_by(job, moves, by)?;
    Ok(collected)
}
