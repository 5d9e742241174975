//! `ektp generate`: man pages and shell completions from the one table of verbs.

use super::output::{Failure, Outcome, Output};
use crate::reason::Reason;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Where to write.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder for the man pages (section 1) and completions
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// Writes the pages.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    let written = write_all(&args.directory).map_err(|e| {
        Failure::new(Reason::of_io(e.kind()), format!("cannot write to {}: {}", args.directory.display(), e.kind()))
    })?;
    out.line(format!("{written} {} {}", out.lang().pick("files in", "berkas di"), args.directory.display()));
    Ok(Outcome::yes(json!({"files": written})))
}

fn write_all(directory: &Path) -> std::io::Result<usize> {
    std::fs::create_dir_all(directory)?;
    let command = super::command();
    clap_mangen::generate_to(command.clone(), directory)?;
    for shell in [clap_complete::Shell::Bash, clap_complete::Shell::Zsh, clap_complete::Shell::Fish] {
        clap_complete::generate_to(shell, &mut command.clone(), "ektp", directory)?;
    }
    Ok(std::fs::read_dir(directory)?.count())
}
