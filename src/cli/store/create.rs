//! `ektp store create`: an empty store whose persons only its key can read.

use crate::cli::Answer;
use crate::cli::office::StoreArgs;
use crate::cli::output::{Outcome, Output};
use crate::issuance::store::FORMAT;
use crate::world::system_entropy;
use serde_json::json;

/// Which store.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let key = args.store.key()?;
    args.store.place().create(&key, &mut system_entropy())?;
    let made = out.lang().pick("an empty store, format", "basis data kosong, format");
    out.line(format!("{}: {made} {FORMAT}", args.store.store));
    Ok(Outcome::yes(json!({"store": args.store.store, "format": FORMAT})))
}
