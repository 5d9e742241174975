//! `ektp case print`: a paper of a case as PDF, with its 2D code.

use super::words;
use crate::cli::Answer;
use crate::cli::office::StoreArgs;
use crate::cli::output::{Outcome, Output};
use crate::cli::place::{create_private, must_be_free};
use crate::crypto::hash::sha256;
use crate::issuance::case::{Case, paper};
use crate::issuance::store::Id;
use crate::verify::hex;
use serde_json::json;
use std::path::PathBuf;

/// Which paper of which case.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = words::application)]
    application: Id,
    /// Which paper
    #[arg(long, value_name = "PAPER")]
    paper: Which,
    /// PDF to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    store: StoreArgs,
}

/// Papers that are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Which {
    /// The summons
    Summons,
    /// The application form
    Form,
    /// The slip of a visit
    VisitSlip,
    /// The stamp with the receipt's number
    Stamp,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    must_be_free(&args.out)?;
    let (mut store, key) = args.store.open()?;
    let case = Case::read(store.as_mut(), &key, &args.application)?;
    let sheet = match args.paper {
        Which::Summons => paper::summons(&case, &key)?,
        Which::Form => paper::application_form(&case, &key),
        Which::VisitSlip => paper::visit_slip(&case, &key)?,
        Which::Stamp => paper::stamped(&case, &key)?,
    };
    let pdf = sheet.pdf()?;
    create_private(&args.out, &pdf)?;
    out.line(format!("{}  {}", args.out.display(), sheet.title));
    Ok(Outcome::yes(json!({
        "application": case.id, "paper": args.out.display().to_string(), "code": sheet.code, "sha256": hex::encode(&sha256(&pdf))
    })))
}
