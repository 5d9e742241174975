//! `ektp case apply`: an application form is recorded; with a loss, the lost card is revoked.

use super::words;
use crate::cli::Answer;
use crate::cli::office::OfficeArgs;
use crate::cli::output::{Outcome, Output};
use crate::issuance::case::{self, Application, Case};
use crate::issuance::names::Named as _;
use crate::issuance::papers::{Needed, Reason};
use crate::record::{FamilyCardNo, Nik};
use serde_json::json;
use std::path::PathBuf;

/// What is applied for.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The applicant's NIK; - reads it from standard input, so that it stays out of the shell's history
    #[arg(value_name = "NIK", value_parser = words::nik)]
    nik: Nik,
    /// Number of the family card; - reads it from standard input
    #[arg(long, value_name = "NUMBER", value_parser = words::family)]
    family: FamilyCardNo,
    /// Why: new, moved-in, damaged, lost, expired, data-change
    #[arg(long, value_name = "REASON", value_parser = words::reason)]
    reason: Reason,
    /// A paper that was brought, `PAPER` for the original or `PAPER:copy`: family-card, stay-permit, old-card, removal-letter,
    /// police-letter, proof-of-change
    #[arg(long = "paper", value_name = "PAPER", value_parser = words::paper)]
    papers: Vec<Needed>,
    /// Fields that changed, with their proof: JSON, [{"field": "/address/line", "value": "JL. BARU 2", "proof": "SK 17"}]
    #[arg(long, value_name = "FILE")]
    changes: Option<PathBuf>,
    #[command(flatten)]
    desk: OfficeArgs,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let changes = words::changes(args.changes.as_deref())?;
    let mut sitting = args.desk.sit(&[words::Operator, words::Supervisor])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let of = Application {
        nik: args.nik.clone(),
        family_card_no: args.family.clone(),
        reason: args.reason,
        brought: args.papers.clone(),
        changes,
    };
    let id = case::apply(&mut desk, &job, &of, by)?;
    let case = Case::open(&mut desk, &id)?;
    let text = out.lang().pick("recorded", "tercatat");
    out.line(format!("{id}  {text}: {} ({})", case.dossier.procedure.name(), args.reason.name()));
    Ok(Outcome::yes(json!({
        "application": id, "state": case.state.name(), "procedure": case.dossier.procedure.name(), "reason": args.reason.name()
    })))
}
