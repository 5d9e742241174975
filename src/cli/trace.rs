//! `ektp trace`: the life of whatever an identifier is of, with hands, places, times and receipts.

use super::Answer;
use super::bureau::blank::withheld_by;
use super::office::StoreArgs;
use super::output::{Failure, Outcome, Output};
use super::secret_input;
use crate::issuance::names::Named as _;
use crate::issuance::trace::{Event, belonging, find, life, withheld};
use crate::reason::Reason;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Whose life.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A NIK, an application, a card or its document number, a blank's or a chip's serial, a shipment or a batch; - reads it from standard
    /// input, so that a NIK stays out of the shell's history
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    store: StoreArgs,
}

/// Finds and tells.
pub fn run(args: &Args, out: &mut Output) -> Answer {
    let text = if args.id == "-" { secret_input::read("-", "identifier")?.expose().trim().to_owned() } else { args.id.clone() };
    let (mut store, key) = args.store.open()?;
    let things = find(store.as_mut(), &key, &text)?;
    if things.is_empty() {
        return Err(Failure::new(Reason::IdentifierUnknown, "nothing in the store has this identifier"));
    }
    let withheld = withheld(store.as_mut(), &key, &things)?;
    let things = match &withheld {
        Some((blank, _)) => std::iter::once(blank.clone()).collect(),
        None => belonging(store.as_mut(), things)?,
    };
    let mut events = life(store.as_mut(), &key, &things)?;
    if let Some(((_, blank), shift)) = &withheld {
        events.retain(|event| event.row.at < shift.since.as_microsecond());
        let said = withheld_by(out.lang());
        out.line(format!("{blank}  {said} {}", shift.id));
    }
    for event in &events {
        out.line(line(event));
    }
    let things: Vec<Value> = things.iter().map(|(kind, id)| json!({"kind": kind.name(), "id": id})).collect();
    let shift = withheld.map(|(_, shift)| shift.id);
    Ok(Outcome::yes(json!({"things": things, "open_shift": shift, "events": events.iter().map(told).collect::<Vec<_>>()})))
}

fn at(event: &Event) -> String {
    Timestamp::from_microsecond(event.row.at).map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
}

fn line(event: &Event) -> String {
    let row = &event.row;
    let hands: Vec<String> =
        event.hands.iter().map(|(id, role)| format!("{} {}", role.name(), id.get(..8).unwrap_or(id))).collect();
    let mut more: Vec<String> = event.reason.iter().map(|reason| format!("({reason})")).collect();
    more.extend(event.shipment.iter().map(|id| format!("in {id}")));
    more.extend(event.device.iter().map(|device| format!("on {device}")));
    more.extend(event.seals.iter().map(|seal| format!("seal {seal}")));
    more.extend(event.receipt.iter().map(|receipt| format!("receipt {} ({})", receipt.number, receipt.word())));
    more.extend(event.chip.iter().map(|serial| format!("chip {serial}")));
    let by = if event.chip_receipt.is_some() { "chip's receipt" } else { "by" };
    more.extend(event.evidence.iter().map(|sha256| format!("{by} {}", sha256.get(..16).unwrap_or(sha256))));
    let more = if more.is_empty() { String::new() } else { format!("  {}", more.join(" ")) };
    format!(
        "{}  {:<10} {:<11} {:<20} {}: {} → {}{more}  [{}]",
        at(event),
        row.office,
        row.kind.name(),
        row.id,
        event.step,
        if row.was.is_empty() { "·" } else { &row.was },
        row.now,
        hands.join(", ")
    )
}

fn told(event: &Event) -> Value {
    let row = &event.row;
    let hands: Vec<Value> = event.hands.iter().map(|(id, role)| json!({"officer": id, "role": role.name()})).collect();
    let receipt = event.receipt.map(|receipt| json!({"paper": receipt.word(), "number": receipt.number}));
    json!({
        "at": at(event), "office": row.office, "n": row.n, "kind": row.kind.name(), "id": row.id, "step": event.step, "from": row.was,
        "to": row.now, "hands": hands, "reason": event.reason, "evidence": event.evidence, "device": event.device,
        "shipment": event.shipment, "seals": event.seals, "receipt": receipt, "chip": event.chip,
        "chip_receipt": event.chip_receipt,
    })
}
