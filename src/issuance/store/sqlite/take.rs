//! A change in SQLite: one immediate transaction.

use super::error::{is_foreign, violated};
use super::read::one;
use crate::issuance::store::asked::number;
use crate::issuance::store::audit::{self, Hashed};
use crate::issuance::store::change::{Act, Change, Opening, Signed};
use crate::issuance::store::copies;
use crate::issuance::store::error::StoreError;
use crate::issuance::store::key::Mark;
use crate::issuance::store::rows;
use crate::issuance::store::rule::{Kind, Step};
use crate::issuance::store::sql::{self, Param};
use crate::issuance::store::statement::{self, Heading};
use crate::issuance::store::taking::{self, Done, Entry};
use crate::issuance::store::word::Id;
use rusqlite::{Connection, Transaction, TransactionBehavior};

pub(super) fn take(db: &mut Connection, change: &Change) -> Result<Done, StoreError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if copies::has_any(change)
        && one(&tx, copies::IS_THE_CENTRES, &[Param::Text(copies::centre().as_str())], rows::head)?.is_some()
    {
        return Err(StoreError::CentresOwn);
    }
    let parts = change.parts.iter().map(|signed| part(&tx, &change.heading, signed));
    let done = Done::of(change.heading.job.as_str(), parts.collect::<Result<_, _>>()?)?;
    if done.again {
        return Ok(done);
    }
    tx.commit()?;
    Ok(done)
}

/// What an application is kept under, in the place of what it was.
pub(super) fn mark(db: &mut Connection, application: &Id, marks: &[Mark]) -> Result<(), StoreError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let id = Param::Text(application.as_str());
    run(&tx, sql::UNMARK, &[id])?;
    for mark in marks {
        run(&tx, sql::MARK, &[Param::Bytes(mark.bytes()), id])?;
    }
    Ok(tx.commit()?)
}

/// One step and its row; whether it was there before.
fn part(tx: &Transaction<'_>, heading: &Heading, signed: &Signed) -> Result<(Entry, bool), StoreError> {
    if let Some(entry) = before(tx, heading, signed)? {
        return Ok((entry, true));
    }
    let (revision, was, now) = match &signed.step.act {
        Act::Open(opening) => open(tx, heading, signed, opening)?,
        Act::Step(step) => step_on(tx, heading, signed, *step)?,
    };
    for sealed in &signed.step.sealed {
        let (kind, id) = (Param::Text(sealed.kind.name()), Param::Text(sealed.id.as_str()));
        run(tx, sql::SEAL, &[kind, id, Param::Text(sealed.part.name()), Param::Bytes(&sealed.bytes)])?;
    }
    append(tx, heading, signed, revision, was, now).map(|entry| (entry, false))
}

fn run(tx: &Transaction<'_>, sql: &str, params: &[Param<'_>]) -> rusqlite::Result<usize> {
    tx.prepare_cached(&sql.replace('$', "?"))?.execute(rusqlite::params_from_iter(params))
}

/// What the same job did before.
fn before(tx: &Transaction<'_>, heading: &Heading, signed: &Signed) -> Result<Option<Entry>, StoreError> {
    let sql = "SELECT office, n, kind, id, revision, was, now, at, job, part, statement, hands, head FROM audit WHERE job = $1 AND part = $2";
    let params = [Param::Text(heading.job.as_str()), number(u64::from(signed.part))];
    let Some(row) = one(tx, sql, &params, rows::audit)? else { return Ok(None) };
    if row.statement != signed.statement {
        return Err(StoreError::Conflict(heading.job.to_string()));
    }
    Ok(Some(row.into()))
}

type Moved = (i64, &'static str, &'static str);

fn open(tx: &Transaction<'_>, heading: &Heading, signed: &Signed, opening: &Opening) -> Result<Moved, StoreError> {
    let (kind, now) = (opening.kind(), opening.begins());
    let (of, columns) = (sql::spec(kind), statement::columns(opening));
    let (id, office, at) = (signed.step.id.as_str(), heading.office.as_str(), heading.at.as_microsecond());
    let mut names = vec!["id", "format", "state", "office", "custody", of.word, "priority", "since", "changed", "revision"];
    let (text, int) = (Param::Text, Param::Int);
    let word = text(columns.word.unwrap_or_default());
    let priority = int(columns.priority.into());
    let mut values = vec![text(id), int(1), text(now), text(office), text(office), word, priority, int(at), int(at), int(1)];
    // A card is of its application's person; a blank's card is named when it is taken.
    let person = if let (Kind::Card, Some(owner)) = (kind, columns.owner) {
        let subject = one(tx, "SELECT subject FROM application WHERE id = $1", &[text(owner.as_str())], |row| row.bytes(0))?;
        let missing = || StoreError::Unknown { kind: Kind::Application, id: owner.to_string() };
        names.push("application");
        values.push(text(owner.as_str()));
        Some(subject.flatten().ok_or_else(missing)?)
    } else {
        if let (Kind::Resident, Some(family)) = (kind, columns.owner) {
            names.push("family");
            values.push(text(family.as_str()));
        }
        columns.subject.map(|subject| subject.bytes().to_vec())
    };
    let bytes = [("subject", person.as_deref()), ("family", columns.family.map(|family| family.bytes().as_slice()))];
    for (name, value) in bytes.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))) {
        names.push(name);
        values.push(Param::Bytes(value));
    }
    let places: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
    let sql = format!("INSERT INTO {} ({}) VALUES ({})", kind.name(), names.join(", "), places.join(", "));
    run(tx, &sql, &values).map_err(|e| refused(e, heading, signed, now))?;
    items(tx, heading, signed, opening)?;
    Ok((1, "", now))
}

fn items(tx: &Transaction<'_>, heading: &Heading, signed: &Signed, opening: &Opening) -> Result<(), StoreError> {
    let (table, Some(item)) = (opening.kind().name(), sql::spec(opening.kind()).item) else { return Ok(()) };
    let sql = format!("INSERT INTO {table}_item ({table}, item) SELECT $1, id FROM {} WHERE id = $2", item.name());
    for id in opening.items() {
        let params = [Param::Text(signed.step.id.as_str()), Param::Text(id.as_str())];
        let added = run(tx, &sql, &params).map_err(|e| refused(e, heading, signed, ""))?;
        if added == 0 {
            return Err(StoreError::Unknown { kind: item, id: id.to_string() });
        }
    }
    Ok(())
}

fn step_on(tx: &Transaction<'_>, heading: &Heading, signed: &Signed, step: Step) -> Result<Moved, StoreError> {
    let (kind, id, at) = (step.kind(), Param::Text(signed.step.id.as_str()), heading.at.as_microsecond());
    let ground = one(tx, &sql::ground(kind), &[id], rows::ground)?;
    let (was, now) = taking::way(signed, step, ground.as_ref(), at)?;
    let revision = ground.map_or(0, |ground| ground.revision).saturating_add(1);
    let table = kind.name();
    let mut params = vec![id, Param::Text(now), Param::Text(heading.office.as_str()), Param::Int(at), Param::Int(revision)];
    let mut bound = String::new();
    if let Some(owner) = signed.step.owner.as_ref().filter(|_| taking::binds(step)) {
        bound = format!(", {} = $6", sql::spec(kind).owner.unwrap_or_default());
        params.push(Param::Text(owner.as_str()));
    }
    let sql = format!(
        "UPDATE {table} SET state = $2, custody = $3, changed = $4, revision = $5, \
         claim_by = NULL, claim_from = NULL, claim_until = NULL{bound} WHERE id = $1"
    );
    run(tx, &sql, &params).map_err(|e| refused(e, heading, signed, now))?;
    Ok((revision, was, now))
}

fn append(
    tx: &Transaction<'_>,
    heading: &Heading,
    signed: &Signed,
    revision: i64,
    was: &str,
    now: &str,
) -> Result<Entry, StoreError> {
    let office = Param::Text(heading.office.as_str());
    let at = one(tx, "SELECT office, n, head FROM chain WHERE office = $1", &[office], rows::head)?;
    let (n, previous) = at.map_or_else(|| (0, audit::genesis(&heading.office)), |head| (head.n, head.head));
    let n = n.saturating_add(1);
    let hands = statement::write_hands(&signed.hands);
    let steps = u64::try_from(revision).unwrap_or_default();
    let head = audit::next(n, &previous, Hashed { revision: steps, was, now, statement: &signed.statement, hands: &hands });
    let (text, int) = (Param::Text, Param::Int);
    let row = [
        office,
        number(n),
        text(signed.step.kind().name()),
        text(signed.step.id.as_str()),
        int(revision),
        text(was),
        text(now),
        int(heading.at.as_microsecond()),
        text(heading.job.as_str()),
        number(u64::from(signed.part)),
        text(&signed.statement),
        text(&hands),
        Param::Bytes(&head),
    ];
    run(tx, "INSERT INTO audit VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)", &row)?;
    let forward = "INSERT INTO chain VALUES ($1, $2, $3) ON CONFLICT (office) DO UPDATE SET n = excluded.n, head = excluded.head";
    run(tx, forward, &[office, number(n), Param::Bytes(&head)])?;
    Ok(Entry { office: heading.office.clone(), n, revision: steps, was: was.to_owned(), now: now.to_owned(), head })
}

/// A violated constraint by what it holds.
fn refused(error: rusqlite::Error, heading: &Heading, signed: &Signed, now: &str) -> StoreError {
    match violated(&error) {
        Some(columns) => taking::duplicate(columns, heading.job.as_str(), &signed.step, now),
        None if is_foreign(&error) => taking::unknown_owner(&signed.step),
        None => error.into(),
    }
}
