//! `ektp packet …`: captures as sealed, signed packets that travel by any means.

mod open;
mod seal;

use super::Answer;
use super::output::{Failure, Output};
use super::place::read;
use crate::issuance::officer::{Folder, Roster};
use crate::issuance::packet::{Packet, PacketError, Verified};
use crate::limits::PACKET_BYTES;
use crate::reason::Refusal as _;
use jiff::Timestamp;
use std::path::Path;

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum PacketVerb {
    /// Seal the files of a capture to the centre, and sign the packet as its officer
    Seal(seal::Args),
    /// Check who made a packet and that nothing of it was changed; needs no key
    Verify(open::VerifyArgs),
    /// Check a packet and write out its files, with the centre's key
    Open(open::OpenArgs),
}

impl PacketVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Seal(_) => "packet seal",
            Self::Verify(_) => "packet verify",
            Self::Open(_) => "packet open",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Seal(args) => seal::run(&args, out),
            Self::Verify(args) => open::verify(&args, out),
            Self::Open(args) => open::open(&args, out),
        }
    }
}

/// A packet whose officer is proven by the roster.
fn verified(packet: &Path, roster: &Path) -> Result<Verified, Failure> {
    let roster: Roster = Folder::open(roster).map_err(|e| Failure::new(e.reason(), e.to_string()))?.roster().clone();
    let bytes = read(packet, PACKET_BYTES)?;
    Packet::parse(&bytes).and_then(|p| p.verify(&roster, Timestamp::now())).map_err(|e| refused(packet, &e))
}

fn refused(path: &Path, error: &PacketError) -> Failure {
    Failure::at(path, error)
}
