//! `ektp afis new`, `delete` and `compact`: what changes a gallery without a search.

use super::gallery::{GalleryArgs, KnownArgs};
use super::person::parse_id;
use crate::afis::PersonId;
use crate::afis::gallery::GalleryError;
use crate::afis::sealed::{Mark, Opened, SealedError, Store};
use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::world::system_entropy;
use serde_json::json;

/// Options of `afis new`.
#[derive(Debug, clap::Args)]
pub struct NewArgs {
    #[command(flatten)]
    gallery: GalleryArgs,
}

/// Options of `afis delete`.
#[derive(Debug, clap::Args)]
pub struct DeleteArgs {
    #[command(flatten)]
    gallery: GalleryArgs,
    /// Whom
    #[arg(long, value_name = "ID", value_parser = parse_id)]
    id: PersonId,
    #[command(flatten)]
    known: KnownArgs,
}

/// Options of `afis compact`.
#[derive(Debug, clap::Args)]
pub struct CompactArgs {
    #[command(flatten)]
    gallery: GalleryArgs,
    #[command(flatten)]
    known: KnownArgs,
}

/// Makes an empty gallery.
pub fn new(args: &NewArgs, out: &mut Output) -> Answer {
    let key = args.gallery.key()?;
    let mark = match Store::create(&args.gallery.state, &key, &mut system_entropy()) {
        // An interrupted job may have made it.
        Err(SealedError::Exists) if out.is_taken_up() => args.gallery.untouched(&key),
        made => made,
    };
    let mark = mark.map_err(|e| Failure::at(&args.gallery.state, &e))?;
    show(mark, 0, out);
    Ok(Outcome::yes(json!({"persons": 0, "state": mark.to_string()})))
}

/// Takes a person out.
pub fn delete(args: &DeleteArgs, out: &mut Output) -> Answer {
    let Opened { store, torn } = args.gallery.open(&args.known, out)?;
    let mark = match store.delete(args.id, &mut system_entropy()) {
        // An interrupted job may have taken them out.
        Err(SealedError::Gallery(GalleryError::Unknown(_))) if out.is_taken_up() => Ok(store.mark()),
        deleted => deleted,
    };
    let mark = mark.map_err(|e| Failure::at(&args.gallery.state, &e))?;
    Ok(told(mark, store.gallery().len(), torn, out))
}

/// Writes a new snapshot.
pub fn compact(args: &CompactArgs, out: &mut Output) -> Answer {
    let Opened { store, torn } = args.gallery.open(&args.known, out)?;
    let mark = store.compact(&mut system_entropy()).map_err(|e| Failure::at(&args.gallery.state, &e))?;
    Ok(told(mark, store.gallery().len(), torn, out))
}

/// How many there are, the state to hold against a later one, and whether the log was found torn.
pub fn told(mark: Mark, persons: usize, torn: bool, out: &mut Output) -> Outcome {
    show(mark, persons, out);
    Outcome::yes(json!({"persons": persons, "state": mark.to_string(), "torn": torn}))
}

fn show(mark: Mark, persons: usize, out: &mut Output) {
    out.line(format!("{persons}  {mark}"));
}
