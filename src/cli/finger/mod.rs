//! `ektp finger …`: fingers as images and templates.

mod convert;
mod input;
mod r#match;

use super::output::{Failure, Outcome, Output};

/// The verbs of this group, one file each.
#[derive(Debug, clap::Subcommand)]
pub enum FingerVerb {
    /// Turn a finger image or template into another format, and say what is lost
    Convert(convert::Args),
    /// Compare two templates, or a list of pairs: score, threshold at a false-match rate, decision
    Match(r#match::Args),
}

impl FingerVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Convert(_) => "finger convert",
            Self::Match(_) => "finger match",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::Convert(args) => convert::run(&args, out),
            Self::Match(args) => r#match::run(&args, out),
        }
    }
}
