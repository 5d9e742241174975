//! `ektp afis enrol`: a search, and the person taken in if they are single; or an adjudicator's word that they are.

use super::gallery::{GalleryArgs, KnownArgs};
use super::person::{PersonArgs, parse_id};
use super::told::{self, RateArgs};
use crate::afis::PersonId;
use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::reason::Lang;
use crate::world::system_entropy;
use serde_json::json;

/// Options of `afis enrol`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    gallery: GalleryArgs,
    #[command(flatten)]
    person: PersonArgs,
    /// What names the person in the gallery, 1 to 16 visible characters; not a NIK
    #[arg(long, value_name = "ID", value_parser = parse_id)]
    id: PersonId,
    /// An adjudicator found the person to be nobody in the gallery: take them in without a search
    #[arg(long)]
    adjudicated: bool,
    #[command(flatten)]
    rates: RateArgs,
    #[command(flatten)]
    known: KnownArgs,
}

/// Enrols.
pub fn run(args: &Args, out: &mut Output) -> Answer {
    let (person, policy) = (args.person.read(args.id)?, args.rates.policy()?);
    let store = args.gallery.open(&args.known, out)?;
    let at = |e| Failure::at(&args.gallery.state, &e);
    let mut rng = system_entropy();
    let searched = store.gallery().len();
    let taken_in = match out.lang() {
        Lang::En => "taken in",
        Lang::Id => "didaftarkan",
    };
    if args.adjudicated {
        let mark = store.admit(&person, &mut rng).map_err(at)?;
        out.line(format!("{} {taken_in}, {mark}", args.id));
        return Ok(Outcome::yes(json!({
            "id": args.id.to_string(), "taken": true, "state": mark.to_string(), "adjudicated": true, "search": null,
        })));
    }
    let enrolment = store.enrol(&person, &policy, &mut rng).map_err(at)?;
    told::show(&enrolment.answer, out);
    if let Some(mark) = enrolment.taken {
        out.line(format!("{} {taken_in}, {mark}", args.id));
    }
    let data = json!({
        "id": args.id.to_string(),
        "taken": enrolment.taken.is_some(),
        "state": enrolment.taken.unwrap_or_else(|| store.mark()).to_string(),
        "adjudicated": false,
        "search": told::data(&enrolment.answer, person.usable(), searched, &policy),
    });
    Ok(told::reason(&enrolment.answer).map_or_else(|| Outcome::yes(&data), |reason| Outcome::with_reason(reason, &data)))
}
