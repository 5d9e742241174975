//! `ektp card …`: plan, build, approve and inspect what a chip holds.

mod approve;

use super::output::{Failure, Outcome, Output};

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum CardVerb {
    /// Sign the authorization that lets a card image be made into a card
    Approve(approve::Args),
}

impl CardVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Approve(_) => "card approve",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::Approve(args) => approve::run(&args, out),
        }
    }
}
