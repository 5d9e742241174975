//! `ektp case show`: where a case stands and how it came there; nothing of the person.

use super::words;
use crate::cli::Answer;
use crate::cli::office::StoreArgs;
use crate::cli::output::{Outcome, Output};
use crate::issuance::case::Case;
use crate::issuance::names::Named as _;
use crate::issuance::next;
use crate::issuance::store::{Id, Kind, Row};
use crate::limits::STORE_PAGE_ROWS;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Which case.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = words::application)]
    application: Id,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let (mut store, key) = args.store.open()?;
    let case = Case::read(store.as_mut(), &key, &args.application)?;
    let rows = store.history(Kind::Application, &args.application, 0, STORE_PAGE_ROWS)?;
    let (dossier, standing) = (&case.dossier, &case.standing);
    out.line(format!("{}  {}  {} ({})", case.id, case.state.name(), dossier.procedure.name(), dossier.reason.name()));
    let cards = store.find(Kind::Card, crate::issuance::store::By::Owner(&args.application))?;
    let follows = next::after(Kind::Application, case.state.name());
    say_next(out, "  ", &follows);
    for card in &cards {
        out.line(format!("  {}  {}", card.id, card.state));
        say_next(out, "    ", &next::after(Kind::Card, card.state));
    }
    let cards =
        cards.iter().map(|card| json!({"card": card.id, "state": card.state, "next": next::after(Kind::Card, card.state)}));
    let cards: Vec<Value> = cards.collect();
    let history: Vec<Value> = rows.iter().map(told).collect();
    for row in &history {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        out.line(format!("  {}  {:<10} {} → {}", text("at"), text("office"), text("from"), text("to")));
    }
    Ok(Outcome::yes(json!({
        "application": case.id, "state": case.state.name(), "procedure": dossier.procedure.name(), "reason": dossier.reason.name(),
        "office": standing.office, "receipt": dossier.receipt, "changed_fields": dossier.changes.len(), "cards": cards,
        "history": history, "next": follows
    })))
}

/// The verbs that take it on from here.
fn say_next(out: &mut Output, indent: &str, verbs: &[&str]) {
    if !verbs.is_empty() {
        out.line(format!("{indent}{}: {}", out.lang().pick("next", "berikutnya"), verbs.join(", ")));
    }
}

fn told(row: &Row) -> Value {
    let at = Timestamp::from_microsecond(row.at).map(|at| at.to_string()).unwrap_or_default();
    json!({"at": at, "office": row.office, "from": row.was, "to": row.now})
}
