//! `ektp demo card`: the main job from record to verdict, then a copied and an altered card refused.

mod bench;
mod card;
mod forge;
mod keep;
mod running;
mod steps;
mod table;

use super::output::{Failure, Outcome, Output};
use super::{Answer, verbs};
use crate::reason::Reason;
use std::path::PathBuf;

/// The demonstrations.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// Make a card on a virtual reader, read it, judge it, and see a copied and an altered one refused
    Card(Args),
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
        "demo card"
    }

    /// Runs it.
    pub(super) fn run(&self, out: &mut Output) -> Answer {
        let Self::Card(args) = self;
        demonstrate(args, out).map_err(own)
    }
}

/// A step that refuses for a reason with which the demonstration cannot end is our own bug: it made everything itself.
fn own(failure: Failure) -> Failure {
    if verbs::Verb::named("demo card").is_some_and(|verb| verb.may_end_with(failure.reason)) {
        return failure;
    }
    Failure::new(Reason::InternalError, format!("{} [{}]", failure.message, failure.reason))
}

fn demonstrate(args: &Args, out: &mut Output) -> Answer {
    let port = args.port.ok_or_else(|| {
        Failure::new(
            Reason::NoReader,
            "the demonstration needs a virtual reader: run `make demo`, or `scripts/pcscd-run ektp demo card`",
        )
    })?;
    let bench = bench::Bench::set_up(args, port, out)?;
    let made = card::make(&bench, out)?;
    let read = card::read_and_judge(&bench, &made, out)?;
    let refused = forge::refuse_all(&bench, out)?;
    if args.keep.is_some() {
        keep::export(&bench, out)?;
    }
    let data = table::data(&made, &read, &refused);
    table::print(&data, args, out);
    Ok(Outcome::yes(data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_should_not_have_refused_is_our_own_bug() {
        let ended = |reason| own(Failure::new(reason, "a step")).reason;
        assert_eq!(ended(Reason::NoReader), Reason::NoReader);
        assert_eq!(ended(Reason::SignerRefused), Reason::InternalError);
    }
}
