//! `ektp case list`: who must hold a card and has none, made by the head of the registry office; an application for each.

use super::words;
use crate::cli::Answer;
use crate::cli::office::OfficeArgs;
use crate::cli::output::{Outcome, Output};
use crate::cli::place::{create_private, must_be_free};
use crate::issuance::Holder;
use crate::issuance::case::{self, Case};
use serde_json::json;
use std::path::PathBuf;

/// Whom.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Whom it lists
    #[arg(long, value_name = "KIND")]
    of: Kind,
    /// Write the list for whoever signs the summonses here (PDF)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    desk: OfficeArgs,
}

/// Kinds of residents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Citizens
    Citizens,
    /// Foreign residents with a permanent stay permit
    ForeignResidents,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    if let Some(path) = &args.out {
        must_be_free(path)?;
    }
    let mut sitting = args.desk.sit(&[words::HeadOfRegistry])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let of = match args.of {
        Kind::Citizens => Holder::Citizen,
        Kind::ForeignResidents => Holder::ForeignResident,
    };
    let listed = case::list(&mut desk, &job, of, by)?;
    if let Some(path) = &args.out {
        let cases: Vec<Case> = listed.applications.iter().map(|id| Case::open(&mut desk, id)).collect::<Result<_, _>>()?;
        let today = desk.clock.today();
        create_private(path, &case::paper::wanted(&cases, today).pdf()?)?;
    }
    let lang = out.lang();
    listed.applications.iter().for_each(|id| out.line(id.as_str()));
    out.line(format!("{} {}", listed.applications.len(), lang.pick("applications listed", "permohonan terdaftar")));
    if listed.has_more {
        out.line(lang.pick("there are more: list again", "masih ada lagi: ulangi daftar"));
    }
    let path = args.out.as_ref().map(|path| path.display().to_string());
    Ok(Outcome::yes(json!({"applications": listed.applications, "has_more": listed.has_more, "list": path})))
}
