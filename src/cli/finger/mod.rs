//! `ektp finger …`: fingers as images and templates, and how well they are told apart.

mod convert;
pub mod dpi;
mod eval;
pub mod extract;
pub mod extractor;
mod format;
pub mod input;
mod r#match;
mod pairs;
mod parallel;
pub mod print;
mod sensor;
mod synth;
pub mod template;

use super::output::{Failure, Outcome, Output};

/// The verbs of this group, one file each.
#[derive(Debug, clap::Subcommand)]
pub enum FingerVerb {
    /// Find the minutiae of a finger image, draw them, and say how good the image is
    Extract(extract::Args),
    /// A simulated finger sensor for --capture, answering with pictures from files
    Sensor(sensor::Args),
    /// Compare two prints, or a list of pairs: score, threshold at a false-match rate, decision
    Match(r#match::Args),
    /// Turn a finger image or template into another format, and say what is lost
    Convert(convert::Args),
    /// Error rates on a folder of prints: EER, FNMR at false-match rates with intervals, DET plot
    Eval(eval::Args),
    /// Invent persons with ten fingers, and images of them for samples, tests and figures
    Synth(synth::Args),
}

impl FingerVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Extract(_) => "finger extract",
            Self::Sensor(_) => "finger sensor",
            Self::Match(_) => "finger match",
            Self::Convert(_) => "finger convert",
            Self::Eval(_) => "finger eval",
            Self::Synth(_) => "finger synth",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::Extract(args) => extract::run(&args, out),
            Self::Sensor(args) => sensor::run(&args, out),
            Self::Match(args) => r#match::run(&args, out),
            Self::Convert(args) => convert::run(&args, out),
            Self::Eval(args) => eval::run(&args, out),
            Self::Synth(args) => synth::run(&args, out),
        }
    }
}
