//! `ektp finger …`: prints and templates, and how well they are told apart.

mod eval;
mod r#match;

use super::output::{Failure, Outcome, Output};

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum FingerVerb {
    /// Error rates of a matcher on a folder of prints: EER, FNMR at false-match rates with intervals, DET plot
    Eval(eval::Args),
    /// Compare two templates, or a list of pairs: score, threshold at a false-match rate, decision
    Match(r#match::Args),
}

impl FingerVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Eval(_) => "finger eval",
            Self::Match(_) => "finger match",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::Eval(args) => eval::run(&args, out),
            Self::Match(args) => r#match::run(&args, out),
        }
    }
}
