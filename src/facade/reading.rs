//! Read: a card in the field, by what its holder shows, to evidence that anyone may judge.

use super::Refused;
use crate::chip::channel::Channel;
use crate::chip::link::Link;
use crate::chip::pace::Password;
use crate::chip::port::Port;
use crate::read::{self, Setup, Terminal, Want, World};
use crate::verify::{Challenge, LiveProof};
use crate::world::{SystemClock, system_entropy};

/// What to read, and with what.
#[derive(Debug, Clone)]
pub struct ReadRequest {
    /// What the holder shows: [`Password::can`] or [`Password::mrz`].
    pub password: Password,
    /// Which fields; [`Want::Everything`] is what a judge needs for *genuine*.
    pub want: Want,
    /// This station's right to read fingers, if it has one.
    pub terminal: Option<Terminal>,
    /// The challenge document of a judge elsewhere, for the chip to sign; none where the judge is this process.
    pub challenge: Option<Vec<u8>>,
    /// Whether extended length may be used where the chip says that it can: only on a reader that was shown to carry it.
    pub extended: bool,
}

impl ReadRequest {
    /// Everything, by this password, for a judge in this process.
    #[must_use]
    pub fn everything(password: Password) -> Self {
        Self { password, want: Want::Everything, terminal: None, challenge: None, extended: false }
    }
}

/// What a reading saw.
#[derive(Debug)]
pub struct Seen {
    /// The evidence document (JSON). It holds personal data.
    pub evidence: Vec<u8>,
    /// What proves to a judge in this process that the chip was there; it cannot be stored.
    pub proof: LiveProof,
}

/// Reads the card on a PC/SC reader: `serial:NUMBER`, `port:PLACE` or the reader's exact name. A failed authentication is never repeated.
///
/// # Errors
/// `no-reader`, `reader-ambiguous`, `service-down` or `usage` of the reader's name; `card-absent`; else as [`read_through`].
///
/// ```no_run
/// use ektp::facade::{Password, ReadRequest, read};
///
/// let can = Password::can("314159")?;
/// let seen = read("port:1-1.4", &ReadRequest::everything(can))?;
/// std::fs::write("evidence.json", &seen.evidence).unwrap();
/// # Ok::<(), ektp::facade::Refused>(())
/// ```
#[cfg(feature = "reader")]
pub fn read(reader: &str, request: &ReadRequest) -> Result<Seen, Refused> {
    use crate::chip::port::PortLimits;
    use crate::chip::port::pcsc::Readers;
    use crate::chip::port::selector::{Selector, Stations};
    let selector = Selector::parse(reader, &Stations::new())?;
    let readers = Readers::open()?;
    let port = readers.connect(&readers.find(&selector)?)?;
    read_through(&mut if request.extended { port.with_limits(PortLimits::EXTENDED) } else { port }, request)
}

/// Reads the card behind a port of the caller's own: an encoder that transmits, a reader without PC/SC, a chip in memory.
///
/// # Errors
/// `wrong-can` or `wrong-mrz` (ask again); `not-personalized`, `pace-absent`, `password-not-on-card`; `card-removed` and
/// `transport-error` of the field; `encoding-invalid` for a challenge that is none.
///
/// ```
/// # #[cfg(feature = "perso")] {
/// use ektp::facade::{Password, ReadRequest, read_through};
/// use ektp::lds::files::CardFiles;
/// use ektp::softchip::{SoftPort, fixture::Inside};
/// use ektp::verify::Evidence;
///
/// // A chip in memory that holds the files of the shipped sample, as a copyist's would.
/// let sample = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/evidence/good.json")).unwrap();
/// let sample = Evidence::from_json(&sample).unwrap();
/// let files = sample.files.iter().filter_map(|(file, content)| Some((*file, content.bytes()?.to_vec())));
/// let copy = Inside::copied(CardFiles(files.collect()), "314159").chip(ektp::world::DangerousSeededEntropy::new(1)).unwrap();
///
/// let seen = read_through(&mut SoftPort::new(copy), &ReadRequest::everything(Password::can("314159").unwrap())).unwrap();
/// let read = Evidence::from_json(&seen.evidence).unwrap();
/// assert_eq!(read.file(ektp::lds::file_id::FileId::Dg1), sample.file(ektp::lds::file_id::FileId::Dg1));
/// assert!(seen.proof.belongs_to(&read));
/// # }
/// ```
pub fn read_through(port: &mut dyn Port, request: &ReadRequest) -> Result<Seen, Refused> {
    let challenge = request.challenge.as_deref().map(Challenge::from_json).transpose()?;
    let challenge = challenge.and_then(|challenge| <[u8; 8]>::try_from(challenge.bytes()).ok());
    let setup = Setup {
        password: &request.password,
        want: &request.want,
        terminal: request.terminal.as_ref(),
        challenge,
        extended: request.extended,
    };
    let mut rng = system_entropy();
    let world = World { clock: &SystemClock, rng: &mut rng, progress: &mut |_| () };
    let reading = read::read(&mut Channel::new(Link::new(port)), &setup, world)?;
    Ok(Seen { evidence: reading.evidence.to_json(), proof: reading.proof })
}
