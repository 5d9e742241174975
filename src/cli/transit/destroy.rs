//! `ektp destroy`: cards end before two witnesses, with minutes.

use crate::cli::bureau::{Ids, text};
use crate::cli::office::OfficeArgs;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::{Answer, place};
use crate::issuance::Role;
use crate::issuance::transit::destroy::{self, Destroyed, Minutes};
use crate::reason::Reason;
use crate::verify::hex;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Options of `destroy`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    cards: Ids,
    /// What the minutes say, TOML: number, day, place, method, [officer] and two [[witnesses]] with name, number and body
    #[arg(long, value_name = "FILE")]
    minutes: PathBuf,
    /// Write the minutes here, A4 PDF, to be signed on paper
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Write the minutes, and destroy nothing yet
    #[arg(long)]
    draft: bool,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Runs the verb.
pub fn run(args: &Args, out: &mut Output) -> Answer {
    let cards = args.cards.read()?;
    let read: Minutes = toml::from_str(&text(&args.minutes)?)
        .map_err(|e| Failure::new(Reason::InputInvalid, format!("{}: {}", args.minutes.display(), e.message())))?;
    place::must_be_free(&args.out)?;
    let mut sitting = args.office.sit(&[Role::Witness])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let done = if args.draft {
        destroy::minutes(&mut desk, &cards, &read)?
    } else {
        destroy::destroy(&mut desk, &job, &cards, &read, by)?
    };
    place::create_private(&args.out, &done.pdf)?;
    tell(&done, args, out);
    let lines = done.lines.iter().map(|l| json!({"card": l.card, "number": l.number, "blank": l.blank, "why": l.why}));
    Ok(Outcome::yes(json!({
        "job": job, "draft": args.draft, "minutes": args.out, "sha256": hex::encode(&done.sha256),
        "cards": lines.collect::<Vec<Value>>(),
    })))
}

fn tell(done: &Destroyed, args: &Args, out: &mut Output) {
    let lang = out.lang();
    let said = if args.draft {
        lang.pick("cards in the minutes, none destroyed yet", "kartu dalam berita acara, belum ada yang dimusnahkan")
    } else {
        lang.pick("cards destroyed", "kartu dimusnahkan")
    };
    out.line(format!("{} {said}: {}", done.lines.len(), args.out.display()));
}
