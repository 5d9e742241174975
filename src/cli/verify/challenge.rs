//! `ektp verify challenge`: eight fresh bytes for one reading.

use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place::create_private;
use crate::verify::{Challenge, hex};
use crate::world::{Clock, SystemClock, system_entropy};
use serde_json::json;
use std::path::PathBuf;

/// Options of `verify challenge`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// New challenge file; one that is there is left as it is
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// Draws a challenge and writes it.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    let challenge = Challenge::draw(&mut system_entropy(), SystemClock.now());
    // A challenge that is still to be answered is never lost to another.
    create_private(&args.output, &challenge.to_json())?;
    out.line(format!("{}; read the card with `ektp read --challenge {0}`", args.output.display()));
    Ok(Outcome::yes(json!({"file": args.output.display().to_string(), "challenge": hex::encode(challenge.bytes())})))
}
