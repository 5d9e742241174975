//! `ektp store migrate`: a store of an older program brought to this one's format, after a backup; or only tried.

use crate::cli::Answer;
use crate::cli::office::StoreArgs;
use crate::cli::output::{Outcome, Output};
use crate::cli::place;
use crate::issuance::likeness::index_all;
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
    let (place, key) = (args.store.place(), args.store.key()?);
    let migrated = place.migrate(&key, &args.backup, args.dry_run)?;
    // Whoever was identified before there was an index of likeness; a run that was cut short is made up by the next.
    let indexed = if args.dry_run { 0 } else { index_all(place.open(Some(&key), &[])?.as_mut(), &key)? };
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
        "backup": args.backup.display().to_string(), "indexed": indexed
    })))
}
