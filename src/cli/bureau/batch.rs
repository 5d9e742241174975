//! `ektp batch …`: applications become cards together, and every row and blank is accounted for.

use super::engine::EngineArgs;
use super::maker::Program;
use super::making::Making;
use super::{Ids, named, text};
use crate::cli::office::{OfficeArgs, StoreArgs};
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::{Answer, place};
use crate::issuance::Role;
use crate::issuance::bureau::batch::{self, Choice};
use crate::issuance::bureau::quota::Quota;
use crate::issuance::bureau::result::{self, Row};
use crate::issuance::bureau::run::{self, Ran, Station, Stopped};
use crate::issuance::bureau::{requeue, shift as shifts};
use crate::issuance::store::{Id, Kind, Office, StoreError, Word};
use crate::limits::ISSUANCE_ITEMS;
use crate::reason::Reason;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum BatchVerb {
    /// Put a batch together: these applications, or those that the bureau's rules choose
    Create(CreateArgs),
    /// Approve a batch: by somebody who did not put it together
    Approve(BatchArgs),
    /// Make the cards of a batch at a station with an open shift
    Run(RunArgs),
    /// Go on with a batch that was interrupted: finished cards are left alone, begun ones keep their blank
    Resume(RunArgs),
    /// Close a batch by two, with nothing in process; what was not begun waits for another
    Close(CloseArgs),
    /// Give a batch up before it runs: its applications wait for another
    Withdraw(WithdrawArgs),
    /// Send what failed back to be approved and made again; the old numbers stay revoked
    Requeue(RequeueArgs),
    /// Show what became of each row so far
    Show(ShowArgs),
}

/// Options of `batch create`.
#[derive(Debug, clap::Args)]
pub struct CreateArgs {
    #[command(flatten)]
    applications: Ids,
    /// Name of the batch; the job's if not given
    #[arg(long, value_name = "ID")]
    batch: Option<String>,
    /// The type of its blanks
    #[arg(long = "type", value_name = "TYPE")]
    of: String,
    /// The bureau's rules, TOML, which choose among all that is print ready and made here
    #[arg(long, value_name = "FILE", conflicts_with_all = ["ids", "file"])]
    rules: Option<PathBuf>,
    /// At most so many, by the rules
    #[arg(long, value_name = "COUNT", default_value_t = ISSUANCE_ITEMS)]
    most: usize,
    #[command(flatten)]
    office: OfficeArgs,
}

/// A batch.
#[derive(Debug, clap::Args)]
pub struct BatchArgs {
    /// The batch
    #[arg(long, value_name = "ID")]
    batch: String,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `batch run` and `batch resume`.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// The batch
    #[arg(long, value_name = "ID")]
    batch: String,
    /// The station, at which a shift is open
    #[arg(long, value_name = "NAME")]
    station: String,
    #[command(flatten)]
    engine: EngineArgs,
    /// What prints and checks, and writes the chips where no --reader is given: a program, run as `PROGRAM STAGE CARD NUMBER BLANK APPLICATION` (STAGE: encode, print, check); exit 0 done, 3 spoiled, 4 the
    /// state of the chip is not known, else the card waits
    #[arg(long, value_name = "PROGRAM", required_unless_present = "reader")]
    maker: Option<PathBuf>,
    /// Ask that program which blank lies at the station (`PROGRAM blank`); without it, the shift's blanks are taken in their order
    #[arg(long, conflicts_with = "reader")]
    ask_blank: bool,
    /// After so many failures, one after the other, the station stops
    #[arg(long, value_name = "COUNT", default_value_t = 3)]
    most_failures: usize,
    /// For how many seconds a row is this station's alone
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    lease: u32,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `batch close`.
#[derive(Debug, clap::Args)]
pub struct CloseArgs {
    /// The batch
    #[arg(long, value_name = "ID")]
    batch: String,
    /// Write the result here, CSV: a line for each row, in the order of the batch
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `batch requeue`.
#[derive(Debug, clap::Args)]
pub struct RequeueArgs {
    #[command(flatten)]
    applications: Ids,
    /// The batch
    #[arg(long, value_name = "ID")]
    batch: String,
    /// All rows that failed
    #[arg(long, conflicts_with_all = ["ids", "file"])]
    failed: bool,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `batch withdraw`.
#[derive(Debug, clap::Args)]
pub struct WithdrawArgs {
    /// The batch
    #[arg(long, value_name = "ID")]
    batch: String,
    /// Why, in a word
    #[arg(long, value_name = "WORD")]
    because: String,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `batch show`.
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// The batch
    #[arg(value_name = "ID")]
    batch: String,
    #[command(flatten)]
    store: StoreArgs,
}

const BUREAU: [Role; 2] = [Role::Personalizer, Role::Supervisor];

impl BatchVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "batch create",
            Self::Approve(_) => "batch approve",
            Self::Run(_) => "batch run",
            Self::Resume(_) => "batch resume",
            Self::Close(_) => "batch close",
            Self::Withdraw(_) => "batch withdraw",
            Self::Requeue(_) => "batch requeue",
            Self::Show(_) => "batch show",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Create(args) => create(&args, out),
            Self::Approve(args) => approve(&args, out),
            Self::Run(args) => make(&args, false, out),
            Self::Resume(args) => make(&args, true, out),
            Self::Close(args) => close(&args, out),
            Self::Withdraw(args) => withdraw(&args, out),
            Self::Requeue(args) => again(&args, out),
            Self::Show(args) => show(&args, out),
        }
    }
}

fn create(args: &CreateArgs, out: &mut Output) -> Answer {
    let choice = match &args.rules {
        Some(path) => Choice::Rules(Quota::parse(&text(path)?)?, args.most),
        None => Choice::List(args.applications.read()?),
    };
    let of = Word::parse(&args.of)?;
    let mut sitting = args.office.sit(&BUREAU)?;
    let job = sitting.job.clone();
    let id = named(args.batch.as_ref(), &job)?;
    let (mut desk, by) = sitting.desk();
    let order = batch::create(&mut desk, &job, (&id, &of), &choice, by)?;
    let said = out.lang().pick("applications in batch", "permohonan dalam batch");
    out.line(format!("{} {said} {id}", order.rows.len()));
    Ok(Outcome::yes(json!({"job": job, "batch": id, "type": of, "rows": order.rows})))
}

fn approve(args: &BatchArgs, out: &mut Output) -> Answer {
    let id = Id::parse(&args.batch)?;
    let mut sitting = args.office.sit(&[Role::Approver])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    batch::approve(&mut desk, &job, &id, by)?;
    out.line(format!("{id} {}", out.lang().pick("is approved", "disetujui")));
    Ok(Outcome::yes(json!({"job": job, "batch": id})))
}

fn make(args: &RunArgs, goes_on: bool, out: &mut Output) -> Answer {
    let (id, name) = (Id::parse(&args.batch)?, Word::parse(&args.station)?);
    if let Some(maker) = &args.maker {
        place::open(maker)?;
    }
    let mut sitting = args.office.sit(&BUREAU)?;
    let (place, key, office) = (args.office.store.place(), sitting.key().clone(), Office::from(args.office.office));
    let held = place.hold(&office, &name)?;
    let held = held.ok_or_else(|| Failure::new(Reason::InUse, format!("station {name} is at work in another process")))?;
    let engine = args.engine.open(|| Ok(place.journal(&key, &office, &name)?))?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    shifts::at(&mut desk, &name)?;
    let begins = desk.store.standing(Kind::Batch, &id)?.is_some_and(|found| matches!(found.state, "created" | "approved"));
    if goes_on && begins {
        return Err(Failure::new(Reason::WrongState, format!("batch {id} was not begun: `ektp batch run` begins it")));
    }
    let program = args.maker.as_ref().map(|path| Program { path, knows_blank: args.ask_blank });
    let station = Station { name, lease_seconds: args.lease, most_failures: args.most_failures, held: Some(held) };
    let mut making = Making { engine, program, out };
    let ran = run::run(&mut desk, &job, &id, &station, &mut making, by)?;
    let down = making.engine.and_then(|engine| engine.down);
    told(&ran, (&job, &id), down, out)
}

/// The answer of a run.
fn told(ran: &Ran, (job, id): (&Id, &Id), down: Option<Failure>, out: &mut Output) -> Answer {
    let lang = out.lang();
    let (finished, begun) = (lang.pick("finished before", "sudah selesai"), lang.pick("begun before", "sudah dimulai"));
    if ran.found != run::Found::default() {
        out.line(format!("{} {finished}, {} {begun}", ran.found.finished, ran.found.begun));
    }
    let (issued, failed) = (lang.pick("issued", "selesai"), lang.pick("failed", "gagal"));
    let waiting = lang.pick("waiting", "menunggu");
    out.line(format!("{} {issued}, {} {failed}, {} {waiting}", ran.issued, ran.failed, ran.waiting));
    let data = json!({
        "job": job, "batch": id, "issued": ran.issued, "failed": ran.failed, "waiting": ran.waiting, "stopped": stopped(ran),
        "found": {"finished": ran.found.finished, "begun": ran.found.begun},
    });
    if let Some(failure) = down {
        return Err(failure.with_data(data));
    }
    Ok(match ran.stopped {
        Stopped::Failures => Outcome::with_reason(Reason::StoppedAfterFailures, data),
        Stopped::NoBlank | Stopped::Down => Outcome::with_reason(Reason::PartlyDone, data),
        Stopped::Done if ran.failed + ran.waiting > 0 => Outcome::with_reason(Reason::PartlyDone, data),
        Stopped::Done => Outcome::yes(data),
    })
}

const fn stopped(ran: &Ran) -> &'static str {
    match ran.stopped {
        Stopped::Done => "done",
        Stopped::NoBlank => "no-blank",
        Stopped::Failures => "failures",
        Stopped::Down => "down",
    }
}

fn close(args: &CloseArgs, out: &mut Output) -> Answer {
    let id = Id::parse(&args.batch)?;
    if let Some(path) = &args.out {
        place::must_be_free(path)?;
    }
    let mut sitting = args.office.sit(&BUREAU)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let closed = batch::close(&mut desk, &job, &id, by)?;
    if let Some(path) = &args.out {
        place::create_private(path, &result::csv(&closed.rows)?)?;
    }
    tell(&closed.rows, out);
    let columns = closed.ledger.columns().map(|(name, serials)| (name.to_owned(), json!(serials.len())));
    let books: serde_json::Map<String, Value> = columns.into_iter().collect();
    Ok(Outcome::yes(json!({"job": job, "batch": id, "rows": closed.rows, "books": books})))
}

fn withdraw(args: &WithdrawArgs, out: &mut Output) -> Answer {
    let (id, why) = (Id::parse(&args.batch)?, Word::parse(&args.because)?);
    let mut sitting = args.office.sit(&[Role::Approver, Role::Personalizer])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let applications = batch::withdraw(&mut desk, &job, &id, &why, by)?;
    let said = out.lang().pick("is given up; applications wait for another:", "dibatalkan; permohonan menunggu batch lain:");
    out.line(format!("{id} {said} {}", applications.len()));
    Ok(Outcome::yes(json!({"job": job, "batch": id, "applications": applications})))
}

fn again(args: &RequeueArgs, out: &mut Output) -> Answer {
    let id = Id::parse(&args.batch)?;
    let only = args.applications.read()?;
    if only.is_empty() != args.failed {
        return Err(Failure::new(Reason::Usage, "say which applications, or --failed for all rows that failed"));
    }
    let mut sitting = args.office.sit(&BUREAU)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let sent = requeue::requeue(&mut desk, &job, &id, Some(only.as_slice()).filter(|_| !args.failed), by)?;
    let said = out.lang().pick("applications wait to be approved again", "permohonan menunggu persetujuan ulang");
    out.line(format!("{} {said}", sent.applications.len()));
    Ok(Outcome::yes(json!({"job": job, "batch": id, "applications": sent.applications, "revoked": sent.revoked})))
}

fn show(args: &ShowArgs, out: &mut Output) -> Answer {
    let id = Id::parse(&args.batch)?;
    let (mut store, key) = args.store.open()?;
    let unknown = || StoreError::Unknown { kind: Kind::Batch, id: id.to_string() };
    let found = store.standing(Kind::Batch, &id)?.ok_or_else(unknown)?;
    let rows = result::rows(store.as_mut(), &key, &id)?;
    out.line(format!("{}  {}  {}  {}", found.id, found.word, found.state, found.office));
    tell(&rows, out);
    Ok(Outcome::yes(json!({
        "batch": found.id, "type": found.word, "state": found.state, "office": found.office, "rows": rows,
    })))
}

fn tell(rows: &[Row], out: &mut Output) {
    for row in rows {
        let (blank, why) = (row.blank.as_deref().unwrap_or("-"), row.reason.as_deref().unwrap_or_default());
        let line = format!("{:>4}  {:<20} {:<12} {:<16} {why}", row.row, row.application, row.result.name(), blank);
        out.line(line.trim_end());
    }
}
