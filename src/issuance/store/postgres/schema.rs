//! The tables, guards and calls of a store in PostgreSQL: for each kind of thing one call to begin it and one to take a step.

use crate::issuance::store::rule::Kind;
use crate::issuance::store::sql;
use crate::perso::journal::schema as journal;

/// All that a format adds, in order.
pub(in crate::issuance::store) fn of_format(format: u32) -> String {
    let mut text = match format {
        3 => journal::tables("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "BYTEA", "BIGINT", ""),
        _ => sql::tables(format, "BYTEA", "BIGINT", ""),
    };
    text.push_str(match format {
        1 => include_str!("guards.sql"),
        2 => include_str!("guards-2.sql"),
        3 => include_str!("guards-3.sql"),
        5 => include_str!("guards-5.sql"),
        _ => "",
    });
    // From format 4 on a call does not ask first what its job did before; from 5 on it finds its row by the key alone.
    let is_made = |kind: &Kind| kind.since() == format || matches!(format, 4 | 5) && kind.since() < format;
    for kind in Kind::ALL.into_iter().filter(is_made) {
        text.push_str(&open(kind));
        text.push_str(&step(kind));
    }
    text
}

fn open(kind: Kind) -> String {
    let (columns, values, from) = match kind {
        Kind::Application => ("subject, family, procedure", "p_subject, p_family, p_word", ""),
        // Whose a card is follows from its application.
        Kind::Card => ("subject, application, number", "a.subject, p_owner, p_word", " FROM application a WHERE a.id = p_owner"),
        Kind::Blank | Kind::Batch => ("type", "p_word", ""),
        Kind::Shipment => ("destination", "p_word", ""),
        Kind::Shift => ("station", "p_word", ""),
        Kind::Incident => ("about", "p_word", ""),
        Kind::Resident => ("subject, family, source", "p_subject, p_owner, p_word", ""),
    };
    let items = sql::spec(kind).item.map_or_else(String::new, |item| {
        format!(
            "SELECT i INTO v_statement FROM unnest(p_items) i WHERE NOT EXISTS (SELECT 1 FROM {} x WHERE x.id = i) LIMIT 1;
  IF FOUND THEN RAISE EXCEPTION USING ERRCODE = 'EK003', MESSAGE = v_statement; END IF;
  INSERT INTO {}_item SELECT p_id, unnest(p_items);",
            item.name(),
            kind.name()
        )
    });
    let template = include_str!("open.sql").replace("{columns}", columns).replace("{values}", values);
    of_kind(kind, &template.replace("{from}", from).replace("{items}", &items))
}

fn step(kind: Kind) -> String {
    let (set, owner) = match kind {
        // A blank is bound to its card when it is taken.
        Kind::Blank => (", card = coalesce(p_owner, t.card)", ""),
        Kind::Resident => (", family = coalesce(p_owner, t.family)", ""),
        Kind::Card => ("", " AND (p_owner IS NULL OR t.application = p_owner)"),
        _ => ("", ""),
    };
    of_kind(kind, &include_str!("step.sql").replace("{set}", set).replace("{owner}", owner))
}

/// What every call begins and ends with.
fn of_kind(kind: Kind, template: &str) -> String {
    let whole = template.replace("{lock}", include_str!("lock.sql").trim()).replace("{append}", include_str!("row.sql").trim());
    whole.replace("{kind}", kind.name())
}
