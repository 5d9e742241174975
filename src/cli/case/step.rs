//! The plain steps of a case: summon, pass on, visit, receipt, consolidate, withdraw, close.

use super::words::{self, Old, To, VisitWhy, WithdrawWhy};
use crate::cli::Answer;
use crate::cli::office::OfficeArgs;
use crate::cli::output::{Outcome, Output};
use crate::issuance::case::{self, Case, Visit};
use crate::issuance::desk::Desk;
use crate::issuance::names::Named as _;
use crate::issuance::store::Id;
use crate::record::Line;
use jiff::civil::Date;
use serde_json::{Value, json};

/// A desk's roles, the usual one first.
const DESK: [crate::issuance::Role; 2] = [words::Operator, words::Supervisor];

/// Tells where a case stands after a step, and what else came of it.
pub(super) fn told<const N: usize>(desk: &mut Desk<'_>, id: &Id, out: &mut Output, more: [(&str, Value); N]) -> Answer {
    let case = Case::open(desk, id)?;
    out.line(format!("{id}  {}", case.state.name()));
    let mut data = json!({"application": id, "state": case.state.name()});
    for (name, value) in more {
        match &value {
            Value::Array(all) => all.iter().for_each(|one| out.line(format!("{name}: {}", one.as_str().unwrap_or_default()))),
            Value::String(text) => out.line(format!("{name}: {text}")),
            one => out.line(format!("{name}: {one}")),
        }
        if let Some(object) = data.as_object_mut() {
            object.insert(name.to_owned(), value);
        }
    }
    Ok(Outcome::yes(data))
}

/// The same of a case that ended; at an office with a store of its own it says that the centre does not know yet.
fn ended(desk: &mut Desk<'_>, id: &Id, out: &mut Output, more: (&str, Value)) -> Answer {
    let is_queued = case::is_copy(desk, id)?;
    let told = told(desk, id, out, [more])?;
    Ok(Outcome::perhaps_queued(told.data, is_queued, out))
}

/// Whom, and for when.
#[derive(Debug, clap::Args)]
pub struct SummonArgs {
    /// The applications
    #[arg(value_name = "APPLICATION", value_parser = words::application, required = true)]
    applications: Vec<Id>,
    /// The day on which they are to come
    #[arg(long, value_name = "DAY", value_parser = words::day)]
    on: Date,
    #[command(flatten)]
    desk: OfficeArgs,
}

pub(super) fn summon(args: &SummonArgs, out: &mut Output) -> Answer {
    let mut sitting = args.desk.sit(&[words::Camat, words::HeadOfRegistry])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    case::summon(&mut desk, &job, &args.applications, args.on, by)?;
    let text = out.lang().pick("summoned for", "dipanggil untuk");
    args.applications.iter().for_each(|id| out.line(format!("{id}  {text} {}", args.on)));
    Ok(Outcome::yes(json!({"applications": args.applications, "on": args.on.to_string()})))
}

/// Which summons went to whom.
#[derive(Debug, clap::Args)]
pub struct PassArgs {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = words::application)]
    application: Id,
    /// Who took it
    #[arg(long, value_name = "WHO")]
    to: To,
    /// By name
    #[arg(long, value_name = "NAME", value_parser = words::name)]
    name: Line,
    #[command(flatten)]
    desk: OfficeArgs,
}

pub(super) fn pass(args: &PassArgs, out: &mut Output) -> Answer {
    let mut sitting = args.desk.sit(&DESK)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    case::pass(&mut desk, &job, &args.application, (args.to.into(), &args.name), by)?;
    told(&mut desk, &args.application, out, [])
}

/// Whom to visit, why and when.
#[derive(Debug, clap::Args)]
pub struct VisitArgs {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = words::application)]
    application: Id,
    /// Why
    #[arg(long, value_name = "WHY")]
    why: VisitWhy,
    /// The day of the visit
    #[arg(long, value_name = "DAY", value_parser = words::day)]
    on: Date,
    #[command(flatten)]
    desk: OfficeArgs,
}

pub(super) fn visit(args: &VisitArgs, out: &mut Output) -> Answer {
    let mut sitting = args.desk.sit(&DESK)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    case::visit(&mut desk, &job, &args.application, Visit { why: args.why.into(), on: args.on }, by)?;
    told(&mut desk, &args.application, out, [])
}

/// Whose receipt.
#[derive(Debug, clap::Args)]
pub struct ReceiptArgs {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = words::application)]
    application: Id,
    #[command(flatten)]
    desk: OfficeArgs,
}

pub(super) fn receipt(args: &ReceiptArgs, out: &mut Output) -> Answer {
    let mut sitting = args.desk.sit(&DESK)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let case = case::replace_receipt(&mut desk, &job, &args.application, by)?;
    let code = case::receipt::stamped(desk.key, &case);
    told(&mut desk, &args.application, out, [("receipt", case.dossier.receipt.into()), ("code", code.into())])
}

/// Which capture.
#[derive(Debug, clap::Args)]
pub struct ConsolidateArgs {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = words::application)]
    application: Id,
    #[command(flatten)]
    desk: OfficeArgs,
}

pub(super) fn consolidate(args: &ConsolidateArgs, out: &mut Output) -> Answer {
    let mut sitting = args.desk.sit(&DESK)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let changed = case::consolidate(&mut desk, &job, &args.application, by)?;
    told(&mut desk, &args.application, out, [("changed", changed.into())])
}

/// Whose fingers are captured anew.
#[derive(Debug, clap::Args)]
pub struct RecaptureArgs {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = words::application)]
    application: Id,
    #[command(flatten)]
    desk: OfficeArgs,
}

pub(super) fn recapture(args: &RecaptureArgs, out: &mut Output) -> Answer {
    let mut sitting = args.desk.sit(&DESK)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let card = crate::issuance::handover::recapture(&mut desk, &job, &args.application, by)?;
    told(&mut desk, &args.application, out, [("card", json!(card))])
}

/// Which application is taken back, and why.
#[derive(Debug, clap::Args)]
pub struct WithdrawArgs {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = words::application)]
    application: Id,
    /// Why
    #[arg(long, value_name = "WHY")]
    why: WithdrawWhy,
    #[command(flatten)]
    desk: OfficeArgs,
}

pub(super) fn withdraw(args: &WithdrawArgs, out: &mut Output) -> Answer {
    let mut sitting = args.desk.sit(&DESK)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let revoked = case::withdraw(&mut desk, &job, &args.application, args.why.into(), by)?;
    ended(&mut desk, &args.application, out, ("revoked", json!(revoked)))
}

/// Which case, and what became of the old card.
#[derive(Debug, clap::Args)]
pub struct CloseArgs {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = words::application)]
    application: Id,
    /// The old card
    #[arg(long, value_name = "WHAT")]
    old_card: Old,
    /// A card that was brought beside the one that this handover superseded: one that was lost and found again
    #[arg(long, value_name = "CARD", value_parser = words::application)]
    card: Vec<Id>,
    #[command(flatten)]
    desk: OfficeArgs,
}

pub(super) fn close(args: &CloseArgs, out: &mut Output) -> Answer {
    let mut sitting = args.desk.sit(&DESK)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let collected = case::close(&mut desk, &job, &args.application, (args.old_card.into(), &args.card), by)?;
    ended(&mut desk, &args.application, out, ("collected", json!(collected)))
}
