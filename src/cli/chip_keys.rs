//! The options by which a verb gets the symmetric keys towards chips; without them, the sample keys.

use super::output::Failure;
use super::secret_input;
use crate::pki::chip_keys::{ChipKey, ChipKeyError, Kind};
use crate::pki::key_service::LocalKeys;
use crate::pki::sample::Kit;
use crate::pki::trust::{self, TrustStore};
use std::path::PathBuf;

/// Key files of `ektp pki chip-key`; all of them, or none for the sample keys.
#[derive(Debug, clap::Args)]
pub struct ChipKeyArgs {
    /// The chip vendor's transport set, a file of `ektp pki chip-key`; without key files, the sample keys
    #[arg(long, value_name = "FILE", requires_all = ["scp03_master", "proof_master", "chip_passphrase"])]
    transport: Option<PathBuf>,
    /// Master of the chip-unique SCP03 sets
    #[arg(long, value_name = "FILE", requires = "transport")]
    scp03_master: Option<PathBuf>,
    /// Master of the proof keys
    #[arg(long, value_name = "FILE", requires = "transport")]
    proof_master: Option<PathBuf>,
    /// Passphrase of these three files: `prompt`, `-` (standard input) or `file:PATH`
    #[arg(long, value_name = "SOURCE", requires = "transport")]
    chip_passphrase: Option<String>,
}

impl ChipKeyArgs {
    /// The keys, each opened once.
    ///
    /// # Errors
    /// `key-missing`, `login-needed`; `sample-key` if one of them is a sample key and the trust store is for real cards.
    pub fn open(&self, trust: &TrustStore) -> Result<LocalKeys, Failure> {
        let files = (&self.transport, &self.scp03_master, &self.proof_master, &self.chip_passphrase);
        let (Some(transport), Some(scp03), Some(proof), Some(source)) = files else {
            permit(trust, Kind::Transport, true)?;
            return Ok(LocalKeys {
                transport: Kit::transport_keys(),
                scp03_master: Kit::scp03_master(),
                proof_master: Kit::proof_master(),
            });
        };
        let passphrase = secret_input::read(source, "passphrase of the chip keys")?;
        let open = |path: &PathBuf, kind| -> Result<ChipKey, Failure> {
            let key = ChipKey::open(path, kind, &passphrase);
            let permitted = key.and_then(|key| permit(trust, kind, key.is_sample()).map(|()| key));
            permitted.map_err(|e| Failure::at(path, &e))
        };
        Ok(LocalKeys {
            transport: open(transport, Kind::Transport)?.transport()?,
            scp03_master: open(scp03, Kind::Scp03Master)?.master(Kind::Scp03Master)?,
            proof_master: open(proof, Kind::ProofMaster)?.master(Kind::ProofMaster)?,
        })
    }
}

fn permit(trust: &TrustStore, kind: Kind, sample: bool) -> Result<(), ChipKeyError> {
    if sample && trust.kind() == trust::Kind::Production { Err(ChipKeyError::Sample(kind.name())) } else { Ok(()) }
}
