//! The options by which a verb gets at a gallery.

use crate::afis::sealed::{GalleryKey, Mark, Opened, SealedError, Seen, Store};
use crate::cli::output::{Failure, Output};
use crate::cli::secret_input;
use crate::pki::chip_keys::{ChipKey, Kind};
use crate::reason::Lang;
use crate::world::system_entropy;
use std::path::PathBuf;

/// Where a gallery is, and what opens it.
#[derive(Debug, clap::Args)]
pub struct GalleryArgs {
    /// The gallery's snapshot; its log lies beside it as NAME.log
    #[arg(value_name = "GALLERY")]
    pub state: PathBuf,
    /// Its key, a file of `ektp pki chip-key --kind gallery`
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Passphrase of the key file: prompt, - (standard input) or file:PATH
    #[arg(long, value_name = "SOURCE", default_value = "prompt")]
    passphrase: String,
}

/// What the caller knows of a gallery's state.
#[derive(Debug, clap::Args)]
pub struct KnownArgs {
    /// A state that the gallery has reached before, as the verbs print it: an older gallery, another, or one that went another way since is
    /// refused
    #[arg(long, value_name = "STATE", value_parser = parse_mark)]
    at_least: Option<Mark>,
}

impl GalleryArgs {
    /// The key.
    pub fn key(&self) -> Result<GalleryKey, Failure> {
        let passphrase = secret_input::read(&self.passphrase, "passphrase of the gallery's key")?;
        let file = ChipKey::open(&self.key, Kind::Gallery, &passphrase).map_err(|e| Failure::at(&self.key, &e))?;
        Ok(GalleryKey::new(file.master(Kind::Gallery)?.expose())?)
    }

    /// The gallery, decrypted, to be changed; a torn end of its log was cut off, and is told of.
    pub fn open(&self, known: &KnownArgs, out: &mut Output) -> Result<Opened, Failure> {
        // A pipe of its name would be waited for.
        crate::cli::place::open(&self.state)?;
        let opened = Store::open(&self.state, &self.key()?, threads(), known.at_least, &mut system_entropy());
        let opened = opened.map_err(|e| Failure::at(&self.state, &e))?;
        tell(opened.torn, out);
        Ok(opened)
    }

    /// The state of the gallery if it has seen no change since it was made with this key; else it is in the way of a new one.
    pub fn untouched(&self, key: &GalleryKey) -> Result<Mark, SealedError> {
        let seen = Store::look(&self.state, key, 1, None).map_err(|_| SealedError::Exists)?;
        if seen.mark.changes() == 0 { Ok(seen.mark) } else { Err(SealedError::Exists) }
    }

    /// The gallery, decrypted, to be looked at; a torn end of its log is told of, and stays.
    pub fn look(&self, known: &KnownArgs, out: &mut Output) -> Result<Seen, Failure> {
        crate::cli::place::open(&self.state)?;
        let seen = Store::look(&self.state, &self.key()?, threads(), known.at_least);
        let seen = seen.map_err(|e| Failure::at(&self.state, &e))?;
        tell(seen.torn, out);
        Ok(seen)
    }
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn tell(torn: bool, out: &mut Output) {
    if torn {
        out.note(match out.lang() {
            Lang::En => "the log ends in a record torn while it was written, which counts for nothing; hold the state against the last one that was answered (--at-least)",
            Lang::Id => "log berakhir dengan rekaman terpotong yang tidak dihitung; cocokkan keadaan dengan jawaban terakhir (--at-least)",
        });
    }
}

fn parse_mark(text: &str) -> Result<Mark, String> {
    text.parse().map_err(|e: SealedError| e.to_string())
}
