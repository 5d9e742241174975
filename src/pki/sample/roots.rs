//! The sample roots: made by one command, compiled in, marked so that no production store takes them.

use super::SampleError;
use crate::crypto::ec::{self, Curve};
use crate::crypto::hash::sha256;
use crate::pki::cvc::{self, Reference, Rights, Role};
use crate::pki::key::{Parameters, PrivateKey};
use crate::pki::name::Name;
use crate::pki::trust::mark::{SAMPLE_ORGANIZATION, hex};
use crate::pki::trust::{Kind, TrustStore};
use crate::pki::x509::Certificate;
use crate::pki::x509::issue::{self, AuthorityPlan, Credential, Span};
use crate::pki::{keystore, time};
use crate::secret::Secret;
use jiff::Timestamp;
use rand_core::CryptoRng;
use std::sync::OnceLock;

/// The passphrase of the sample keys. It protects nothing, and is not meant to.
pub const PASSPHRASE: &str = "sample";
/// Country of the samples.
pub const COUNTRY: &str = "ID";
/// How long the roots last, in days: an old checkout's demo still runs.
const ROOT_DAYS: i64 = 365 * 25;

/// The three roots with their keys.
#[derive(Debug, Clone)]
pub struct Roots {
    /// Country signing authority.
    pub csca: Credential,
    /// Operations root.
    pub operations: Credential,
    /// Country verifying authority for card-verifiable certificates.
    pub cvca: cvc::Certificate,
    /// Its key.
    pub cvca_key: ec::PrivateKey,
}

/// The files of `keys-sample/`, by name.
#[derive(Debug, Clone, Copy)]
pub struct RootFiles<'a> {
    /// `csca.cert.pem`.
    pub csca: &'a [u8],
    /// `csca.key.pem`.
    pub csca_key: &'a [u8],
    /// `operations.cert.pem`.
    pub operations: &'a [u8],
    /// `operations.key.pem`.
    pub operations_key: &'a [u8],
    /// `cvca.cvcert`.
    pub cvca: &'a [u8],
    /// `cvca.key.pem`.
    pub cvca_key: &'a [u8],
}

const COMPILED: RootFiles<'static> = RootFiles {
    csca: include_bytes!("../../../keys-sample/csca.cert.pem"),
    csca_key: include_bytes!("../../../keys-sample/csca.key.pem"),
    operations: include_bytes!("../../../keys-sample/operations.cert.pem"),
    operations_key: include_bytes!("../../../keys-sample/operations.key.pem"),
    cvca: include_bytes!("../../../keys-sample/cvca.cvcert"),
    cvca_key: include_bytes!("../../../keys-sample/cvca.key.pem"),
};

/// The sample name with this common name.
#[must_use]
pub fn sample_name(common_name: &str) -> Name {
    Name::new(COUNTRY, SAMPLE_ORGANIZATION, common_name)
}

pub(super) fn reference(mnemonic: &str) -> Result<Reference, SampleError> {
    Ok(Reference::new(format!("{COUNTRY}{mnemonic}00001").as_bytes())?)
}

impl Roots {
    /// The roots that are compiled in; their key files are opened once in a process.
    ///
    /// # Errors
    /// Any [`SampleError`], if `keys-sample/` was damaged.
    pub fn compiled() -> Result<&'static Self, SampleError> {
        static ROOTS: OnceLock<Result<Roots, SampleError>> = OnceLock::new();
        ROOTS.get_or_init(|| Self::open(&COMPILED, &Secret::new(PASSPHRASE.to_owned()))).as_ref().map_err(Clone::clone)
    }

    /// A sample trust store that holds the roots, and no revocation list.
    ///
    /// # Errors
    /// [`SampleError::Trust`], if the roots were damaged.
    pub fn trust_store(&self) -> Result<TrustStore, SampleError> {
        let mut store = TrustStore::new(Kind::Sample, COUNTRY);
        store.add_csca(self.csca.cert.clone())?;
        store.add_operations_root(self.operations.cert.clone())?;
        store.add_cvca(self.cvca.clone())?;
        Ok(store)
    }

    /// Opens the roots from their files.
    ///
    /// # Errors
    /// [`SampleError::Certificate`], [`SampleError::Cvc`] or [`SampleError::Key`].
    pub fn open(files: &RootFiles<'_>, passphrase: &Secret<String>) -> Result<Self, SampleError> {
        let credential = |cert: &[u8], key: &[u8]| -> Result<Credential, SampleError> {
            Ok(Credential { cert: Certificate::from_file(cert)?, key: keystore::decrypt(key, passphrase)? })
        };
        Ok(Self {
            csca: credential(files.csca, files.csca_key)?,
            operations: credential(files.operations, files.operations_key)?,
            cvca: cvc::Certificate::parse(files.cvca)?,
            cvca_key: ec_key(keystore::decrypt(files.cvca_key, passphrase)?)?,
        })
    }

    /// Makes new sample roots from an instant on.
    ///
    /// # Errors
    /// [`SampleError::Certificate`] or [`SampleError::Cvc`].
    pub fn make(from: Timestamp, rng: &mut dyn CryptoRng) -> Result<Self, SampleError> {
        let validity = Span::days(from, ROOT_DAYS);
        let key = issue::default_key(rng);
        let plan = AuthorityPlan {
            name: sample_name("SAMPLE CSCA"),
            state: "IDN".into(),
            validity,
            key_use: validity,
            parameters: Parameters::Named,
            crl_url: super::CRL_URL.into(),
        };
        let csca = Credential { cert: issue::csca(&key, &plan, rng)?, key };
        let key = issue::default_key(rng);
        let cert = issue::operations_root(&key, &sample_name("SAMPLE operations root"), validity, rng)?;
        let operations = Credential { cert, key };
        let cvca_key = ec::PrivateKey::generate(Curve::P256, rng);
        let cvca = make_cvca(&cvca_key, validity)?;
        Ok(Self { csca, operations, cvca, cvca_key })
    }

    /// The files of `keys-sample/`: name and content, private keys encrypted under `passphrase`.
    ///
    /// # Errors
    /// [`SampleError::Key`].
    pub fn files(
        &self,
        passphrase: &Secret<String>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<(&'static str, Vec<u8>)>, SampleError> {
        let mut seal = |key: &PrivateKey| keystore::encrypt(key, passphrase, rng).map(String::into_bytes);
        Ok(vec![
            ("csca.cert.pem", self.csca.cert.to_pem().into_bytes()),
            ("csca.key.pem", seal(&self.csca.key)?),
            ("operations.cert.pem", self.operations.cert.to_pem().into_bytes()),
            ("operations.key.pem", seal(&self.operations.key)?),
            ("cvca.cvcert", self.cvca.encode()),
            ("cvca.key.pem", seal(&self.cvca_key.clone().into())?),
            ("digests.txt", self.digests().into_bytes()),
        ])
    }

    /// The digests by which every trust store tells these roots, whatever their names say.
    #[must_use]
    pub fn digests(&self) -> String {
        let line = |key: &[u8], name: &str| format!("{}  {name}\n", hex(&sha256(key)));
        [
            line(self.csca.cert.spki(), "csca"),
            line(self.operations.cert.spki(), "operations"),
            line(self.cvca_key.public_key().as_bytes(), "cvca"),
        ]
        .concat()
    }
}

pub(super) fn ec_key(key: PrivateKey) -> Result<ec::PrivateKey, SampleError> {
    key.ec().cloned().ok_or(SampleError::Cvc(cvc::CvcError::BadKey))
}

/// A sample root outlives the three years that a real CVCA certificate may have, so it is not made by `cvc::self_signed`.
fn make_cvca(key: &ec::PrivateKey, validity: Span) -> Result<cvc::Certificate, SampleError> {
    let reference = reference("SAMPLE")?;
    let body = cvc::Body {
        car: reference.clone(),
        public_key: cvc::PublicKey::ec(&key.public_key()),
        chr: reference,
        chat: cvc::Chat::inspection(Role::Cvca, Rights { fingers: true }),
        effective: day(validity.from)?,
        expiration: day(validity.until)?,
        extensions: None,
    };
    Ok(body.sign(key))
}

pub(super) fn day(at: Timestamp) -> Result<cvc::Date, SampleError> {
    Ok(cvc::Date::new(time::date_of(at))?)
}
