//! `ektp centre …`: the centre's part: captures taken in, persons identified, cards authorized, statuses brought to the list, handovers
//! given their policy.

mod approve;
mod each;
mod identify;
mod policy;
mod publish;
mod receive;
#[cfg(unix)]
mod watch;

use super::Answer;
use super::output::Output;
pub(super) use each::application;

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum CentreVerb {
    /// Take consolidated captures in, each once
    Receive(receive::Args),
    /// Identify who was received: single, a re-issue, or a doubt for two officers
    Identify(identify::Args),
    /// Authorize the card of whoever was found unique: its image and its authorization
    Approve(Box<approve::Args>),
    /// Bring the register of statuses to where the cards of the store stand
    Publish(publish::Args),
    /// Give the list of statuses out by itself: as soon as a card is active, suspended or revoked, and often enough to stay young
    #[cfg(unix)]
    Watch(watch::Args),
    /// Sign how handovers are held, for an office and those below it
    Policy(policy::Args),
}

impl CentreVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Receive(_) => "centre receive",
            Self::Identify(_) => "centre identify",
            Self::Approve(_) => "centre approve",
            Self::Publish(_) => "centre publish",
            #[cfg(unix)]
            Self::Watch(_) => "centre watch",
            Self::Policy(_) => "centre policy",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Receive(args) => receive::run(&args, out),
            Self::Identify(args) => identify::run(&args, out),
            Self::Approve(args) => approve::run(&args, out),
            Self::Publish(args) => publish::run(&args, out),
            #[cfg(unix)]
            Self::Watch(args) => watch::run(&args, out),
            Self::Policy(args) => policy::run(&args, out),
        }
    }
}
