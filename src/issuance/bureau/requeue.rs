//! What failed is made again: the old number stays revoked, the application goes back to where it is approved anew.

use super::result::{self, Row};
use super::{BureauError, notes};
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::store::{self, Id, Kind, Move, Word};
use crate::issuance::{application, card};

/// What is made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requeued {
    /// The applications, which wait to be approved again: with a new image, number and authorization.
    pub applications: Vec<Id>,
    /// The document numbers that are revoked and will not be used again. A spoiled card's number counts as revoked whether or not its
    /// chip was ever signed.
    pub revoked: Vec<Word>,
}

/// Sends the failed rows of a batch back: all of them, or these applications alone; of those also such as nobody claimed. A card of unknown state was quarantined before, and
/// with it its number revoked; a card in process is refused.
///
/// # Errors
/// [`BureauError::NotOfBatch`], [`BureauError::Stands`] for a row that did not fail; what desk and store say.
pub fn requeue(desk: &mut Desk<'_>, job: &Id, batch: &Id, only: Option<&[Id]>, by: By<'_>) -> Result<Requeued, BureauError> {
    notes::own(desk, Kind::Batch, batch)?;
    let rows = result::rows(desk.store, desk.key, batch)?;
    let before: Vec<Id> = desk.store.job(job)?.into_iter().map(|row| row.id).collect();
    let chosen: Vec<&Row> = match only {
        Some(ids) => ids.iter().map(|id| row_of(desk, &rows, id)).collect::<Result<_, _>>()?,
        None if before.is_empty() => failed(desk, &rows)?,
        // Asked again: what was sent back then.
        None => rows.iter().filter(|row| before.iter().any(|id| id.as_str() == row.application)).collect(),
    };
    if !before.is_empty() && chosen.len() != before.len() {
        return Err(store::StoreError::Conflict(job.to_string()).into());
    }
    let mut out = Requeued { applications: Vec::new(), revoked: Vec::new() };
    for row in chosen {
        if !(row.result.is_failed() || only.is_some() && is_gone(desk, row)?) {
            return Err(BureauError::Stands { kind: Kind::Card, id: Id::parse(&row.card)?, state: row.result.name() });
        }
        if before.is_empty() && !waits(desk, row)? {
            let id = Id::parse(&row.application)?;
            let state = notes::standing(desk, Kind::Application, &id)?.state;
            return Err(BureauError::Stands { kind: Kind::Application, id, state });
        }
        out.applications.push(Id::parse(&row.application)?);
        out.revoked.push(Word::parse(&row.number)?);
    }
    let why = Word::parse(batch.as_str())?;
    let remake = |id: &Id| Move::application(id.clone(), application::Step::Remake).because(why.clone());
    let moves: Vec<Move> = out.applications.iter().map(remake).collect();
    if moves.is_empty() {
        return Ok(out);
    }
    desk.take_by(job, moves, by)?;
    Ok(out)
}

/// Whether a row's card was made, and its number is revoked since: nobody claimed it in time, or it was lost on the way. Another is made
/// when somebody asks for it by name, and not with all that failed.
fn is_gone(desk: &mut Desk<'_>, row: &Row) -> Result<bool, BureauError> {
    let state = notes::standing(desk, Kind::Card, &Id::parse(&row.card)?)?.state;
    let number = card::State::of_name(state).map(card::State::number);
    Ok(row.result == result::Became::Issued && number == Some(card::Number::Revoked))
}

/// The rows that failed, and whose applications still wait for a card.
fn failed<'a>(desk: &mut Desk<'_>, rows: &'a [Row]) -> Result<Vec<&'a Row>, BureauError> {
    let mut all = Vec::new();
    for row in rows.iter().filter(|row| row.result.is_failed()) {
        if waits(desk, row)? {
            all.push(row);
        }
    }
    Ok(all)
}

/// Whether a row's application waits for a card, and has no other one in the making: it was not sent back already.
fn waits(desk: &mut Desk<'_>, row: &Row) -> Result<bool, BureauError> {
    let id = Id::parse(&row.application)?;
    let state = notes::standing(desk, Kind::Application, &id)?.state;
    let cards = desk.store.find(Kind::Card, store::By::Owner(&id))?;
    let unfinished = |card: &store::Standing| card::State::of_name(card.state).is_some_and(card::State::is_unfinished);
    Ok(state == application::State::InPersonalization.name() && !cards.iter().any(unfinished))
}

fn row_of<'a>(desk: &mut Desk<'_>, rows: &'a [Row], id: &Id) -> Result<&'a Row, BureauError> {
    if let Some(row) = rows.iter().find(|row| row.application == id.as_str()) {
        return Ok(row);
    }
    notes::standing(desk, Kind::Application, id)?;
    Err(BureauError::NotOfBatch(id.clone()))
}
