//! `ektp afis enrol`: a search, and the person taken in if they are single; or an adjudicator's word that they are.

use super::gallery::{GalleryArgs, KnownArgs};
use super::person::{PersonArgs, parse_id};
use super::told::{self, RateArgs};
use crate::afis::sealed::{Enrolment, Mark, Opened, SealedError, Store};
use crate::afis::{self, Person, PersonId, Policy};
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

/// Enrols. Who asks for the same person again, because the answer was not heard, gets it again.
pub fn run(args: &Args, out: &mut Output) -> Answer {
    let (person, policy) = (args.person.read(args.id)?, args.rates.policy()?);
    let Opened { store, torn } = args.gallery.open(&args.known, out)?;
    let before = store.again(&person, &policy).filter(|b| args.adjudicated || matches!(b.answer, afis::Answer::Single(_)));
    let done = match before {
        Some(again) if args.adjudicated => Enrolled { taken: Some(again.taken), search: None },
        Some(again) => Enrolled { taken: Some(again.taken), search: Some((again.answer, again.before)) },
        None => enrol(&store, &person, &policy, args.adjudicated).map_err(|e| Failure::at(&args.gallery.state, &e))?,
    };
    if let Some((answer, _)) = &done.search {
        told::show(answer, out);
    }
    if let Some(mark) = done.taken {
        let taken_in = if out.lang() == Lang::Id { "didaftarkan" } else { "taken in" };
        out.line(format!("{} {taken_in}, {mark}", args.id));
    }
    let search = done.search.as_ref().map(|(answer, searched)| told::data(answer, person.usable(), *searched, &policy));
    let data = json!({
        "id": args.id.to_string(),
        "taken": done.taken.is_some(),
        "state": done.taken.unwrap_or_else(|| store.mark()).to_string(),
        "adjudicated": args.adjudicated,
        "search": search,
        "torn": torn,
    });
    let reason = done.search.and_then(|(answer, _)| told::reason(&answer));
    Ok(reason.map_or_else(|| Outcome::yes(&data), |reason| Outcome::with_reason(reason, &data)))
}

/// What came of it.
struct Enrolled {
    taken: Option<Mark>,
    /// The answer, and how many were searched; none where an adjudicator's word stood for it.
    search: Option<(afis::Answer, usize)>,
}

fn enrol(store: &Store, person: &Person, policy: &Policy, adjudicated: bool) -> Result<Enrolled, SealedError> {
    let mut rng = system_entropy();
    if adjudicated {
        return Ok(Enrolled { taken: Some(store.admit(person, &mut rng)?), search: None });
    }
    let searched = store.gallery().len();
    let Enrolment { answer, taken } = store.enrol(person, policy, &mut rng)?;
    Ok(Enrolled { taken, search: Some((answer, searched)) })
}
