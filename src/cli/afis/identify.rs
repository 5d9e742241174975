//! `ektp afis identify`: a search that changes nothing.

use super::gallery::{GalleryArgs, KnownArgs};
use super::person::PersonArgs;
use super::told::{self, RateArgs};
use crate::cli::Answer;
use crate::cli::output::{Outcome, Output};

/// Options of `afis identify`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    gallery: GalleryArgs,
    #[command(flatten)]
    person: PersonArgs,
    #[command(flatten)]
    rates: RateArgs,
    #[command(flatten)]
    known: KnownArgs,
}

/// Searches.
pub fn run(args: &Args, out: &mut Output) -> Answer {
    let (person, policy) = (args.person.read("probe".parse()?)?, args.rates.policy()?);
    let seen = args.gallery.look(&args.known, out)?;
    let answer = seen.gallery.identify(&person, &policy);
    told::show(&answer, out);
    let mut data = told::data(&answer, person.usable(), seen.gallery.len(), &policy);
    if let Some(fields) = data.as_object_mut() {
        fields.insert("torn".to_owned(), seen.torn.into());
    }
    Ok(told::reason(&answer).map_or_else(|| Outcome::yes(&data), |reason| Outcome::with_reason(reason, &data)))
}
