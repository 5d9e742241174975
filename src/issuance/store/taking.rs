//! What both databases ask before they write a step, and what they say after.

use super::change::{Move, Signed};
use super::error::{StoreError, Unique};
use super::rows::Ground;
use super::rule::{Edge, Kind, Step};
use super::word::Office;
use crate::issuance::names::Named as _;
use crate::issuance::{blank, card};

/// A row that was written, and the step that it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose chain.
    pub office: Office,
    /// Its number there.
    pub n: u64,
    /// Steps of the thing with this one.
    pub revision: u64,
    /// State before; empty at the beginning.
    pub was: String,
    /// State after.
    pub now: String,
    /// Head of the chain after it.
    pub head: [u8; 32],
}

impl From<super::Row> for Entry {
    fn from(row: super::Row) -> Self {
        Self { office: row.office, n: row.n, revision: row.revision, was: row.was, now: row.now, head: row.head }
    }
}

/// What a store did with a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// A row for each step, in their order.
    pub entries: Vec<Entry>,
    /// Whether the same job had done it before, and nothing was written now.
    pub again: bool,
}

impl Done {
    /// Of rows, each with whether it was there before: all or none, else the job's id was used for something else.
    pub(super) fn of(job: &str, rows: Vec<(Entry, bool)>) -> Result<Self, StoreError> {
        let again = rows.iter().all(|(_, again)| *again);
        if !again && rows.iter().any(|(_, again)| *again) {
            return Err(StoreError::Conflict(job.to_owned()));
        }
        Ok(Self { entries: rows.into_iter().map(|(entry, _)| entry).collect(), again })
    }
}

/// Whether the owner that a step names is written by it, and not asked for: a blank is bound when it is taken, a resident has a new family card.
pub(super) const fn binds(step: Step) -> bool {
    matches!(step, Step::Blank(blank::Step::Take) | Step::Resident(_))
}

/// The way that a step leads from where a thing stands.
///
/// # Errors
/// Why there is none: in this order, so that both databases refuse alike.
pub(super) fn way(signed: &Signed, step: Step, ground: Option<&Ground>, at: i64) -> Result<Edge, StoreError> {
    let kind = step.kind();
    let ground = ground.ok_or_else(|| StoreError::Unknown { kind, id: signed.step.id.to_string() })?;
    let asked = signed.step.owner.as_ref().filter(|_| !binds(step));
    if asked.is_some_and(|owner| ground.owner.as_deref() != Some(owner.as_str())) {
        return Err(StoreError::WrongOwner(kind));
    }
    let taken = signed.hands.taken();
    let way = step.edges(&taken).into_iter().find(|(was, _)| *was == ground.state);
    let way = way.ok_or_else(|| step.refusal(&ground.state, &taken))?;
    free(kind, signed.step.claim, ground, at)?;
    Ok(way)
}

fn free(kind: Kind, fence: Option<u64>, ground: &Ground, at: i64) -> Result<(), StoreError> {
    match (fence, ground.claim) {
        (None, Some((from, until))) if at >= from && at < until => Err(StoreError::Claimed(kind)),
        (Some(fence), Some(_)) if i64::try_from(fence) == Ok(ground.fence) => Ok(()),
        (Some(_), _) => Err(StoreError::ClaimLost(kind)),
        (None, _) => Ok(()),
    }
}

/// A unique constraint that was violated, named as PostgreSQL does or by its columns as SQLite does, as what it holds.
pub(super) fn duplicate(constraint: &str, job: &str, step: &Move, now: &str) -> StoreError {
    let kind = step.kind();
    let is_live = card::State::of_name(now).is_some_and(card::State::is_live);
    StoreError::Duplicate(match constraint {
        "application_one_open" | "application.subject" => Unique::OpenApplication,
        "card_one_live" => Unique::LiveCard,
        "card_one_unfinished" => Unique::UnfinishedCard,
        "card.subject" if is_live => Unique::LiveCard,
        "card.subject" => Unique::UnfinishedCard,
        "card_number_key" | "card.number" => Unique::CardNumber,
        "blank_card_key" | "blank.card" => Unique::BlankOfCard,
        "shift_one_open" | "shift.office, shift.station" => Unique::OpenShift,
        "audit_job" | "audit.job, audit.part" => return StoreError::Conflict(job.to_owned()),
        item if item.contains("_item") => Unique::Item,
        _ => return StoreError::Taken { kind, id: step.id.to_string() },
    })
}

/// What a step names, and is not there: of a blank the card that it is taken for.
pub(super) fn unknown_owner(step: &Move) -> StoreError {
    let kind = if step.kind() == Kind::Blank { Kind::Card } else { Kind::Application };
    StoreError::Unknown { kind, id: step.owner.as_ref().map(ToString::to_string).unwrap_or_default() }
}
