//! A kit as a directory, for verbs that run one after the other: certificates, encrypted keys and a trust store.

use super::kit::{Kit, Terminal};
use super::roots::{Roots, ec_key};
use super::{PASSPHRASE, SampleError};
use crate::durable::{self, Readers};
use crate::pki::cvc;
use crate::pki::key::PrivateKey;
use crate::pki::keystore::{self, KeystoreError};
use crate::pki::trust::{Kind, directory};
use crate::pki::x509::issue::Credential;
use crate::pki::x509::{Certificate, Crl};
use crate::secret::Secret;
use rand_core::CryptoRng;
use std::path::Path;

fn named(path: &Path, error: KeystoreError) -> SampleError {
    SampleError::File { file: path.display().to_string(), error }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), SampleError> {
    durable::create(path, bytes, Readers::Anyone).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => named(path, KeystoreError::Exists),
        other => named(path, KeystoreError::Unwritable(other)),
    })
}

fn read(path: &Path) -> Result<Vec<u8>, SampleError> {
    std::fs::read(path).map_err(|e| named(path, KeystoreError::Unreadable(e.kind())))
}

fn open(path: &Path, passphrase: &Secret<String>) -> Result<PrivateKey, SampleError> {
    keystore::open(path, passphrase).map_err(|e| named(path, e))
}

impl Kit {
    fn credentials(&self) -> [(&'static str, &Credential); 7] {
        [
            ("ds", &self.ds),
            ("approver", &self.approver),
            ("bureau", &self.bureau),
            ("receipt", &self.receipt),
            ("batch", &self.batch),
            ("status-list", &self.status_list),
            ("office", &self.office),
        ]
    }

    /// Writes the kit: `NAME.cert.pem` and `NAME.key.pem` per role, `dv`, `is` and `qc-is` as `.cvcert` and `.key.pem`, and a
    /// sample trust store in `trust/`. All keys have the sample passphrase.
    ///
    /// # Errors
    /// [`SampleError::File`] or [`SampleError::Trust`]; nothing is overwritten.
    pub fn save(&self, dir: &Path, rng: &mut dyn CryptoRng) -> Result<(), SampleError> {
        let passphrase = Secret::new(PASSPHRASE.to_owned());
        let trust = dir.join("trust");
        directory::create(&trust, Kind::Sample, super::COUNTRY)?;
        write(&trust.join("csca/sample.pem"), self.roots.csca.cert.to_pem().as_bytes())?;
        write(&trust.join("operations/sample.pem"), self.roots.operations.cert.to_pem().as_bytes())?;
        write(&trust.join("cvca/sample.cvcert"), &self.roots.cvca.encode())?;
        write(&trust.join("crl/csca.crl"), self.crl.as_der())?;
        write(&trust.join("crl/operations.crl"), self.operations_crl.as_der())?;
        for (name, credential) in self.credentials() {
            write(&dir.join(format!("{name}.cert.pem")), credential.cert.to_pem().as_bytes())?;
            let path = dir.join(format!("{name}.key.pem"));
            keystore::create(&path, &credential.key, &passphrase, rng).map_err(|e| named(&path, e))?;
        }
        let terminals = [
            ("dv", Some(&self.dv), &self.dv_key),
            ("is", self.terminal.chain.last(), &self.terminal.key),
            ("qc-is", self.quality_control.chain.last(), &self.quality_control.key),
        ];
        for (name, cert, key) in terminals {
            write(&dir.join(format!("{name}.cvcert")), &cert.map(cvc::Certificate::encode).unwrap_or_default())?;
            let path = dir.join(format!("{name}.key.pem"));
            keystore::create(&path, &key.clone().into(), &passphrase, rng).map_err(|e| named(&path, e))?;
        }
        Ok(())
    }

    /// Reads a kit that [`Self::save`] wrote.
    ///
    /// # Errors
    /// Any [`SampleError`].
    pub fn load(dir: &Path) -> Result<Self, SampleError> {
        let passphrase = Secret::new(PASSPHRASE.to_owned());
        let trust = directory::load(&dir.join("trust"))?;
        let roots = Roots::compiled()?.clone();
        // By who signed them: a newer list has a name of its own.
        let list = |authority: &Certificate| -> Result<Crl, SampleError> {
            let missing = || named(&dir.join("trust/crl"), KeystoreError::Unreadable(std::io::ErrorKind::NotFound));
            trust.crl_of(authority).cloned().ok_or_else(missing)
        };
        let credential = |name: &str| -> Result<Credential, SampleError> {
            let cert = Certificate::from_file(&read(&dir.join(format!("{name}.cert.pem")))?)?;
            Ok(Credential { cert, key: open(&dir.join(format!("{name}.key.pem")), &passphrase)? })
        };
        let cv = |name: &str| -> Result<_, SampleError> {
            let cert = cvc::Certificate::parse(&read(&dir.join(format!("{name}.cvcert")))?)?;
            let key = ec_key(open(&dir.join(format!("{name}.key.pem")), &passphrase)?)?;
            Ok((cert, key))
        };
        let (dv, dv_key) = cv("dv")?;
        let terminal = |name: &str| -> Result<Terminal, SampleError> {
            let (cert, key) = cv(name)?;
            Ok(Terminal { chain: vec![dv.clone(), cert], key })
        };
        Ok(Self {
            ds: credential("ds")?,
            approver: credential("approver")?,
            bureau: credential("bureau")?,
            receipt: credential("receipt")?,
            batch: credential("batch")?,
            status_list: credential("status-list")?,
            office: credential("office")?,
            terminal: terminal("is")?,
            quality_control: terminal("qc-is")?,
            crl: list(&roots.csca.cert)?,
            operations_crl: list(&roots.operations.cert)?,
            roots,
            dv,
            dv_key,
        })
    }
}
