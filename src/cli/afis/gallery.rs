//! The options by which a verb gets at a gallery.

use crate::afis::sealed::{GalleryKey, Mark, Opened, Store};
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
    /// A state that the gallery has reached before, as the verbs print it: an older one is refused
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

    /// The gallery, decrypted; a torn end of its log is told of.
    pub fn open(&self, known: &KnownArgs, out: &mut Output) -> Result<Store, Failure> {
        let key = self.key()?;
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let opened = Store::open(&self.state, &key, threads, known.at_least, &mut system_entropy());
        let Opened { store, torn } = opened.map_err(|e| Failure::at(&self.state, &e))?;
        if torn {
            out.note(match out.lang() {
                Lang::En => "the log ended in a record torn while it was written, which was given up; hold the state against the last one that was answered (--at-least)",
                Lang::Id => "log berakhir dengan rekaman terpotong yang dibuang; cocokkan keadaan dengan jawaban terakhir (--at-least)",
            });
        }
        Ok(store)
    }
}

fn parse_mark(text: &str) -> Result<Mark, String> {
    text.parse().map_err(|_| "GENERATION.CHANGES, e.g. 3.120".to_owned())
}
