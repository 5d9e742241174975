//! `ektp chip …`: a chip in software, for demonstrations and tests.

mod fault;
mod new;
mod serve;

use super::output::{Failure, Outcome, Output};

/// A chip in software.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// Make a blank as it comes from its vendor, with the sample transport keys
    New(new::Args),
    /// Lay a chip on a virtual PC/SC reader (vsmartcard's vpcd) until the reader or the chip leaves
    Serve(serve::Args),
}

impl Verb {
    /// The verb's name in the machine contract.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::New(_) => "chip new",
            Self::Serve(_) => "chip serve",
        }
    }

    /// Runs it.
    pub(super) fn run(&self, out: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::New(args) => new::run(args, out),
            Self::Serve(args) => serve::run(args, out),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02X}")).collect()
}
