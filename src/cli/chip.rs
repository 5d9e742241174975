//! `ektp chip new` and `ektp chip serve`: a chip in software on a virtual PC/SC reader, for demonstrations and tests.

use super::output::{Failure, Outcome, Output};
use crate::chip::port::vpcd::Ending;
use crate::lds::profile::Profile;
use crate::pki::sample::Kit;
use crate::reason::Reason;
use crate::softchip::latency::Latency;
use crate::softchip::serve::{ServedChip, serve};
use crate::softchip::{ChipConfig, SoftChip, StateFile};
use crate::world::system_entropy;
use rand_core::Rng;
use serde_json::json;
use std::path::PathBuf;

/// A chip in software.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// Make a blank as it comes from its vendor, with the sample transport keys
    New(NewArgs),
    /// Lay a chip on a virtual PC/SC reader (vsmartcard's vpcd) until the reader or the chip leaves
    Serve(ServeArgs),
}

/// What blank to make.
#[derive(Debug, clap::Args)]
pub struct NewArgs {
    /// Where to keep the chip's memory; must not exist. It holds the chip's keys
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// Chip serial, 20 hexadecimal digits; random if not given
    #[arg(long, value_name = "HEX")]
    serial: Option<String>,
    /// Card profile whose memory size the chip has
    #[arg(long, value_name = "NAME", default_value = crate::lds::profile::DEFAULT)]
    profile: String,
}

/// What chip to serve and where.
#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    /// The chip's memory, of `ektp chip new`
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// TCP port of this machine on which the virtual reader listens
    #[arg(long, value_name = "N")]
    port: u16,
    /// How slow the chip is: none, or j3r180 or secora with -106, -212, -424 or -848 kbit/s
    #[arg(long, value_name = "PRESET", default_value = "none")]
    latency: String,
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
            Self::New(args) => new(args, out),
            Self::Serve(args) => serve_chip(args, out),
        }
    }
}

fn new(args: &NewArgs, out: &mut Output) -> Result<Outcome, Failure> {
    let profile = Profile::named(&args.profile)?;
    let mut rng = system_entropy();
    let serial = match &args.serial {
        Some(hex) => parse_serial(hex).ok_or_else(|| Failure::new(Reason::Usage, "--serial takes 20 hexadecimal digits"))?,
        None => {
            let mut serial = [0; 10];
            rng.fill_bytes(&mut serial);
            serial
        }
    };
    let config = ChipConfig { serial, capacity: profile.capacity, transport: Kit::transport_keys() };
    StateFile::at(&args.state).create(&SoftChip::blank(&config, rng))?;
    let serial = hex(&serial);
    out.line(format!("blank chip {serial} of {} bytes in {}", profile.capacity, args.state.display()));
    Ok(Outcome::yes(json!({"serial": serial, "profile": profile.name, "capacity": profile.capacity, "keys": "sample"})))
}

fn serve_chip(args: &ServeArgs, out: &mut Output) -> Result<Outcome, Failure> {
    let latency = Latency::preset(&args.latency)
        .ok_or_else(|| Failure::new(Reason::Usage, format!("no latency preset `{}`; try j3r180-424", args.latency)))?;
    let file = StateFile::at(&args.state);
    let _alone = file.lock()?;
    let chip = file.load(system_entropy())?;
    let serial = hex(&chip.serial());
    let mut served = ServedChip::new(chip, Some(file), latency);
    out.line(format!("chip {serial} goes to the reader on port {}", args.port));
    out.event("serving", json!({"serial": serial, "port": args.port, "state": name_of(&served)}));
    let ending = serve(&mut served, args.port)?;
    let ended_by = if ending == Ending::ReaderGone { "reader" } else { "chip" };
    out.line(format!("{} commands answered; the {ended_by} left", served.exchanges()));
    let state = name_of(&served);
    Ok(Outcome::yes(json!({"serial": serial, "apdus": served.exchanges(), "state": state, "ended_by": ended_by})))
}

fn name_of(served: &ServedChip) -> &'static str {
    served.chip().state().name()
}

fn parse_serial(hex: &str) -> Option<[u8; 10]> {
    let digits = hex.as_bytes();
    let well_formed = digits.len() == 20 && digits.iter().all(u8::is_ascii_hexdigit);
    let bytes: Vec<u8> = (0..digits.len() / 2).filter_map(|i| u8::from_str_radix(hex.get(2 * i..2 * i + 2)?, 16).ok()).collect();
    bytes.try_into().ok().filter(|_| well_formed)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02X}")).collect()
}
