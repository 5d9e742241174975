//! `ektp store migrate`: a store of an older program brought to this one's format, after a backup; or only tried.

use crate::cli::Answer;
use crate::cli::office::StoreArgs;
use crate::cli::output::{Outcome, Output};
use crate::cli::place;
use serde_json::json;
use std::path::PathBuf;

/// Which store, and where the backup goes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    store: StoreArgs,
    /// File to write the backup to; it is made before anything is changed
    #[arg(long, value_name = "FILE")]
    backup: PathBuf,
    /// Do all of it and keep nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    place::must_be_free(&args.backup)?;
    let migrated = args.store.place().migrate(&args.store.key()?, &args.backup, args.dry_run)?;
    let lang = out.lang();
    out.line(match (migrated.from == migrated.to, args.dry_run) {
        (true, _) => {
            format!("{}: {} {}", args.store.store, lang.pick("is of this format already,", "sudah berformat"), migrated.to)
        }
        (_, true) => format!("{} {} → {}", lang.pick("would go through:", "akan berhasil:"), migrated.from, migrated.to),
        (_, false) => format!("{} {} → {}", lang.pick("migrated:", "dimigrasi:"), migrated.from, migrated.to),
    });
    Ok(Outcome::yes(json!({
        "store": args.store.store, "from": migrated.from, "to": migrated.to, "dry_run": args.dry_run,
        "backup": args.backup.display().to_string()
    })))
}
