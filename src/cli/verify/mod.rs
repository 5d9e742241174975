//! `ektp verify …`: the judge's verbs.

mod card;
mod challenge;
mod log;
mod person;
mod pictures;
pub(in crate::cli) mod probe;
mod sample;
mod say;

use super::output::{Failure, Outcome, Output};

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum VerifyVerb {
    /// Make a challenge, to be answered by one reading and spent by one judgement
    Challenge(challenge::Args),
    /// Judge a card: on the reader, from an evidence file, or a shipped sample
    Card(Box<card::Args>),
    /// Compare a finger with those of the card
    Person(Box<person::Args>),
    /// What was verified for what, from the register of --log: counted, listed, its chain verified
    Log(log::Args),
}

impl VerifyVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Challenge(_) => "verify challenge",
            Self::Card(_) => "verify card",
            Self::Person(_) => "verify person",
            Self::Log(_) => "verify log",
        }
    }

    /// Runs the verb.
    pub fn run(&self, out: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::Challenge(args) => challenge::run(args, out),
            Self::Card(args) => card::run(args, out),
            Self::Person(args) => person::run(args, out),
            Self::Log(args) => log::run(args, out),
        }
    }
}
