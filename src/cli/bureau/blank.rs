//! `ektp blank …`: blanks come in by serial number, leave by another door than a card, and are looked up.

use super::SerialArgs;
use crate::cli::office::{OfficeArgs, StoreArgs};
use crate::cli::output::{Outcome, Output};
use crate::cli::{Answer, place};
use crate::crypto::hash::sha256;
use crate::issuance::Role;
use crate::issuance::bureau::blind;
use crate::issuance::bureau::stock::{self, Delivery, Door};
use crate::issuance::store::{Id, Kind, StoreError, Word};
use crate::limits::ISSUANCE_LIST_BYTES;
use crate::reason::Lang;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum BlankVerb {
    /// Take a delivery of blanks into stock, by serial number
    Receive(ReceiveArgs),
    /// Take blanks out of stock without a card, by two: spoiled, as samples, given back, or missing; or a missing one, found, to quarantine
    Leave(LeaveArgs),
    /// Show a blank: its type, where it is, the card that it became, and its life
    Show(ShowArgs),
}

/// Options of `blank receive`.
#[derive(Debug, clap::Args)]
pub struct ReceiveArgs {
    #[command(flatten)]
    serials: SerialArgs,
    /// The type of the blanks
    #[arg(long = "type", value_name = "TYPE")]
    of: String,
    /// Number of the delivery note
    #[arg(long, value_name = "NUMBER")]
    note: Option<String>,
    /// The delivery note itself: its SHA-256 goes into the audit
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `blank leave`.
#[derive(Debug, clap::Args)]
pub struct LeaveArgs {
    #[command(flatten)]
    serials: SerialArgs,
    /// By which door
    #[arg(long = "as", value_name = "DOOR", value_parser = ["spoiled", "sample", "given-back", "missing", "found"])]
    door: String,
    /// Why: a word; of what is missing a sentence, with which an incident begins
    #[arg(long, value_name = "TEXT")]
    because: String,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `blank show`.
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// Its serial number
    #[arg(value_name = "SERIAL")]
    serial: String,
    #[command(flatten)]
    store: StoreArgs,
}

/// Who receives stock, hands it out and answers for it.
pub(super) const STOCK: [Role; 4] = [Role::Personalizer, Role::Courier, Role::Supervisor, Role::Operator];

impl BlankVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Receive(_) => "blank receive",
            Self::Leave(_) => "blank leave",
            Self::Show(_) => "blank show",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Receive(args) => receive(&args, out),
            Self::Leave(args) => leave(&args, out),
            Self::Show(args) => show(&args, out),
        }
    }
}

fn receive(args: &ReceiveArgs, out: &mut Output) -> Answer {
    let evidence = args.evidence.as_deref().map(|path| place::read(path, ISSUANCE_LIST_BYTES)).transpose()?;
    let delivery = Delivery {
        of: Word::parse(&args.of)?,
        serials: args.serials.read()?,
        note: args.note.as_deref().map(Word::parse).transpose()?,
        evidence: evidence.map(|bytes| sha256(&bytes)),
    };
    let mut sitting = args.office.sit(&STOCK)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let new = stock::receive(&mut desk, &job, &delivery, by)?;
    let said = out.lang().pick("blanks received", "blangko diterima");
    out.line(format!("{} {said} ({})", delivery.serials.len(), delivery.of));
    Ok(Outcome::yes(json!({"job": job, "type": delivery.of, "blanks": delivery.serials.len(), "new": new})))
}

fn leave(args: &LeaveArgs, out: &mut Output) -> Answer {
    let serials = args.serials.read()?;
    let mut sitting = args.office.sit(&STOCK)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let door = match args.door.as_str() {
        "spoiled" => Some(Door::Spoil),
        "sample" => Some(Door::Sample),
        "given-back" => Some(Door::GiveBack),
        "found" => Some(Door::Find),
        _ => None,
    };
    let incident = match door {
        Some(door) => {
            stock::leave(&mut desk, &job, &serials, (door, &Word::parse(&args.because)?), by)?;
            None
        }
        None => Some(stock::miss(&mut desk, &job, &serials, &args.because, by)?),
    };
    let said = out.lang().pick("blanks left the stock", "blangko keluar dari stok");
    out.line(format!("{} {said}: {}", serials.len(), args.door));
    if let Some(incident) = &incident {
        out.line(format!("{} {incident}", out.lang().pick("incident", "insiden")));
    }
    Ok(Outcome::yes(json!({"job": job, "blanks": serials.len(), "as": args.door, "incident": incident})))
}

/// What is said of a blank in an open shift, before that shift's name.
pub fn withheld_by(lang: Lang) -> &'static str {
    lang.pick("what became of it is told when this shift is closed:", "keadaannya diberitahukan setelah sif ini ditutup:")
}

fn show(args: &ShowArgs, out: &mut Output) -> Answer {
    let id = Id::parse(&args.serial)?;
    let (mut store, key) = args.store.open()?;
    let unknown = || StoreError::Unknown { kind: Kind::Blank, id: id.to_string() };
    let found = store.standing(Kind::Blank, &id)?.ok_or_else(unknown)?;
    // What lies in an open shift is told up to where that began.
    let shift = blind::shift_of(store.as_mut(), &key, &found)?;
    let (state, card) = if shift.is_some() { (blind::OPEN_SHIFT, None) } else { (found.state, found.owner.as_ref()) };
    let mut life = store.history(Kind::Blank, &id, 0, crate::limits::STORE_PAGE_ROWS)?;
    life.retain(|row| shift.as_ref().is_none_or(|shift| row.at < shift.since.as_microsecond()));
    out.line(format!("{}  {}  {state}  {}", found.id, found.word, found.custody));
    if let Some(shift) = &shift {
        out.line(format!("  {} {}", withheld_by(out.lang()), shift.id));
    }
    let mut steps: Vec<Value> = Vec::new();
    for row in &life {
        let at = jiff::Timestamp::from_microsecond(row.at).map_err(|_| StoreError::Damaged("time"))?;
        let (step, why) = (row.step().unwrap_or_default(), row.reason());
        out.line(format!("  {at:.0}  {}  {step} → {}  {}", row.office, row.now, why.clone().unwrap_or_default()).trim_end());
        steps.push(json!({"at": format!("{at:.0}"), "office": row.office, "step": step, "state": row.now, "reason": why}));
    }
    Ok(Outcome::yes(json!({
        "blank": found.id, "type": found.word, "state": state, "office": found.office, "custody": found.custody,
        "card": card, "shift": shift.map(|shift| shift.id), "life": steps,
    })))
}
