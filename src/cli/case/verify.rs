//! `ektp case verify`: data are called up from the register and held against the papers.

use super::step::told;
use super::words;
use crate::cli::Answer;
use crate::cli::office::OfficeArgs;
use crate::cli::output::Output;
use crate::issuance::case::{self, Verification};
use crate::issuance::papers::Needed;
use crate::issuance::store::Id;
use std::path::PathBuf;

/// What the officer saw.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = words::application)]
    application: Id,
    /// A paper that is brought now, `PAPER` for the original or `PAPER:copy`: summons, stay-permit, old-card, proof-of-change
    #[arg(long = "paper", value_name = "PAPER", value_parser = words::paper)]
    papers: Vec<Needed>,
    /// Fields that are otherwise than the register has them, with their proof (JSON, as for `case apply`)
    #[arg(long, value_name = "FILE")]
    changes: Option<PathBuf>,
    /// Text of the 2D code on the summons, which whoever was summoned shows, or on the form: another's is refused
    #[arg(long, value_name = "TEXT")]
    code: Option<String>,
    #[command(flatten)]
    desk: OfficeArgs,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let changes = words::changes(args.changes.as_deref())?;
    let mut sitting = args.desk.sit(&[words::Operator, words::Supervisor])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let seen = Verification { brought: args.papers.clone(), changes, code: args.code.clone() };
    case::verify(&mut desk, &job, &args.application, &seen, by)?;
    told(&mut desk, &args.application, out, [])
}
