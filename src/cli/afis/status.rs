//! `ektp afis status`: opens a gallery, which checks every byte of it, and says what is in it.

use super::change::told;
use super::gallery::{GalleryArgs, KnownArgs};
use crate::cli::Answer;
use crate::cli::output::Output;

/// Options of `afis status`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    gallery: GalleryArgs,
    #[command(flatten)]
    known: KnownArgs,
}

/// Opens and tells.
pub fn run(args: &Args, out: &mut Output) -> Answer {
    let seen = args.gallery.look(&args.known, out)?;
    Ok(told(seen.mark, seen.gallery.len(), seen.torn, out))
}
