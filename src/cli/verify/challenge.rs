//! `ektp verify challenge`: eight fresh bytes for one reading.

use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place::create_private;
use crate::verify::state_dir::StateDir;
use crate::verify::{Challenge, JudgeState as _, hex};
use crate::world::{Clock, SystemClock, system_entropy};
use serde_json::json;
use std::path::PathBuf;

/// Options of `verify challenge`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// New challenge file; one that is there is left as it is
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The memory of the judge that will judge by it: only a challenge that it drew counts
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
}

/// Draws a challenge and writes it.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    let mut state = StateDir::open(&args.state)?;
    let challenge = Challenge::draw(&mut system_entropy(), SystemClock.now());
    // Known before it is given out: one that nobody gets to see costs nothing.
    state.draw(&challenge)?;
    // A challenge that is still to be answered is never lost to another.
    create_private(&args.output, &challenge.to_json())?;
    let read = out.lang().pick("read the card with", "baca kartu dengan");
    out.line(format!("{}; {read} `ektp read --challenge {0}`", args.output.display()));
    Ok(Outcome::yes(json!({"file": args.output.display().to_string(), "challenge": hex::encode(challenge.bytes())})))
}
