//! `ektp centre publish`: the register of statuses is brought to where the cards of the store stand; `ektp pki status-list-sign` signs it.

use crate::cli::Answer;
use crate::cli::office::StoreArgs;
use crate::cli::output::{Failure, Outcome, Output};
use crate::issuance::handover::status::bring;
use crate::pki::status_list::register::Register;
use serde_json::json;
use std::path::PathBuf;

/// Which register.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The register of statuses (`ektp pki status-list-new`)
    #[arg(value_name = "REGISTER")]
    register: PathBuf,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let mut held = Register::hold(&args.register).map_err(|e| Failure::at(&args.register, &e))?;
    let (mut store, key) = args.store.open()?;
    let changed = bring(store.as_mut(), &key, &mut held.register)?;
    held.save().map_err(|e| Failure::at(&args.register, &e))?;
    let text = out.lang().pick("statuses changed", "status berubah");
    out.line(format!("{}  {changed} {text}", args.register.display()));
    Ok(Outcome::yes(json!({"register": args.register.display().to_string(), "changed": changed})))
}
