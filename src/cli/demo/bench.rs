//! The demonstration's workbench: a folder, sample keys, the sample record, a blank chip.

use super::Args;
use super::steps::{Service, Steps};
use crate::chip::port::pcsc::Readers;
use crate::chip::port::selector::{Selector, Stations};
use crate::cli::output::{Failure, Output};
use crate::lds::profile::Profile;
use crate::reason::Reason;
use crate::record::sample;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long the reader may take to see that a card came or went.
const CARD_APPEARS: Duration = Duration::from_secs(10);

/// Everything the steps work on.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) steps: Steps,
    pub(super) dir: PathBuf,
    pub(super) profile: String,
    pub(super) portrait: PathBuf,
    pub(super) reader: String,
    pub(super) port: String,
    _temporary: Option<tempfile::TempDir>,
}

impl Bench {
    /// Makes the folder, mints sample keys and takes a blank from the vendor.
    pub(super) fn set_up(args: &Args, port: u16, out: &mut Output) -> Result<Self, Failure> {
        let steps = Steps::new()?;
        let (dir, temporary) = match &args.keep {
            Some(dir) => {
                std::fs::create_dir(dir).map_err(|e| cannot(dir, &e))?;
                (dir.clone(), None)
            }
            None => {
                let held = steps.temporary().map_err(|e| cannot(&std::env::temp_dir(), &e))?;
                (held.path().to_owned(), Some(held))
            }
        };
        let bench = Self {
            steps,
            dir,
            profile: args.profile.clone(),
            portrait: args.portrait.clone(),
            reader: args.reader.clone(),
            port: port.to_string(),
            _temporary: temporary,
        };
        bench.lay_out()?;
        bench.steps.must(&["pki", "sample-kit", &bench.at("kit")], out)?;
        bench.steps.must(&["chip", "new", "--state", &bench.at("chip.state"), "--profile", &bench.profile], out)?;
        Ok(bench)
    }

    /// Writes the sample record and the files it names.
    fn lay_out(&self) -> Result<(), Failure> {
        let folder = self.dir.join("record");
        std::fs::create_dir(&folder).map_err(|e| cannot(&folder, &e))?;
        let prints = Profile::named(&self.profile)?.finger_image.is_some();
        let record = if prints { sample::CITIZEN_WITH_PRINTS } else { sample::CITIZEN };
        write(&folder.join("record.json"), record.as_bytes())?;
        for (name, bytes) in &sample::files().0 {
            write(&folder.join(name), bytes)?;
        }
        write(&self.dir.join("passphrase"), crate::pki::sample::PASSPHRASE.as_bytes())?;
        write(&self.dir.join("nik.key"), b"sample key of the NIK digest")
    }

    /// A path inside the folder, as an argument.
    pub(super) fn at(&self, name: &str) -> String {
        self.dir.join(name).to_string_lossy().into_owned()
    }

    /// An argument that names a file as a secret's source.
    pub(super) fn secret(&self, name: &str) -> String {
        format!("file:{}", self.at(name))
    }

    /// Takes the chip off the reader, and waits until the reader has seen that.
    pub(super) fn take_away(&self, chip: Service) -> Result<(), Failure> {
        chip.stop();
        self.await_card(false)
    }

    fn await_card(&self, present: bool) -> Result<(), Failure> {
        let readers = Readers::open()?;
        let reader = readers.find(&Selector::parse(&self.reader, &Stations::new())?)?;
        Ok(readers.wait(&reader, present, CARD_APPEARS)?)
    }

    /// Lays a chip on the virtual reader.
    pub(super) fn serve_chip(&self, state: &str, out: &mut Output) -> Result<Service, Failure> {
        let service = self.steps.serve(&["chip", "serve", "--state", &self.at(state), "--port", &self.port], out)?;
        self.await_card(true)?;
        Ok(service)
    }
}

/// Writes a private file.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    crate::cli::place::write_private(path, bytes)
}

/// Reads a file of the folder.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|e| cannot(path, &e))
}

/// A file that cannot be used.
pub(super) fn cannot(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Reason::of_io(error.kind()), format!("{}: {}", path.display(), error.kind()))
}
