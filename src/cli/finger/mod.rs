//! `ektp finger …`: prints, and how well they are told apart.

mod eval;

use super::output::{Failure, Outcome, Output};

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum FingerVerb {
    /// Error rates of a matcher on a folder of prints: EER, FNMR at false-match rates with intervals, DET plot
    Eval(eval::Args),
}

impl FingerVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Eval(_) => "finger eval",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::Eval(args) => eval::run(&args, out),
        }
    }
}
