//! `ektp incident …`: what was reported missing, broken or disputed, and what came of it.

use crate::cli::Answer;
use crate::cli::office::{OfficeArgs, StoreArgs};
use crate::cli::output::{Outcome, Output};
use crate::issuance::Role;
use crate::issuance::bureau::incident;
use crate::issuance::store::Id;
use serde_json::json;

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum IncidentVerb {
    /// Close an incident by two, with what came of it
    Close(Box<CloseArgs>),
    /// Show an incident: what it is about, what was reported, what came of it
    Show(ShowArgs),
}

/// Options of `incident close`.
#[derive(Debug, clap::Args)]
pub struct CloseArgs {
    /// The incident
    #[arg(value_name = "ID")]
    incident: String,
    /// What came of it, in a sentence or two
    #[arg(long, value_name = "TEXT")]
    because: String,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `incident show`.
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// The incident
    #[arg(value_name = "ID")]
    incident: String,
    #[command(flatten)]
    store: StoreArgs,
}

impl IncidentVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Close(_) => "incident close",
            Self::Show(_) => "incident show",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Close(args) => close(&args, out),
            Self::Show(args) => show(&args, out),
        }
    }
}

fn close(args: &CloseArgs, out: &mut Output) -> Answer {
    let id = Id::parse(&args.incident)?;
    let roles = [Role::Supervisor, Role::Adjudicator, Role::Personalizer, Role::Operator, Role::Courier];
    let mut sitting = args.office.sit(&roles)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    incident::close(&mut desk, &job, &id, &args.because, by)?;
    out.line(format!("{id} {}", out.lang().pick("is closed", "ditutup")));
    Ok(Outcome::yes(json!({"job": job, "incident": id})))
}

fn show(args: &ShowArgs, out: &mut Output) -> Answer {
    let id = Id::parse(&args.incident)?;
    let (mut store, key) = args.store.open()?;
    let shown = incident::show(store.as_mut(), &key, &id)?;
    let (standing, report) = (&shown.standing, &shown.report);
    let outcome = shown.outcome.as_ref().map(|outcome| outcome.text.as_str());
    out.line(format!("{}  {}  {}", standing.id, standing.state, standing.office));
    out.line(format!("{}: {}", report.kind, report.things.join(", ")));
    out.line(&report.text);
    if let Some(text) = outcome {
        out.line(text);
    }
    Ok(Outcome::yes(json!({
        "incident": standing.id, "state": standing.state, "office": standing.office, "kind": report.kind,
        "things": report.things, "report": report.text, "outcome": outcome,
    })))
}
