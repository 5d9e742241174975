//! `ektp perso run`, `resume` and `status`: card images become cards, on one reader, with a journal.

pub(super) mod keys;
mod record;
mod run;
mod show;
mod status;

use super::Answer;
use super::chip_keys::ChipKeyArgs;
use super::output::{Failure, Output};
use super::reader::ReaderArgs;
use crate::chip::scp03::Level;
use crate::perso::chunk::ChunkSize;
use crate::perso::engine::Options;
use crate::perso::receipt::Mode;
use crate::reason::Reason;
use std::path::{Path, PathBuf};

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// Personalize the blank on the reader from a card image, or with sample keys from a bare record
    Run(run::RunArgs),
    /// Bring an interrupted job on, or give it up; the chip is probed, nothing is assumed
    Resume(run::ResumeArgs),
    /// Show the jobs of a store, one job, or check the receipt chain
    Status(status::StatusArgs),
}

impl Verb {
    /// The verb's name in the machine contract.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Run(_) => "perso run",
            Self::Resume(_) => "perso resume",
            Self::Status(_) => "perso status",
        }
    }

    /// Runs it.
    pub(super) fn run(&self, out: &mut Output) -> Answer {
        match self {
            Self::Run(args) => run::run(args, out),
            Self::Resume(args) => run::resume(args, out),
            Self::Status(args) => status::run(args, out),
        }
    }
}

/// The station: where it writes, what it talks to, whose keys it uses.
#[derive(Debug, clap::Args)]
pub struct StationArgs {
    /// The journal; made if it is not there
    #[arg(long, value_name = "FILE")]
    store: PathBuf,
    #[command(flatten)]
    reader: ReaderArgs,
    /// Folder of the station's keys, certificates and trust store, laid out as a sample kit
    #[arg(long, value_name = "DIR")]
    kit: PathBuf,
    /// Passphrase of those keys: `prompt`, `-` or `file:PATH`; without it, the sample kits' own
    #[arg(long, value_name = "SOURCE")]
    passphrase: Option<String>,
    #[command(flatten)]
    pub(super) bench: BenchArgs,
}

/// What a station personalizes by, wherever its journal is.
#[derive(Debug, clap::Args)]
pub struct BenchArgs {
    /// Who holds the keys: this station (local), or the signer at --signer (online)
    #[arg(long, value_name = "MODE", default_value = "local", value_parser = ["local", "online"])]
    mode: String,
    /// Socket of the signer and key service
    #[arg(long, value_name = "SOCKET", required_if_eq("mode", "online"))]
    signer: Option<PathBuf>,
    /// Name of the signer in this station, as authorizations say it (local mode)
    #[arg(long, value_name = "NAME", default_value = "sample-signer")]
    signer_name: String,
    /// That signer's register (local mode): what it signed, and the chips that failed; without it, signer.register in the kit, so that
    /// every journal of these keys shares it
    #[arg(long, value_name = "FILE")]
    register: Option<PathBuf>,
    #[command(flatten)]
    chip_keys: ChipKeyArgs,
    /// Bytes of a chunk: 223, or up to 239 on a reader that `ektp reader qualify` timed
    #[arg(long, value_name = "BYTES", default_value_t = crate::perso::chunk::DEFAULT_CHUNK)]
    chunk: usize,
    /// Security level of the personalization channel
    #[arg(long, value_name = "LEVEL", default_value = "33", value_parser = ["03", "33"])]
    level: String,
    /// Keep the image's sealed files after the receipt is in the chain
    #[arg(long)]
    pub(super) keep_image: bool,
}

impl BenchArgs {
    /// What one mode would leave unheard is no option of it.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let usage = |text: &str| Err(Failure::new(Reason::Usage, text));
        match (self.mode.as_str(), &self.signer, &self.register) {
            ("local", Some(_), _) => usage("--signer is asked in online mode: say --mode online, or leave it out"),
            ("online", _, Some(_)) => usage("in online mode the register is the signer's own: leave --register out"),
            _ => Ok(()),
        }
    }

    /// How it personalizes.
    pub(super) fn options(&self) -> Result<Options, Failure> {
        let chunk = ChunkSize::new(self.chunk).ok_or_else(|| Failure::new(Reason::Usage, "--chunk is 1 to 239 bytes"))?;
        let level = if self.level == "03" { Level::CMacCEnc } else { Level::Full };
        Ok(Options { level, chunk, ..Options::new(self.mode()) })
    }

    /// Who holds the keys.
    pub(super) fn mode(&self) -> Mode {
        Mode::from_name(&self.mode).unwrap_or(Mode::Local)
    }

    /// The card exists and its receipt is in the chain: its sealed data have no further use at the station. A run that was killed
    /// in between leaves them to the next.
    pub(super) fn discard(&self, folder: &Path) {
        if !self.keep_image {
            let _ = std::fs::remove_file(folder.join(crate::lds::image::store::SEALED));
        }
    }
}
