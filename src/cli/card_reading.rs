//! Reading the card on a reader, as the verbs `read` and `verify card` share it.

use super::card_password::PasswordArgs;
use super::output::{Failure, Output};
use super::reader::ReaderArgs;
use super::secret_input;
use crate::chip::channel::Channel;
use crate::chip::link::Link;
use crate::chip::pace::Password;
use crate::chip::port::{Port, PortError, PortLimits};
use crate::limits::CHAIN_CERTIFICATES;
use crate::pki::cvc::{Certificate, Role};
use crate::pki::{keystore, sample};
use crate::read::{Field, Progress, Reading, Setup, Terminal, Want, World, read};
use crate::reason::Reason;
use crate::secret::Secret;
use crate::world::{SystemClock, system_entropy};
use std::path::{Path, PathBuf};

/// Which card, opened with what, read how far.
#[derive(Debug, clap::Args)]
pub struct CardArgs {
    /// serial:NUMBER, port:PLACE, station:NAME or the exact name, see `ektp reader list`; or unix:PATH, a chip behind a socket of another
    /// program, without PC/SC [env: EKTP_READER]
    #[arg(long, value_name = "READER")]
    pub reader: Option<String>,
    /// File of this machine's stations: JSON object of names and selectors [env: EKTP_STATIONS]
    #[arg(long, value_name = "FILE")]
    pub stations: Option<PathBuf>,
    /// Use extended length: the reader carries it (only if it was shown to), and the chip says that it does
    #[arg(long)]
    pub extended: bool,
    #[command(flatten)]
    pub password: PasswordArgs,
    /// Folder with this station's terminal certificates (*.cvcert: links, DV, IS) and the key NAME.key.pem
    #[arg(long, value_name = "DIR")]
    pub is_chain: Option<PathBuf>,
    /// Which terminal of the folder
    #[arg(long, value_name = "NAME", default_value = "is", requires = "is_chain")]
    pub is_name: String,
    /// Passphrase of the terminal's key: -, prompt or file:PATH; sample keys need none
    #[arg(long, value_name = "SOURCE", requires = "is_chain")]
    pub is_passphrase: Option<String>,
    /// Read only what these fields need, e.g. name,nik,portrait; or `inventory`: everything, and groups that nobody signed
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    pub want: Vec<String>,
}

impl CardArgs {
    /// The card on a reader, opened by a password that is known, fingers and all.
    pub fn at_desk(reader: Option<String>, stations: Option<PathBuf>, is: (PathBuf, String, Option<String>)) -> Self {
        let (is_chain, is_name, is_passphrase) = is;
        let password = PasswordArgs { can: None, mrz: None, legacy: None };
        let is_chain = Some(is_chain);
        Self { reader, stations, extended: false, password, is_chain, is_name, is_passphrase, want: Vec::new() }
    }

    /// Reads the card, telling the progress.
    pub fn read(&self, challenge: Option<[u8; 8]>, out: &mut Output) -> Result<Reading, Failure> {
        self.read_by(None, challenge, out)
    }

    /// The same, by a password that is known.
    pub fn read_by(&self, known: Option<Password>, challenge: Option<[u8; 8]>, out: &mut Output) -> Result<Reading, Failure> {
        let usage = |text: &str| Failure::new(Reason::Usage, text);
        // The environment is asked here, not by the parser: what a station always has set must not conflict with a verb's other ways.
        let reader = self.reader.clone().or_else(|| std::env::var("EKTP_READER").ok().filter(|reader| !reader.is_empty()));
        let reader = reader.ok_or_else(|| usage("--reader is needed"))?;
        let stations = self
            .stations
            .clone()
            .or_else(|| std::env::var_os("EKTP_STATIONS").filter(|file| !file.is_empty()).map(PathBuf::from));
        let reader = ReaderArgs { reader, stations, extended: self.extended };
        let want = self.wanted()?;
        let password = match known {
            Some(password) => password,
            None => self.password.read()?,
        };
        let terminal = self.is_chain.as_deref().map(|dir| self.terminal(dir)).transpose()?;
        let mut port = Patient(reader.open()?);
        let setup = Setup { password: &password, want: &want, terminal: terminal.as_ref(), challenge, extended: reader.extended };
        let mut rng = system_entropy();
        let mut tell = |progress: Progress| show(&progress, out);
        let world = World { clock: &SystemClock, rng: &mut rng, progress: &mut tell };
        read(&mut Channel::new(Link::new(&mut port)), &setup, world).map_err(|e| self.password.explain(e.into()))
    }

    fn wanted(&self) -> Result<Want, Failure> {
        if self.want.is_empty() {
            return Ok(Want::Everything);
        }
        if self.want == ["inventory"] {
            return Ok(Want::Inventory);
        }
        let field = |name: &String| {
            let names: Vec<&str> = Field::ALL.iter().map(|(n, _)| *n).collect();
            Field::from_name(name)
                .ok_or_else(|| Failure::new(Reason::Usage, format!("--want knows {}, not `{name}`", names.join(", "))))
        };
        self.want.iter().map(field).collect::<Result<_, _>>().map(Want::Fields)
    }

    /// All certificates of the folder but other terminals', and the key of the one that is named.
    fn terminal(&self, dir: &Path) -> Result<Terminal, Failure> {
        let unreadable = |e: &std::io::Error| Failure::new(Reason::FileUnreadable, format!("{}: {}", dir.display(), e.kind()));
        let own = format!("{}.cvcert", self.is_name);
        let mut certificates = Vec::new();
        for entry in std::fs::read_dir(dir).map_err(|e| unreadable(&e))?.take(8 * CHAIN_CERTIFICATES) {
            let path = entry.map_err(|e| unreadable(&e))?.path();
            if path.extension().is_none_or(|e| e != "cvcert") {
                continue;
            }
            let bytes = std::fs::read(&path).map_err(|e| unreadable(&e))?;
            let certificate = Certificate::parse(&bytes).map_err(|e| Failure::at(&path, &e))?;
            let is_own = path.file_name().is_some_and(|n| n == own.as_str());
            if is_own || certificate.role() != Role::Terminal {
                certificates.push(certificate);
            }
        }
        let passphrase = match &self.is_passphrase {
            Some(source) => secret_input::read(source, "passphrase of the terminal's key")?,
            None => Secret::new(sample::PASSPHRASE.to_owned()),
        };
        let path = dir.join(format!("{}.key.pem", self.is_name));
        let key = keystore::open(&path, &passphrase).map_err(|e| Failure::at(&path, &e))?;
        let key = key
            .ec()
            .cloned()
            .ok_or_else(|| Failure::new(Reason::InputInvalid, "the terminal's key is not of a curve of ours"))?;
        Ok(Terminal::new(certificates, key)?)
    }
}

/// A reader that waits for a card that slipped: whoever holds it needs a moment to put it back.
struct Patient(Box<dyn Port>);

/// How often and how long apart the card is looked for.
const TRIES: usize = 50;
const APART: std::time::Duration = std::time::Duration::from_millis(100);

impl Port for Patient {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, PortError> {
        self.0.transmit(apdu)
    }

    fn power_cycle(&mut self) -> Result<(), PortError> {
        for _ in 0..TRIES {
            match self.0.power_cycle() {
                Err(PortError::CardAbsent | PortError::CardRemoved) => std::thread::sleep(APART),
                other => return other,
            }
        }
        Err(PortError::CardAbsent)
    }

    fn atr(&self) -> Vec<u8> {
        self.0.atr()
    }

    fn limits(&self) -> PortLimits {
        self.0.limits()
    }

    fn fingerprint(&self) -> String {
        self.0.fingerprint()
    }
}

fn show(progress: &Progress, out: &mut Output) {
    match progress {
        Progress::Reading { file, done, total } => {
            out.progress(file.name(), u64::try_from(*done).unwrap_or(0), u64::try_from(*total).unwrap_or(0));
        }
        Progress::CardMayGo => {
            out.event("card_may_go", progress);
            out.note(out.lang().pick("the card may be lifted off the reader", "kartu boleh diangkat dari pembaca"));
        }
        Progress::FieldLost { time } => {
            out.event("field_lost", progress);
            let text = out.lang().pick("the card left the reader; hold it still", "kartu lepas dari pembaca; tahan kartu");
            out.note(format!("{text} ({time})"));
        }
        _ => out.event("reading", progress),
    }
}
