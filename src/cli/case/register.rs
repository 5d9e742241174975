//! `ektp case register import` and `show`: the population register into the store, and a resident called up from it.

use super::words;
use crate::cli::Answer;
use crate::cli::office::{OfficeArgs, StoreArgs};
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place;
use crate::issuance::Role;
use crate::issuance::names::Named as _;
use crate::issuance::{register, resident};
use crate::limits::REGISTER_BYTES;
use crate::reason::Lang;
use crate::record::register as file;
use crate::record::{FamilyCardNo, Nik};
use crate::world::{Clock as _, SystemClock};
use serde_json::json;
use std::path::PathBuf;

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum RegisterVerb {
    /// Bring in residents of a file, CSV or JSON: all of them or none
    Import(ImportArgs),
    /// Record that a resident died or moved away: no card is made for them from then on
    Depart(DepartArgs),
    /// Call a resident up by NIK and family card
    Show(ShowArgs),
}

impl RegisterVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Import(_) => "case register import",
            Self::Depart(_) => "case register depart",
            Self::Show(_) => "case register show",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Import(args) => import(&args, out),
            Self::Depart(args) => depart(&args, out),
            Self::Show(args) => show(&args, out),
        }
    }
}

/// Which residents.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// The register: CSV (samples/register.csv) or JSON ({"format": "ektp-register/1", "residents": […]})
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    desk: OfficeArgs,
}

fn import(args: &ImportArgs, out: &mut Output) -> Answer {
    let bytes = place::read(&args.file, u64::try_from(REGISTER_BYTES).unwrap_or(u64::MAX))?;
    let residents = file::read(&bytes, SystemClock.today()).map_err(|e| Failure::at(&args.file, &e))?;
    let mut sitting = args.desk.sit(&[Role::Operator, Role::HeadOfRegistry, Role::Supervisor, Role::Centre])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let done = register::import(&mut desk, &job, &residents, by)?;
    let lang = out.lang();
    for (count, text) in [
        (done.new, lang.pick("new", "baru")),
        (done.changed, lang.pick("changed", "berubah")),
        (done.same, lang.pick("the same", "sama")),
        (done.kept, lang.pick("kept as the centre has them", "tetap menurut data pusat")),
    ] {
        out.line(format!("{count:>8} {text}"));
    }
    Ok(Outcome::yes(json!({"new": done.new, "changed": done.changed, "same": done.same, "kept": done.kept})))
}

/// Who, and why.
#[derive(Debug, clap::Args)]
pub struct DepartArgs {
    /// The NIK; - reads it from standard input, so that it stays out of the shell's history
    #[arg(value_name = "NIK", value_parser = words::nik)]
    nik: Nik,
    /// Why
    #[arg(long, value_name = "WHY")]
    why: Departure,
    #[command(flatten)]
    desk: OfficeArgs,
}

/// Why somebody is no resident any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Departure {
    /// Dead
    Dead,
    /// Moved to another regency
    Moved,
}

fn depart(args: &DepartArgs, out: &mut Output) -> Answer {
    let mut sitting = args.desk.sit(&[Role::HeadOfRegistry, Role::Supervisor, Role::Centre])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let (step, state) = match args.why {
        Departure::Dead => (resident::Step::RecordDeath, resident::State::Dead),
        Departure::Moved => (resident::Step::MoveAway, resident::State::Moved),
    };
    let left = register::depart(&mut desk, &job, &args.nik, step, by)?;
    let lang = out.lang();
    out.line(state.name());
    for id in &left.applications {
        let text = lang.pick("open: `ektp case withdraw`", "masih berjalan: `ektp case withdraw`");
        out.line(format!("  {id}  {text}"));
    }
    for (id, state) in &left.cards {
        let text = match *state {
            "active" | "suspended" => lang.pick("to be revoked: `ektp status revoke`", "harus dicabut: `ektp status revoke`"),
            "waiting" => lang.pick("to be taken back: `ektp return`", "harus ditarik: `ektp return`"),
            _ => lang.pick("to be taken back or revoked", "harus ditarik atau dicabut"),
        };
        out.line(format!("  {id}  {state}: {text}"));
    }
    let cards: Vec<_> = left.cards.iter().map(|(id, state)| json!({"card": id, "state": state})).collect();
    Ok(Outcome::yes(json!({"state": state.name(), "applications": left.applications, "cards": cards})))
}

/// Whom.
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// The NIK; - reads it from standard input, so that it stays out of the shell's history
    #[arg(value_name = "NIK", value_parser = words::nik)]
    nik: Nik,
    /// Number of the family card; - reads it from standard input
    #[arg(long, value_name = "NUMBER", value_parser = words::family)]
    family: FamilyCardNo,
    #[command(flatten)]
    store: StoreArgs,
}

fn show(args: &ShowArgs, out: &mut Output) -> Answer {
    let (mut store, key) = args.store.open()?;
    let known = register::call_up(store.as_mut(), &key, &args.nik, &args.family)?;
    let who = &known.resident.biodata;
    let lang = out.lang();
    out.line(format!("{}  {}", who.full_name.as_str(), known.state.name()));
    out.line(format!("{}  {}", who.birth_date, who.marital_status.text(Lang::Id)));
    out.line(if known.resident.holds_card {
        lang.pick("holds a card", "memegang KTP-el")
    } else {
        lang.pick("no card", "belum ada KTP-el")
    });
    let mut resident = known.resident.to_json();
    if let Some(fields) = resident.as_object_mut() {
        fields.shift_remove("format");
    }
    Ok(Outcome::yes(json!({"state": known.state.name(), "resident": resident})))
}
