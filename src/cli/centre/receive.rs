//! `ektp centre receive`: consolidated captures are taken in by the centre, each once.

use super::each::{application, part, waiting};
use crate::cli::Answer;
use crate::cli::office::OfficeArgs;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::{place, secret_input};
use crate::issuance::Role;
use crate::issuance::application::State;
use crate::issuance::centre::intake::{Brought, receive};
use crate::issuance::packet::{Packet, Verified};
use crate::issuance::store::Id;
use crate::limits::PACKET_BYTES;
use crate::pki::key::PrivateKey;
use crate::pki::keystore;
use crate::reason::Reason;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Which captures.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The applications; without any, all whose captures are consolidated
    #[arg(value_name = "APPLICATION", value_parser = application)]
    applications: Vec<Id>,
    /// The packet that brought the capture, of one application
    #[arg(long, value_name = "FILE", requires = "packet_key")]
    packet: Option<PathBuf>,
    /// The centre's key, which opens packets
    #[arg(long, value_name = "FILE", requires = "packet")]
    packet_key: Option<PathBuf>,
    /// Its passphrase: `prompt`, `-` (standard input) or `file:PATH`
    #[arg(long, value_name = "SOURCE", default_value = "prompt", requires = "packet")]
    packet_passphrase: String,
    #[command(flatten)]
    desk: OfficeArgs,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let opened = args.packet.as_ref().map(|packet| open(args, packet)).transpose()?;
    let mut sitting = args.desk.sit(&[Role::Centre])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let packet: Option<(Verified, PrivateKey)> = match opened {
        Some((packet, key)) => Some((packet.verify(desk.roster, desk.now())?, key)),
        None => None,
    };
    let all = waiting(&mut desk, &args.applications, State::Queued)?;
    if packet.is_some() && all.len() != 1 {
        return Err(Failure::new(Reason::Usage, "a packet is of one application: name it"));
    }
    if all.is_empty() {
        out.line(out.lang().pick("nothing waits to be taken in", "tidak ada yang menunggu diterima"));
    }
    for (n, id) in (1..).zip(&all) {
        let brought = packet.as_ref().map(|(packet, key)| Brought { packet, key });
        receive(&mut desk, &part(&job, id)?, id, brought, by)?;
        out.event("received", json!({"application": id, "done": n, "of": all.len()}));
        out.line(format!("{id}  {}", out.lang().pick("received", "diterima")));
    }
    Ok(Outcome::yes(json!({"applications": all})))
}

fn open(args: &Args, packet: &Path) -> Result<(Packet, PrivateKey), Failure> {
    let bytes = place::read(packet, PACKET_BYTES)?;
    let parsed = Packet::parse(&bytes).map_err(|e| Failure::at(packet, &e))?;
    let path = args.packet_key.as_ref().ok_or_else(|| Failure::new(Reason::Usage, "--packet-key is needed"))?;
    let passphrase = secret_input::read(&args.packet_passphrase, "passphrase of the centre's key")?;
    Ok((parsed, keystore::open(path, &passphrase).map_err(|e| Failure::at(path, &e))?))
}
