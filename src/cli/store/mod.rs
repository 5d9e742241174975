//! `ektp store …`: the store of issuance, made and brought to this program's format.

mod create;
mod migrate;

use super::Answer;
use super::output::Output;

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum StoreVerb {
    /// Make an empty store, in a file or a database of PostgreSQL
    Create(create::Args),
    /// Bring a store to this program's format, after a backup
    Migrate(migrate::Args),
}

impl StoreVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "store create",
            Self::Migrate(_) => "store migrate",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Create(args) => create::run(&args, out),
            Self::Migrate(args) => migrate::run(&args, out),
        }
    }
}
