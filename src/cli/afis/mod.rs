//! `ektp afis …`: a sealed gallery of persons' fingers, and the search in it.

mod change;
mod enrol;
mod gallery;
mod identify;
mod person;
mod status;
mod told;

use super::Answer;
use super::output::Output;

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum AfisVerb {
    /// Make an empty gallery, sealed with a key
    New(change::NewArgs),
    /// Search for a person, and take them in if they are single
    Enrol(enrol::Args),
    /// Search for a person: single, adjudicate or duplicate
    Identify(identify::Args),
    /// Take a person out
    Delete(change::DeleteArgs),
    /// Write everyone into a new snapshot and begin a new log
    Compact(change::CompactArgs),
    /// How many persons, and which state to hold against a later one
    Status(status::Args),
}

impl AfisVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::New(_) => "afis new",
            Self::Enrol(_) => "afis enrol",
            Self::Identify(_) => "afis identify",
            Self::Delete(_) => "afis delete",
            Self::Compact(_) => "afis compact",
            Self::Status(_) => "afis status",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::New(args) => change::new(&args, out),
            Self::Enrol(args) => enrol::run(&args, out),
            Self::Identify(args) => identify::run(&args, out),
            Self::Delete(args) => change::delete(&args, out),
            Self::Compact(args) => change::compact(&args, out),
            Self::Status(args) => status::run(&args, out),
        }
    }
}
