//! `ektp centre identify`: who was received is held against everybody, and against the own enrolment.

use super::each::{application, part, waiting};
use crate::afis::Policy;
use crate::afis::sealed::{GalleryKey, Store as GalleryStore};
use crate::cli::Answer;
use crate::cli::office::OfficeArgs;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::{place, secret_input};
use crate::issuance::Role;
use crate::issuance::application::State;
use crate::issuance::centre::{Answer as Found, CentreError, ClassicalPrints, Findings, Population, identify, vacate};
use crate::issuance::store::Id;
use crate::pki::chip_keys::{ChipKey, Kind};
use crate::reason::{Reason, Refusal as _};
use crate::world::system_entropy;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Whom, and among whom.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The applications; without any, all that were received
    #[arg(value_name = "APPLICATION", value_parser = application)]
    applications: Vec<Id>,
    /// The gallery of everybody (`ektp afis new`)
    #[arg(long, value_name = "GALLERY", env = "EKTP_GALLERY_FILE")]
    gallery: PathBuf,
    /// Its key, a file of `ektp pki chip-key --kind gallery`
    #[arg(long, value_name = "FILE", env = "EKTP_GALLERY_KEY")]
    gallery_key: PathBuf,
    /// Passphrase of that file: `prompt`, `-` (standard input) or `file:PATH`
    #[arg(long, value_name = "SOURCE", default_value = "prompt")]
    gallery_passphrase: String,
    #[command(flatten)]
    desk: OfficeArgs,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let gallery = open(args)?;
    let mut sitting = args.desk.sit(&[Role::Centre])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let policy = Policy::default();
    let population = Population { gallery: &gallery, policy: &policy, prints: &ClassicalPrints };
    // Records that were given up for another: one person has one enrolment.
    vacate(&mut desk, &gallery)?;
    let all = waiting(&mut desk, &args.applications, State::Received)?;
    let (mut told, mut failed) = (Vec::new(), Vec::new());
    for (n, id) in (1..).zip(&all) {
        let answer = match identify(&mut desk, &part(&job, id)?, id, &population, by) {
            Ok(found) => {
                told.push(tell(id, &found, out));
                found.answer.code()
            }
            // Written down, and no hindrance to the others.
            Err(CentreError::Person(error)) => {
                let reason = error.reason();
                out.line(format!("{id}  {}", reason.text(out.lang())));
                failed.push((id, reason));
                "failed"
            }
            Err(other) => return Err(other.into()),
        };
        out.event("identified", json!({"application": id, "answer": answer, "done": n, "of": all.len()}));
    }
    let one = |(id, reason): &(&Id, Reason)| json!({"application": id, "reason": reason.code()});
    let data = json!({
        "identified": told, "failed": failed.iter().map(one).collect::<Vec<_>>(), "gallery": gallery.mark().to_string(),
        "persons": gallery.gallery().len(),
    });
    Ok(match (told.is_empty(), failed.first()) {
        (_, None) => Outcome::yes(data),
        (true, Some((_, reason))) if failed.len() == 1 => Outcome::with_reason(*reason, data),
        _ => Outcome::with_reason(Reason::PartlyDone, data),
    })
}

fn open(args: &Args) -> Result<GalleryStore, Failure> {
    let passphrase = secret_input::read(&args.gallery_passphrase, "passphrase of the gallery's key")?;
    let at = |e| Failure::at(&args.gallery_key, &e);
    let file = ChipKey::open(&args.gallery_key, Kind::Gallery, &passphrase).map_err(at)?;
    let key = GalleryKey::new(file.master(Kind::Gallery).map_err(at)?.expose())?;
    // A pipe of its name would be waited for.
    place::open(&args.gallery)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let opened = GalleryStore::open(&args.gallery, &key, threads, None, &mut system_entropy());
    Ok(opened.map_err(|e| Failure::at(&args.gallery, &e))?.store)
}

/// Tells what was found: the answer and how many candidates; who they are is for those who clarify.
fn tell(id: &Id, found: &Findings, out: &mut Output) -> Value {
    let lang = out.lang();
    let text = match found.answer {
        Found::Single => lang.pick("nobody else", "tunggal"),
        Found::Reissue => lang.pick("the same person as before: a re-issue", "orang yang sama: penerbitan ulang"),
        Found::Doubt(_) => lang.pick("to be clarified by two officers", "diklarifikasi oleh dua petugas"),
    };
    out.line(format!("{id}  {} ({text})", found.answer.code()));
    json!({"application": id, "answer": found.answer.code(), "candidates": found.candidates.len()})
}
