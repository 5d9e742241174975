//! `ektp finger …`: fingers as images and templates.

mod convert;
mod input;

use super::output::{Failure, Outcome, Output};

/// The verbs of this group, one file each.
#[derive(Debug, clap::Subcommand)]
pub enum FingerVerb {
    /// Turn a finger image or template into another format, and say what is lost
    Convert(convert::Args),
}

impl FingerVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Convert(_) => "finger convert",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::Convert(args) => convert::run(&args, out),
        }
    }
}
