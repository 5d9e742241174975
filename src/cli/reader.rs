//! `ektp reader list | identify | qualify`: which readers there are, which one is meant, and how long a chunk it carries in one frame.

use super::output::{Failure, Outcome, Output};
use super::place;
use crate::chip::apdu::Command;
use crate::chip::link::Link;
use crate::chip::port::pcsc::{PcscPort, Readers};
use crate::chip::port::selector::{ReaderInfo, Selector, Stations};
use crate::chip::port::{Port, PortError, PortLimits};
use crate::reason::{Lang, Reason};
use serde_json::json;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Chunks that a personalization may use, in bytes of payload, and the command that carries each under SCP03 level 33 with Le.
const CHUNKS: [(u32, usize); 2] = [(223, 238), (239, 254)];
/// Timed exchanges of each chunk.
const ROUNDS: usize = 21;
/// Largest file of stations that is read, in bytes.
const STATIONS_BYTES: u64 = 65_536;

/// Card readers.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// Every reader with serial number, port and what lies on it
    List,
    /// Name the reader on which a card is now laid or from which it is taken
    Identify(IdentifyArgs),
    /// Time the chunks of a personalization on this reader with a card, and say which to use
    Qualify(ReaderArgs),
}

/// Which reader.
#[derive(Debug, Clone, clap::Args)]
pub struct ReaderArgs {
    /// serial:NUMBER, port:PLACE, station:NAME or the exact name, see `ektp reader list`; or unix:PATH, a chip behind a socket of another
    /// program, without PC/SC
    #[arg(long, value_name = "READER", env = "EKTP_READER")]
    pub reader: String,
    /// File of this machine's stations: JSON object of names and selectors
    #[arg(long, value_name = "FILE", env = "EKTP_STATIONS")]
    pub stations: Option<PathBuf>,
    /// The reader carries extended length fields (only if it was shown to)
    #[arg(long)]
    pub extended: bool,
}

/// How long to wait.
#[derive(Debug, clap::Args)]
pub struct IdentifyArgs {
    /// Seconds to wait for a card to be laid on or taken off
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u64).range(0..=86_400))]
    wait: u64,
}

impl ReaderArgs {
    /// Which reader is meant.
    fn selector(&self) -> Result<Selector, Failure> {
        Ok(Selector::parse(&self.reader, &self.read_stations()?)?)
    }

    /// Takes the card on that reader for this process.
    ///
    /// # Errors
    /// No reader, more than one, a selector or a file of stations that cannot be read, no card, or another program's.
    pub fn connect(&self) -> Result<PcscPort, Failure> {
        // What was asked for comes first: a wrong name is wrong whether the service runs or not.
        let selector = self.selector()?;
        let readers = Readers::open()?;
        let port = readers.connect(&readers.find(&selector)?)?;
        Ok(if self.extended { port.with_limits(PortLimits::EXTENDED) } else { port })
    }

    /// The chip on that reader; `unix:PATH` is a chip behind a socket of another process, without PC/SC.
    ///
    /// # Errors
    /// As [`ReaderArgs::connect`].
    pub fn open(&self) -> Result<Box<dyn Port>, Failure> {
        #[cfg(unix)]
        if let Some(path) = self.reader.strip_prefix("unix:") {
            return Ok(Box::new(crate::chip::port::socket::SocketPort::connect(std::path::Path::new(path))?));
        }
        Ok(Box::new(self.connect()?))
    }

    fn read_stations(&self) -> Result<Stations, Failure> {
        let Some(path) = &self.stations else {
            return Ok(Stations::new());
        };
        let text = place::read(path, STATIONS_BYTES)?;
        serde_json::from_slice(&text).map_err(|e| {
            Failure::new(Reason::InputInvalid, format!("{}: line {}, column {}", path.display(), e.line(), e.column()))
        })
    }
}

impl Verb {
    /// The verb's name in the machine contract.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::List => "reader list",
            Self::Identify(_) => "reader identify",
            Self::Qualify(_) => "reader qualify",
        }
    }

    /// Runs it.
    pub(super) fn run(&self, out: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::List => list(out),
            Self::Identify(args) => identify(args, out),
            Self::Qualify(args) => qualify(args, out),
        }
    }
}

fn list(out: &mut Output) -> Result<Outcome, Failure> {
    let readers = Readers::open()?.list()?;
    for reader in &readers {
        show(out, reader);
    }
    let data = json!({"readers": readers});
    Ok(if readers.is_empty() { Outcome::with_reason(Reason::NoReader, data) } else { Outcome::yes(data) })
}

fn show(out: &mut Output, reader: &ReaderInfo) {
    let part = |prefix: &str, value: &Option<String>| value.as_ref().map_or_else(|| "-".to_owned(), |v| format!("{prefix}:{v}"));
    let card = if reader.card { out.lang().pick("card", "kartu") } else { out.lang().pick("empty", "kosong") };
    out.line(format!("{:<44} {:<20} {:<14} {card}", reader.name, part("serial", &reader.serial), part("port", &reader.port)));
}

/// Waits until the card on one reader comes or goes.
fn identify(args: &IdentifyArgs, out: &mut Output) -> Result<Outcome, Failure> {
    let readers = Readers::open()?;
    let before = readers.list()?;
    if before.is_empty() {
        return Err(PortError::NoReader("any reader".to_owned()).into());
    }
    out.note(out.lang().pick(
        "lay a card on the reader that you mean, or take it off",
        "letakkan kartu pada pembaca yang dimaksud, atau angkat",
    ));
    let end = Instant::now() + Duration::from_secs(args.wait);
    while Instant::now() < end {
        std::thread::sleep(Duration::from_millis(200));
        let now = readers.list()?;
        let changed = now.iter().find(|n| before.iter().any(|b| b.name == n.name && b.card != n.card));
        if let Some(reader) = changed {
            show(out, reader);
            return Ok(Outcome::yes(json!({"reader": reader})));
        }
    }
    Err(Failure::new(Reason::NoCardMoved, format!("no card was laid on or taken off in {} seconds", args.wait)))
}

/// Times a command that every card refuses without doing anything: SELECT by an application identifier that is too long.
fn qualify(args: &ReaderArgs, out: &mut Output) -> Result<Outcome, Failure> {
    let mut port = args.connect()?;
    let fingerprint = port.fingerprint();
    let mut link = Link::new(&mut port);
    let mut medians = Vec::new();
    for (chunk, length) in CHUNKS {
        let command = Command::new(0x00, 0xA4, 0x04, 0x00).with_data(vec![0xF0; length - 6]).with_le(256);
        let mut times = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            let start = Instant::now();
            link.send(&command)?;
            times.push(start.elapsed().as_micros());
        }
        times.sort_unstable();
        let median = times.get(ROUNDS / 2).copied().unwrap_or_default();
        out.line(format!("{chunk} {}: {median} µs", out.lang().pick("bytes a chunk", "bita per potongan")));
        medians.push((chunk, u64::try_from(median).unwrap_or(u64::MAX)));
    }
    port.power_cycle()?;
    let chunk = recommend(&medians);
    out.line(match out.lang() {
        Lang::En => format!("use {chunk} bytes a chunk"),
        Lang::Id => format!("pakai {chunk} bita per potongan"),
    });
    let timed: Vec<_> = medians.iter().map(|(chunk, median)| json!({"chunk": chunk, "median_us": median})).collect();
    Ok(Outcome::yes(json!({"fingerprint": fingerprint, "rounds": ROUNDS, "timed": timed, "chunk": chunk})))
}

/// The chunk with the least time a byte.
fn recommend(medians: &[(u32, u64)]) -> u32 {
    let cost = |(chunk, median): &&(u32, u64)| u128::from(*median) * 1_000_000 / u128::from((*chunk).max(1));
    medians.iter().min_by_key(cost).map_or(CHUNKS[0].0, |(chunk, _)| *chunk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_frame_costs_the_longer_chunk_its_place() {
        assert_eq!(recommend(&[(223, 20_000), (239, 20_500)]), 239);
        assert_eq!(recommend(&[(223, 20_000), (239, 24_000)]), 223);
        assert_eq!(recommend(&[]), 223);
    }
}
