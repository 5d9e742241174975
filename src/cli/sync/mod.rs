//! `ektp sync …`: captures and results between offices that have stores of their own, over a folder or a line.

mod args;
mod pull;
mod push;
mod relay;
mod serve;
mod status;

use super::Answer;
use super::output::Output;

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum SyncVerb {
    /// Make what there is to send, and send it: captures and handovers up, results down
    Push(Box<push::Args>),
    /// Fetch what there is for this office, and take it in, each thing once
    Pull(Box<pull::Args>),
    /// Carry on what is others', without a store: fetch it and send it
    Relay(Box<relay::Args>),
    /// What waits in this office's folder, what was refused, and which stores are not believed
    Status(status::Args),
    /// Answer the offices below over lines with certificates on both sides, until it is ended
    Serve(Box<serve::Args>),
}

impl SyncVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Push(_) => "sync push",
            Self::Pull(_) => "sync pull",
            Self::Relay(_) => "sync relay",
            Self::Status(_) => "sync status",
            Self::Serve(_) => "sync serve",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Push(args) => push::run(&args, out),
            Self::Pull(args) => pull::run(&args, out),
            Self::Relay(args) => relay::run(&args, out),
            Self::Status(args) => status::run(&args, out),
            Self::Serve(args) => serve::run(&args, out),
        }
    }
}
