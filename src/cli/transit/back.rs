//! `ektp return`: a card that nobody gets is taken back, and its number revoked.

use crate::cli::Answer;
use crate::cli::office::OfficeArgs;
use crate::cli::output::{Outcome, Output};
use crate::issuance::Role;
use crate::issuance::handover::is_copy;
use crate::issuance::store::Id;
use crate::issuance::transit::back::{self, Why};
use serde_json::json;

/// Options of `return`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The card
    #[arg(value_name = "CARD")]
    card: String,
    /// Why
    #[arg(long, value_name = "REASON", value_parser = Why::ALL.map(Why::name))]
    because: String,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Runs the verb.
pub fn run(args: &Args, out: &mut Output) -> Answer {
    let id = Id::parse(&args.card)?;
    let why = Why::ALL.into_iter().find(|why| why.name() == args.because).unwrap_or(Why::Unclaimed);
    let mut sitting = args.office.sit(&[Role::Operator, Role::Supervisor])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    back::take_back(&mut desk, &job, &id, why, by)?;
    let said = out.lang().pick("is taken back and revoked", "ditarik kembali dan dicabut");
    out.line(format!("{id} {said}"));
    let data = json!({"job": job, "card": id, "because": why.name(), "application_ended": why.ends_application()});
    Ok(Outcome::perhaps_queued(data, is_copy(&mut desk, &id)?, out))
}
