//! `ektp case print`: papers of cases as one PDF, each with its 2D code.

use super::words;
use crate::cli::Answer;
use crate::cli::office::StoreArgs;
use crate::cli::output::{Outcome, Output};
use crate::cli::place::{create_private, must_be_free};
use crate::crypto::hash::sha256;
use crate::issuance::case::{Case, CaseError, paper};
use crate::issuance::form::{self, Sheet};
use crate::issuance::store::{Id, StoreKey};
use crate::verify::hex;
use serde_json::json;
use std::path::PathBuf;

/// Which paper of which cases.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The applications: their papers follow each other in one document
    #[arg(value_name = "APPLICATION", value_parser = words::application, required = true)]
    applications: Vec<Id>,
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
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    must_be_free(&args.out)?;
    let (mut store, key) = args.store.open()?;
    let mut sheets = Vec::new();
    for id in &args.applications {
        sheets.push(args.paper.of(&Case::read(store.as_mut(), &key, id)?, &key)?);
    }
    let pdf = form::bundle(&sheets)?;
    create_private(&args.out, &pdf)?;
    out.line(format!("{}  {} × {}", args.out.display(), sheets.len(), sheets.first().map_or("", |sheet| &sheet.title)));
    let papers = args.applications.iter().zip(&sheets).map(|(id, sheet)| json!({"application": id, "code": sheet.code}));
    Ok(Outcome::yes(json!({
        "document": args.out.display().to_string(), "papers": papers.collect::<Vec<_>>(), "sha256": hex::encode(&sha256(&pdf))
    })))
}

impl Which {
    fn of(self, case: &Case, key: &StoreKey) -> Result<Sheet, CaseError> {
        match self {
            Self::Summons => paper::summons(case, key),
            Self::Form => Ok(paper::application_form(case, key)),
            Self::VisitSlip => paper::visit_slip(case, key),
        }
    }
}
