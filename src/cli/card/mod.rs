//! `ektp card …`: from a record to an approved card image.

mod approve;

use super::Answer;
use super::output::Output;
use clap::Subcommand;

/// What to do.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Sign the authorization that lets a card image be made into a card
    Approve(approve::ApproveArgs),
}

impl Args {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self.verb {
            Verb::Approve(_) => "card approve",
        }
    }
}

/// Runs the verb.
pub fn run(args: &Args, out: &mut Output) -> Answer {
    match &args.verb {
        Verb::Approve(args) => approve::run(args, out),
    }
}
