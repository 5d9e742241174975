//! `ektp case stamp`: the stamp of a receipt as PDF, printed once for each number, by an officer who signs for it.

use super::words;
use crate::cli::Answer;
use crate::cli::office::OfficeArgs;
use crate::cli::output::{Outcome, Output};
use crate::cli::place::{create_private, must_be_free};
use crate::crypto::hash::sha256;
use crate::issuance::case::{self, paper};
use crate::issuance::form;
use crate::issuance::store::Id;
use crate::verify::hex;
use serde_json::json;
use std::path::PathBuf;

/// Whose receipt, and where to.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = words::application)]
    application: Id,
    /// PDF to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    desk: OfficeArgs,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    must_be_free(&args.out)?;
    let mut sitting = args.desk.sit(&[words::Operator, words::Supervisor])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let case = case::print_receipt(&mut desk, &job, &args.application, by)?;
    let sheet = paper::stamped(&case, desk.key)?;
    let (code, pdf) = (sheet.code.clone(), form::bundle(&[sheet])?);
    create_private(&args.out, &pdf)?;
    out.line(format!("{}  {} / {}", args.out.display(), args.application, case.dossier.receipt));
    Ok(Outcome::yes(json!({
        "application": args.application, "document": args.out.display().to_string(), "receipt": case.dossier.receipt, "code": code,
        "sha256": hex::encode(&sha256(&pdf)),
    })))
}
