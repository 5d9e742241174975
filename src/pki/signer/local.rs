//! The signer in this process: policy, register and the document signer's key.

use super::documents::{self, Manifest};
use super::policy::{Keys, check_signer, security_object};
use super::register::{Entry, Register};
use super::{Order, Rule, SignRequest, Signer, SignerError, fitness};
use crate::pki::key::PrivateKey;
use crate::pki::key_service::KeyService;
use crate::pki::sod;
use crate::pki::trust::{Kind, TrustStore, mark};
use crate::pki::x509::Certificate;
use crate::world::Clock;

/// The document signer's private key, as far as it is at hand.
#[derive(Debug, Clone)]
pub enum DocumentKey {
    /// Opened.
    Open(Box<PrivateKey>),
    /// In a key store that is locked.
    Locked,
    /// Not in the key store.
    Missing,
}

impl DocumentKey {
    fn open(&self) -> Result<&PrivateKey, SignerError> {
        match self {
            Self::Open(key) => Ok(key),
            Self::Locked => Err(SignerError::LoginNeeded),
            Self::Missing => Err(SignerError::KeyMissing),
        }
    }
}

const UNFIT: SignerError = SignerError::Refused(Rule::SignerCertificate);

/// A signer that applies the authority's policy (`policy.rs`) and remembers everything it signed.
pub struct LocalSigner {
    /// Its name, as authorizations say it.
    pub name: String,
    /// Its register.
    pub register: Register,
    /// Its key.
    pub key: DocumentKey,
    /// Its certificate.
    pub cert: Certificate,
    /// Approvers chain to this store's operations roots.
    pub trust: TrustStore,
    /// Judges proofs of origin.
    pub keys: Box<dyn KeyService + Send>,
    /// The time.
    pub clock: Box<dyn Clock>,
}

impl std::fmt::Debug for LocalSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LocalSigner({})", self.name)
    }
}

impl LocalSigner {
    /// The manifest, if it is one that this signer may sign now.
    fn ready(&self, order: &Order, now: jiff::Timestamp) -> Result<Manifest, SignerError> {
        self.key.open()?;
        if self.trust.kind() == Kind::Production && mark::is_sample(&self.cert) {
            return Err(SignerError::Refused(Rule::SampleKey));
        }
        documents::check(order, &self.name, &self.trust, now).map_err(SignerError::Refused)
    }
}

impl Signer for LocalSigner {
    fn accepts(&mut self, order: &Order) -> Result<(), SignerError> {
        let now = self.clock.now();
        let manifest = self.ready(order, now)?;
        let cards = self.register.check(&manifest.job_id, order, self.cert.digest())?;
        check_signer(&self.cert, cards, now).map_err(SignerError::Refused)?;
        fitness::check(self.key.open()?, &self.cert, &self.trust, now).map_err(|_| UNFIT)
    }

    fn sign(&mut self, request: &SignRequest) -> Result<Vec<u8>, SignerError> {
        // A repeat is answered from the register, even when certificates have run out meanwhile.
        if let Some(sod) = self.register.find(request)? {
            return Ok(sod);
        }
        let now = self.clock.now();
        let manifest = self.ready(&request.order, now)?;
        let keys = Keys::proven(request, &manifest.parameters, self.keys.as_mut())?;
        keys.check_groups(request, &manifest.parameters).map_err(SignerError::Refused)?;
        let entry = Entry { job: &manifest.job_id, request, signer: self.cert.digest(), at: now.as_second() };
        let key = self.key.open()?;
        self.register.issue(&entry, |cards| {
            check_signer(&self.cert, cards, now).map_err(SignerError::Refused)?;
            // Before it is remembered: one that no reader would believe would be given again for ever.
            fitness::check(key, &self.cert, &self.trust, now).map_err(|_| UNFIT)?;
            let sod = sod::sign(&security_object(request), key, &self.cert, now);
            sod::read(&sod).map_err(|_| UNFIT)?;
            Ok(sod)
        })
    }
}
