//! The station's own keys, each opened once: bureau, receipt, quality control; in local mode the signer's too.

use super::BenchArgs;
use crate::cli::output::Failure;
use crate::cli::secret_input;
use crate::perso::engine::Notary;
use crate::perso::error::PersoError;
use crate::pki::key::PrivateKey;
use crate::pki::key_service::{GuardedKeys, KeyService, RemoteKeys};
use crate::pki::sample::PASSPHRASE;
use crate::pki::signer::online::RemoteSigner;
use crate::pki::signer::{DocumentKey, LocalSigner, Register, Signer, fitness};
use crate::pki::trust::{Kind, TrustError, TrustStore, directory, mark};
use crate::pki::x509::Certificate;
use crate::pki::x509::issue::Purpose;
use crate::pki::x509::path;
use crate::pki::{cvc, keystore, statement};
use crate::read::Terminal;
use crate::reason::Reason;
use crate::secret::Secret;
use crate::world::{Clock, RunClock};
use std::path::{Path, PathBuf};

/// Keys, certificates and trust of one station.
pub(in crate::cli) struct StationKeys {
    pub(in crate::cli) trust: TrustStore,
    pub(in crate::cli) bureau: PrivateKey,
    pub(in crate::cli) receipt: ReceiptKey,
    /// None if the kit has no quality-control certificate: no run starts then.
    pub(in crate::cli) quality_control: Option<Terminal>,
    dir: PathBuf,
    passphrase: Secret<String>,
}

/// Signer and key service of a mode.
pub(in crate::cli) type Services = (Box<dyn Signer>, Box<dyn KeyService>);

/// The key that signs receipts.
pub(in crate::cli) struct ReceiptKey {
    key: PrivateKey,
    cert: Certificate,
    clock: RunClock,
}

impl Notary for ReceiptKey {
    fn sign(&self, receipt: &[u8]) -> Result<Vec<u8>, PersoError> {
        Ok(statement::sign(receipt, &self.key, &self.cert, self.clock.now()))
    }

    fn certificate(&self) -> String {
        self.cert.serial_hex()
    }
}

impl StationKeys {
    /// Opens what every run needs; all of it goes by one clock.
    pub(in crate::cli) fn open(kit: &Path, passphrase: Option<&String>, clock: RunClock) -> Result<Self, Failure> {
        let passphrase = match passphrase {
            Some(source) => secret_input::read(source, "passphrase")?,
            None => Secret::new(PASSPHRASE.to_owned()),
        };
        let dir = kit.to_owned();
        let open = |name: &str| open(&dir, name, &passphrase);
        let receipt = ReceiptKey { key: open("receipt")?, cert: certificate(&dir, "receipt")?, clock };
        let trust = directory::load(&dir.join("trust"))?;
        let quality_control = match dir.join("qc-is.cvcert").exists() {
            true => {
                let chain = vec![cv(&dir, "dv")?, cv(&dir, "qc-is")?];
                no_sample(&trust, chain.iter().any(mark::is_sample_cvca))?;
                Some(Terminal::new(chain, ec(open("qc-is")?)?)?)
            }
            false => None,
        };
        Ok(Self { trust, bureau: open("bureau")?, receipt, quality_control, passphrase: passphrase.clone(), dir: dir.clone() })
    }

    /// A receipt that this station's own trust store would not believe is none: refused before a chip is begun.
    pub(in crate::cli) fn check_receipts(&self) -> Result<(), Failure> {
        path::check(&self.receipt.cert, Purpose::Receipt, &self.trust, self.receipt.clock.now(), None)?;
        Ok(())
    }

    /// Signer and key service of the mode. In local mode they are this process, with a register that lies with
    /// the signer's key: another journal must not make a second card of what it signed. Before
    /// a job has a chip, a document signer whose cards no reader would believe is refused by its own reason.
    pub(in crate::cli) fn services(&self, args: &BenchArgs, before_a_chip: bool) -> Result<Services, Failure> {
        if let Some(socket) = args.signer.as_deref().filter(|_| args.mode == "online") {
            return Ok((Box::new(RemoteSigner::new(socket)), Box::new(RemoteKeys::new(socket))));
        }
        let register = args.register.clone().unwrap_or_else(|| self.dir.join("signer.register"));
        let keys = args.chip_keys.open(&self.trust)?;
        let cert = certificate(&self.dir, "ds")?;
        no_sample(&self.trust, mark::is_sample(&cert))?;
        let key = open(&self.dir, "ds", &self.passphrase)?;
        if before_a_chip {
            let path = self.dir.join("ds.cert.pem");
            fitness::check(&key, &cert, &self.trust, self.receipt.clock.now()).map_err(|e| Failure::at(&path, &e))?;
        }
        let signer = LocalSigner {
            name: args.signer_name.clone(),
            register: Register::open(&register)?,
            key: DocumentKey::Open(Box::new(key)),
            cert,
            trust: self.trust.clone(),
            keys: Box::new(keys.clone()),
            clock: Box::new(self.receipt.clock),
        };
        Ok((Box::new(signer), Box::new(GuardedKeys::new(keys, Register::open(&register)?))))
    }
}

fn open(dir: &Path, name: &str, passphrase: &Secret<String>) -> Result<PrivateKey, Failure> {
    let path = dir.join(format!("{name}.key.pem"));
    keystore::open(&path, passphrase).map_err(|e| Failure::at(&path, &e))
}

/// A store for real cards takes nothing of the samples, wherever it lies.
fn no_sample(trust: &TrustStore, sample: bool) -> Result<(), TrustError> {
    if sample && trust.kind() == Kind::Production { Err(TrustError::SampleKey) } else { Ok(()) }
}

fn certificate(dir: &Path, name: &str) -> Result<Certificate, Failure> {
    let path = dir.join(format!("{name}.cert.pem"));
    Certificate::from_file(&read(&path)?).map_err(|e| Failure::at(&path, &e))
}

fn cv(dir: &Path, name: &str) -> Result<cvc::Certificate, Failure> {
    let path = dir.join(format!("{name}.cvcert"));
    cvc::Certificate::parse(&read(&path)?).map_err(|e| Failure::at(&path, &e))
}

fn ec(key: PrivateKey) -> Result<crate::crypto::ec::PrivateKey, Failure> {
    key.ec().cloned().ok_or_else(|| Failure::new(Reason::InputInvalid, "the terminal's key is no EC key"))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|e| Failure::new(Reason::FileUnreadable, format!("{}: {}", path.display(), e.kind())))
}
