//! `ektp chip new`: a blank chip in software.

use super::hex;
use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::lds::profile::Profile;
use crate::pki::sample::Kit;
use crate::reason::{Lang, Reason};
use crate::softchip::{ChipConfig, SoftChip, StateFile};
use crate::world::system_entropy;
use rand_core::Rng;
use serde_json::json;
use std::path::PathBuf;

/// What blank to make.
#[derive(Debug, clap::Args)]
pub struct Args {
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

/// Makes it.
pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
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
    let (bytes, place) = (profile.capacity, args.state.display());
    out.line(match out.lang() {
        Lang::En => format!("blank chip {serial} of {bytes} bytes in {place}"),
        Lang::Id => format!("cip kosong {serial}, {bytes} bita, di {place}"),
    });
    Ok(Outcome::yes(json!({"serial": serial, "profile": profile.name, "capacity": profile.capacity, "keys": "sample"})))
}

fn parse_serial(hex: &str) -> Option<[u8; 10]> {
    let digits = hex.as_bytes();
    let well_formed = digits.len() == 20 && digits.iter().all(u8::is_ascii_hexdigit);
    let bytes: Vec<u8> = (0..digits.len() / 2).filter_map(|i| u8::from_str_radix(hex.get(2 * i..2 * i + 2)?, 16).ok()).collect();
    bytes.try_into().ok().filter(|_| well_formed)
}
