//! A change in PostgreSQL: one call a step, and one transaction around several.

use super::PostgresStore;
use super::error::{is_foreign, missing_item, violated};
use super::read::bound;
use crate::issuance::store::Store as _;
use crate::issuance::store::audit;
use crate::issuance::store::change::{Act, Change, Opening, Signed};
use crate::issuance::store::copies;
use crate::issuance::store::error::StoreError;
use crate::issuance::store::key::Mark;
use crate::issuance::store::rows::{self, Columns};
use crate::issuance::store::rule::{Kind, Step};
use crate::issuance::store::sql::{self, Param};
use crate::issuance::store::statement::{self, Heading};
use crate::issuance::store::taking::{self, Done, Entry};
use crate::issuance::store::word::Id;
use ::postgres::types::ToSql;
use ::postgres::{GenericClient, Row, Statement};

/// The call that writes a step, and the question why it did not.
struct Calls {
    write: Statement,
    ground: Statement,
    seal: Option<Statement>,
}

/// Takes a change. What the same job did before stands in its own way: only whoever is refused looks whether it was that.
pub(super) fn take(store: &mut PostgresStore, change: &Change) -> Result<Done, StoreError> {
    let refused = match write(store, change) {
        Err(error) if !matches!(error, StoreError::Unavailable(_) | StoreError::Full) => error,
        other => return other,
    };
    before(store, change)?.ok_or(refused)
}

/// What the same job did before, if it did anything.
fn before(store: &mut PostgresStore, change: &Change) -> Result<Option<Done>, StoreError> {
    let rows = store.job(&change.heading.job)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let same = |(row, part): (&audit::Row, &Signed)| row.statement == part.statement && row.part == part.part;
    if rows.len() == change.parts.len() && rows.iter().zip(&change.parts).all(same) {
        return Ok(Some(Done { entries: rows.into_iter().map(Entry::from).collect(), again: true }));
    }
    Err(StoreError::Conflict(change.heading.job.to_string()))
}

fn write(store: &mut PostgresStore, change: &Change) -> Result<Done, StoreError> {
    if copies::has_any(change) && store.client.query_opt(copies::IS_THE_CENTRES, &[&copies::centre().as_str()])?.is_some() {
        return Err(StoreError::CentresOwn);
    }
    let calls: Vec<Calls> = change.parts.iter().map(|signed| calls(store, signed)).collect::<Result<_, _>>()?;
    let heading = &change.heading;
    if let ([signed], [call]) = (change.parts.as_slice(), calls.as_slice())
        && signed.step.sealed.is_empty()
    {
        return Ok(Done { entries: vec![part(&mut store.client, heading, signed, call)?], again: false });
    }
    let mut tx = store.client.transaction()?;
    let mut written = Vec::with_capacity(calls.len());
    for (signed, call) in change.parts.iter().zip(&calls) {
        written.push(part(&mut tx, heading, signed, call)?);
    }
    tx.commit()?;
    Ok(Done { entries: written, again: false })
}

/// What an application is kept under, in the place of what it was.
pub(super) fn mark(store: &mut PostgresStore, application: &Id, marks: &[Mark]) -> Result<(), StoreError> {
    let (unmark, mark) = (store.prepared(sql::UNMARK)?, store.prepared(sql::MARK_ALL)?);
    let (id, all) = (application.as_str(), marks.iter().map(|mark| mark.bytes().as_slice()).collect::<Vec<_>>());
    let mut tx = store.client.transaction()?;
    tx.execute(&unmark, &[&id])?;
    tx.execute(&mark, &[&all, &id])?;
    Ok(tx.commit()?)
}

fn calls(store: &mut PostgresStore, signed: &Signed) -> Result<Calls, StoreError> {
    let kind = signed.step.kind();
    let (call, params) = match signed.step.act {
        Act::Open(_) => ("open", 14),
        Act::Step(_) => ("step", 11),
    };
    let places: Vec<String> = (1..=params).map(|n| format!("${n}")).collect();
    let write =
        format!("SELECT o_code, o_n, o_revision, o_was, o_now, o_head FROM {call}_{}({})", kind.name(), places.join(", "));
    let seal = if signed.step.sealed.is_empty() { None } else { Some(store.prepared(sql::SEAL)?) };
    Ok(Calls { write: store.prepared(&write)?, ground: store.prepared(&sql::ground(kind))?, seal })
}

/// One step and its row.
fn part(client: &mut impl GenericClient, heading: &Heading, signed: &Signed, calls: &Calls) -> Result<Entry, StoreError> {
    let row = match &signed.step.act {
        Act::Open(opening) => open(client, heading, signed, opening, calls),
        Act::Step(step) => step_on(client, heading, signed, *step, calls),
    }?;
    let code = row.text(0)?.unwrap_or_default();
    match (code.as_str(), &signed.step.act) {
        ("missing", _) => {
            return Err(StoreError::Unknown { kind: Kind::Application, id: row.text(3)?.unwrap_or_default() });
        }
        ("refused", Act::Step(step)) => return Err(why(client, heading, signed, *step, calls)),
        _ => {}
    }
    if let Some(seal) = &calls.seal {
        for sealed in &signed.step.sealed {
            let (kind, id) = (Param::Text(sealed.kind.name()), Param::Text(sealed.id.as_str()));
            client.execute(seal, &bound(&[kind, id, Param::Text(sealed.part.name()), Param::Bytes(&sealed.bytes)]))?;
        }
    }
    entry(heading, &row)
}

fn entry(heading: &Heading, row: &Row) -> Result<Entry, StoreError> {
    let damaged = || StoreError::Damaged("a call's answer");
    let count = |at| -> Result<u64, StoreError> { row.int(at)?.and_then(|n| u64::try_from(n).ok()).ok_or_else(damaged) };
    let text = |at| -> Result<String, StoreError> { row.text(at)?.ok_or_else(damaged) };
    let head = row.bytes(5)?.and_then(|bytes| bytes.try_into().ok()).ok_or_else(damaged)?;
    Ok(Entry { office: heading.office.clone(), n: count(1)?, revision: count(2)?, was: text(3)?, now: text(4)?, head })
}

fn open(
    client: &mut impl GenericClient,
    heading: &Heading,
    signed: &Signed,
    opening: &Opening,
    calls: &Calls,
) -> Result<Row, StoreError> {
    let columns = statement::columns(opening);
    let items: Vec<&str> = opening.items().iter().map(|id| id.as_str()).collect();
    let (office, id, at) = (heading.office.as_str(), signed.step.id.as_str(), heading.at.as_microsecond());
    let (subject, family) = (columns.subject.map(|s| s.bytes().as_slice()), columns.family.map(|s| s.bytes().as_slice()));
    let (owner, priority) = (columns.owner.map(|id| id.as_str()), i64::from(columns.priority));
    let (job, part, hands) = (heading.job.as_str(), i64::from(signed.part), statement::write_hands(&signed.hands));
    let params: [&(dyn ToSql + Sync); 14] = [
        &office,
        &id,
        &opening.begins(),
        &subject,
        &family,
        &owner,
        &columns.word,
        &priority,
        &items,
        &at,
        &job,
        &part,
        &signed.statement,
        &hands,
    ];
    client.query_one(&calls.write, &params).map_err(|e| refused(e, heading, signed, opening.begins()))
}

fn step_on(
    client: &mut impl GenericClient,
    heading: &Heading,
    signed: &Signed,
    step: Step,
    calls: &Calls,
) -> Result<Row, StoreError> {
    let (from, to): (Vec<&str>, Vec<&str>) = step.edges(&signed.hands.taken()).into_iter().unzip();
    let (office, id, at) = (heading.office.as_str(), signed.step.id.as_str(), heading.at.as_microsecond());
    let owner = owner(client, heading, signed, step, calls)?;
    // No fence is so large that a table has it: it is lost.
    let fence = signed.step.claim.map(|fence| i64::try_from(fence).unwrap_or(i64::MAX));
    let (job, part, hands) = (heading.job.as_str(), i64::from(signed.part), statement::write_hands(&signed.hands));
    let params: [&(dyn ToSql + Sync); 11] =
        [&office, &id, &from, &to, &owner, &fence, &at, &job, &part, &signed.statement, &hands];
    let now = to.first().copied().unwrap_or_default();
    client.query_one(&calls.write, &params).map_err(|e| refused(e, heading, signed, now))
}

/// The owner that the call is given. A blank's call binds what it is given: a step that only asks whose the blank is, is held to it here,
/// where it cannot change any more, and gives none.
fn owner<'a>(
    client: &mut impl GenericClient,
    heading: &Heading,
    signed: &'a Signed,
    step: Step,
    calls: &Calls,
) -> Result<Option<&'a str>, StoreError> {
    let Some(owner) = signed.step.owner.as_ref().map(|id| id.as_str()) else { return Ok(None) };
    if step.kind() != Kind::Blank || taking::binds(step) {
        return Ok(Some(owner));
    }
    let asked = client.query_opt(&calls.ground, &[&signed.step.id.as_str()])?;
    let bound = asked.map(|row| rows::ground(&row)).transpose()?.and_then(|ground| ground.owner);
    if bound.as_deref() == Some(owner) { Ok(None) } else { Err(why(client, heading, signed, step, calls)) }
}

/// Why a step was not written. If nothing stands in its way now, somebody else was quicker then: it is tried again.
fn why(client: &mut impl GenericClient, heading: &Heading, signed: &Signed, step: Step, calls: &Calls) -> StoreError {
    let asked = client.query_opt(&calls.ground, &[&signed.step.id.as_str()]).map_err(StoreError::from);
    let ground = asked.and_then(|row| row.map(|row| rows::ground(&row)).transpose());
    let way = ground.and_then(|ground| taking::way(signed, step, ground.as_ref(), heading.at.as_microsecond()));
    way.err().unwrap_or(StoreError::Busy)
}

/// A violated constraint by what it holds.
fn refused(error: ::postgres::Error, heading: &Heading, signed: &Signed, now: &str) -> StoreError {
    if let Some(constraint) = violated(&error) {
        return taking::duplicate(constraint, heading.job.as_str(), &signed.step, now);
    }
    let item = sql::spec(signed.step.kind()).item;
    if let (Some(id), Some(kind)) = (missing_item(&error), item) {
        return StoreError::Unknown { kind, id: id.to_owned() };
    }
    if is_foreign(&error) { taking::unknown_owner(&signed.step) } else { error.into() }
}
