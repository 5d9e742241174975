//! `ektp card …`: plan, build, approve and inspect what a chip holds.

mod approve;
mod build;
mod erase_can;
mod input;
mod inspect;
mod plan;
mod record;
mod words;

pub(super) use input::profile;
pub(super) use record::{approve_sample, build_sample, record_at};

use super::output::{Failure, Outcome, Output};

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum CardVerb {
    /// Print bytes per file against the chip, the passwords and where they are printed; nothing is written
    Plan(plan::Args),
    /// Build a card image: draw its numbers, fit its pictures, seal its files to the bureau's key
    Build(build::Args),
    /// Erase the CAN of a card that is in use from the register of numbers
    EraseCan(erase_can::Args),
    /// Explain the files of a card directory or a card image, ours or foreign, field by field
    Inspect(inspect::Args),
    /// Sign the authorization that lets a card image be made into a card
    Approve(approve::Args),
}

impl CardVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Plan(_) => "card plan",
            Self::Build(_) => "card build",
            Self::EraseCan(_) => "card erase-can",
            Self::Inspect(_) => "card inspect",
            Self::Approve(_) => "card approve",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::Plan(args) => plan::run(&args, out),
            Self::Build(args) => build::run(&args, out),
            Self::EraseCan(args) => erase_can::run(&args, out),
            Self::Inspect(args) => inspect::run(&args, out),
            Self::Approve(args) => approve::run(&args, out),
        }
    }
}
