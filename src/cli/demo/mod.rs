//! `ektp demo card`: the main job from ten fingers to verdict and handover, then a copied and an altered card refused.

mod bench;
mod card;
mod fingers;
mod forge;
mod keep;
mod morning;
mod running;
mod steps;
mod table;

use super::output::{Failure, Outcome, Output};
use super::{Answer, verbs};
use crate::reason::Reason;
use crate::verify::Decision;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The demonstrations.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// Take a person's fingers, make a card on a virtual reader, read and judge it, and see a stranger, a copied and an altered card refused
    Card(Args),
    /// Play a morning: ten residents of all procedures from the list or the form to the card in the hand, and four who try what they must
    /// not; after the demonstration of one card
    Morning(morning::MorningArgs),
}

/// How to demonstrate.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Card profile
    #[arg(long, value_name = "NAME", default_value = "ektp-80k")]
    profile: String,
    /// Keep everything in this new folder: chip, image, keys, files, terminals, trust (for other people's readers)
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Where to save the portrait that was read
    #[arg(long, value_name = "FILE", default_value = "target/demo-portrait.png")]
    portrait: PathBuf,
    /// Port of the virtual reader; scripts/pcscd-run gives it
    #[arg(long, value_name = "N", env = "VPCD_PORT")]
    port: Option<u16>,
    /// Name of the virtual reader
    #[arg(long, value_name = "NAME", default_value = "Virtual PCD 00 00")]
    reader: String,
}

impl Verb {
    /// The verb's name in the machine contract.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Card(_) => "demo card",
            Self::Morning(_) => "demo morning",
        }
    }

    /// Runs it.
    pub(super) fn run(&self, out: &mut Output) -> Answer {
        let name = self.name();
        match self {
            Self::Card(args) => demonstrate(args, out),
            Self::Morning(args) => args.may_keep().and_then(|()| {
                let card = demonstrate(&args.card(), out)?.data;
                morning::demonstrate(args, card, out)
            }),
        }
        .map_err(|failure| own(name, failure))
    }
}

/// No virtual reader was named.
fn no_reader(verb: &str) -> Failure {
    let how = format!("the demonstration needs a virtual reader: run `make demo`, or `scripts/pcscd-run ektp {verb}`");
    Failure::new(Reason::NoReader, how)
}

/// A step that refuses for a reason with which the demonstration cannot end is our own bug: it made everything itself.
fn own(verb: &str, failure: Failure) -> Failure {
    if verbs::Verb::named(verb).is_some_and(|verb| verb.may_end_with(failure.reason)) {
        return failure;
    }
    Failure::new(Reason::InternalError, format!("{} [{}]", failure.message, failure.reason))
}

fn demonstrate(args: &Args, out: &mut Output) -> Answer {
    let port = args.port.ok_or_else(|| no_reader("demo card"))?;
    if let Some(folder) = args.portrait.parent() {
        let made = std::fs::create_dir_all(folder);
        made.map_err(|e| Failure::new(Reason::of_io(e.kind()), format!("{}: {}", folder.display(), e.kind())))?;
    }
    let bench = bench::Bench::set_up(args, port, out)?;
    let enrolled = fingers::enrol(&bench, out)?;
    let made = card::make(&bench, out)?;
    let read = card::read_and_judge(&bench, &made, out)?;
    let compared = fingers::compare(&bench, out)?;
    let refused = forge::refuse_all(&bench, out)?;
    if args.keep.is_some() {
        keep::export(&bench, out)?;
    }
    let data = table::data(&enrolled, &made, &read, &compared, &refused);
    table::print(&data, args, out);
    as_expected(&data)?;
    Ok(Outcome::yes(data))
}

/// The good card is genuine and its portrait saved, the copied one a suspected clone, the altered one no longer what was signed: a
/// demonstration that shows anything else has failed, and it says which.
fn as_expected(data: &Value) -> Result<(), Failure> {
    for (card, exit, reason, decision) in [
        ("good", 0, None, Decision::Genuine),
        ("copied", Reason::CloneSuspected.exit(), Some(Reason::CloneSuspected), Decision::NotGenuine),
        ("altered", Reason::HashMismatch.exit(), Some(Reason::HashMismatch), Decision::NotGenuine),
    ] {
        let answer = &data[card];
        let found = (&answer["exit"], &answer["reason"], &answer["verdict"]["decision"]);
        if found != (&json!(exit), &json!(reason), &json!(decision)) {
            let text = format!("the {card} card was judged {} [{}, exit {}]", found.2, found.1, found.0);
            return Err(Failure::new(Reason::InternalError, text).with_data(data));
        }
    }
    for (what, found, expected) in [
        ("the applicant", &data["identified"]["first"], "single"),
        ("the same applicant, coming again,", &data["identified"]["again"], "duplicate"),
        ("the holder's finger", &data["holder"]["answer"], "match"),
        ("a stranger's finger", &data["stranger"]["answer"], Reason::PersonMismatch.code()),
    ] {
        if found != expected {
            return Err(Failure::new(Reason::InternalError, format!("{what} was answered {found}")).with_data(data));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_should_not_have_refused_is_our_own_bug() {
        let ended = |reason| own("demo card", Failure::new(reason, "a step")).reason;
        assert_eq!(ended(Reason::NoReader), Reason::NoReader);
        assert_eq!(ended(Reason::SignerRefused), Reason::InternalError);
    }

    #[test]
    fn a_demonstration_that_shows_anything_else_has_failed() {
        let answer = |exit: u8, reason: Option<&str>, decision: &str| json!({"exit": exit, "reason": reason, "verdict": {"decision": decision}});
        let shown = json!({
            "good": answer(0, None, "genuine"),
            "copied": answer(43, Some("clone-suspected"), "not-genuine"),
            "altered": answer(40, Some("hash-mismatch"), "not-genuine"),
            "identified": {"first": "single", "again": "duplicate"},
            "holder": {"answer": "match"},
            "stranger": {"answer": "person-mismatch"},
        });
        assert!(as_expected(&shown).is_ok());
        let with = |card: &str, other: Value| {
            let mut shown = shown.clone();
            shown[card] = other;
            as_expected(&shown).map_err(|f| f.reason)
        };
        let failed = Err(Reason::InternalError);
        assert_eq!(with("good", json!({"exit": 10, "reason": "file-unreadable", "verdict": null})), failed);
        assert_eq!(with("copied", answer(0, None, "genuine")), failed);
        assert_eq!(with("altered", answer(43, Some("clone-suspected"), "not-genuine")), failed);
        assert_eq!(with("altered", answer(40, Some("hash-mismatch"), "could-not-decide")), failed);
        assert_eq!(with("identified", json!({"first": "single", "again": "single"})), failed);
        assert_eq!(with("identified", json!({"first": "adjudicate", "again": "duplicate"})), failed);
        assert_eq!(with("holder", json!({"answer": "sample-too-poor"})), failed);
        assert_eq!(with("stranger", json!({"answer": "match"})), failed);
    }
}
