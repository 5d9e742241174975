//! `ektp card erase-can`: the card is active, and nobody but its holder needs its CAN any more.

use super::super::output::{Failure, Outcome, Output};
use super::build;
use crate::reason::Reason;
use serde_json::json;
use std::path::PathBuf;

/// Options of `card erase-can`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The job whose CAN is erased; its numbers stay given, and its image cannot be built again
    #[arg(long, value_name = "ID", value_parser = crate::cli::job::parse_id)]
    job_id: String,
    /// The register of numbers that the card was built with; without it, the user's own
    #[arg(long, value_name = "FILE")]
    numbers: Option<PathBuf>,
}

/// Runs the verb. A CAN that was erased before is as good.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    if let Some(path) = args.numbers.as_ref().filter(|path| !path.exists()) {
        return Err(Failure::new(Reason::FileUnreadable, format!("{} is not there", path.display())));
    }
    let erased = build::register_at(args.numbers.as_deref())?.erase_can(&args.job_id)?;
    out.line(format!("the CAN of job {} {}", args.job_id, if erased { "is erased" } else { "was erased before" }));
    Ok(Outcome::yes(json!({"job_id": args.job_id, "repeated": !erased})))
}
