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
    let store = args.gallery.open(&args.known, out)?;
    Ok(told(store.mark(), store.gallery().len(), out))
}
