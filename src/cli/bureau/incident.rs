//! `ektp incident …`: what was reported missing, broken or disputed, and what came of it.

use crate::cli::Answer;
use crate::cli::office::{OfficeArgs, StoreArgs};
use crate::cli::output::{Outcome, Output};
use crate::issuance::Role;
use crate::issuance::bureau::incident;
use crate::issuance::incident::State;
use crate::issuance::names::Named as _;
use crate::issuance::store::{Id, Kind, Page};
use crate::limits::STORE_PAGE_ROWS;
use serde_json::json;

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum IncidentVerb {
    /// Open an incident about cards, blanks, a shipment or anything else that the store knows
    Open(Box<OpenArgs>),
    /// List incidents
    List(ListArgs),
    /// Close an incident by two, with what came of it
    Close(Box<CloseArgs>),
    /// Show an incident: what it is about, what was reported, what came of it
    Show(ShowArgs),
}

/// Options of `incident open`.
#[derive(Debug, clap::Args)]
pub struct OpenArgs {
    /// What it is about: things of one kind
    #[arg(value_name = "ID", required = true)]
    things: Vec<String>,
    /// What happened, in a sentence or two
    #[arg(long, value_name = "TEXT")]
    because: String,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `incident list`.
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Closed ones too
    #[arg(long)]
    all: bool,
    /// Of this office alone
    #[arg(long, value_name = "OFFICE")]
    office: Option<crate::issuance::Office>,
    #[command(flatten)]
    store: StoreArgs,
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
            Self::Open(_) => "incident open",
            Self::List(_) => "incident list",
            Self::Close(_) => "incident close",
            Self::Show(_) => "incident show",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Open(args) => open(&args, out),
            Self::List(args) => list(&args, out),
            Self::Close(args) => close(&args, out),
            Self::Show(args) => show(&args, out),
        }
    }
}

/// Who may report one.
const REPORTERS: [Role; 8] = [
    Role::Operator,
    Role::Supervisor,
    Role::Personalizer,
    Role::Courier,
    Role::Adjudicator,
    Role::Approver,
    Role::Witness,
    Role::Centre,
];

fn open(args: &OpenArgs, out: &mut Output) -> Answer {
    let things = args.things.iter().map(|text| Id::parse(text)).collect::<Result<Vec<_>, _>>()?;
    let mut sitting = args.office.sit(&REPORTERS)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let id = incident::open(&mut desk, &job, &things, &args.because, by)?;
    out.line(format!("{id} {}", out.lang().pick("is open", "dibuka")));
    Ok(Outcome::yes(json!({"job": job, "incident": id, "things": things})))
}

fn list(args: &ListArgs, out: &mut Output) -> Answer {
    let (mut store, _) = args.store.open()?;
    let state = (!args.all).then(|| State::Open.name());
    let office = args.office.map(Into::into);
    let mut page = Page { state, office, limit: STORE_PAGE_ROWS, ..Page::of(Kind::Incident) };
    let mut incidents = Vec::new();
    loop {
        let all = store.page(&page)?;
        let Some(last) = all.last() else { break };
        page.after = Some(last.cursor());
        for one in &all {
            out.line(format!("{}  {}  {}  {}  {}", one.id, one.state, one.office, one.since, one.word));
            incidents.push(json!({
                "incident": one.id, "state": one.state, "office": one.office, "since": one.since.to_string(), "about": one.word,
            }));
        }
    }
    Ok(Outcome::yes(json!({"incidents": incidents})))
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
