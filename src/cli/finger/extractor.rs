//! `--extractor` and `--weights`: which of our extractors a verb uses, and where its weights lie.

use crate::cli::output::Failure;
use crate::finger::extract::classical::Classical;
use crate::finger::extract::leader::{Leader, LeaderError};
use crate::finger::extract::{Extractor, leader};
use crate::limits;
use crate::reason::Reason;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

/// Options of every verb that finds minutiae.
#[derive(Debug, Clone, clap::Args)]
pub struct ExtractorArgs {
    /// Our extractor that makes the templates
    #[arg(long, value_name = "NAME", default_value = "classical")]
    pub extractor: Choice,
    /// The weights of the network LEADER; without it, where scripts/leader-weights puts them
    #[arg(long, value_name = "FILE", env = "EKTP_LEADER_WEIGHTS")]
    pub weights: Option<PathBuf>,
}

/// Our extractors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Choice {
    /// Contextual filters, no model file
    Classical,
    /// The network LEADER, on weights that scripts/leader-weights fetches
    Leader,
}

impl ExtractorArgs {
    /// The extractor that is asked for, ready to run.
    ///
    /// # Errors
    /// `weights-missing` when there are no weights, `input-invalid` when they are others, `file-unreadable`.
    pub fn extractor(&self) -> Result<Box<dyn Extractor>, Failure> {
        match self.extractor {
            Choice::Classical => Ok(Box::new(Classical)),
            Choice::Leader => {
                let file = self.weights.clone().or_else(usual).ok_or(LeaderError::Missing)?;
                Ok(Box::new(Leader::new(&read(&file)?).map_err(|error| Failure::at(&file, &error))?))
            }
        }
    }
}

/// Where the weights are put: `ektp/leader/LEADER.onnx` in the user's cache folder.
fn usual() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let cache = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))?;
    Some(cache.join(leader::PLACE))
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |e: std::io::Error| match e.kind() {
        ErrorKind::NotFound => Failure::at(file, &LeaderError::Missing),
        kind => Failure::new(Reason::FileUnreadable, format!("{}: {kind}", file.display())),
    };
    let mut bytes = Vec::new();
    std::fs::File::open(file).map_err(failed)?.take(limits::NETWORK_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}
