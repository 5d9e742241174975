//! Services of a test station: keys, a signer that stores what it signed, a receipt key.

use crate::crypto::hash::HashAlg;
use crate::crypto::scp03::KeySet;
use crate::crypto::symmetric::AesKey;
use crate::lds::sod::LdsSecurityObject;
use crate::perso::engine::Notary;
use crate::perso::error::PersoError;
use crate::pki::key::PrivateKey;
use crate::pki::key_service::LocalKeys;
use crate::pki::sample::Kit;
use crate::pki::signer::{Order, SignRequest, Signer, SignerError};
use crate::pki::trust::{Kind, TrustStore};
use crate::pki::x509::Certificate;
use crate::pki::x509::issue::Purpose;
use crate::pki::x509::issue::tests::{TestKit, ds, kit, leaf};
use crate::pki::{sod, statement};
use crate::read::Terminal;
use crate::world::{DangerousSeededEntropy, FixedClock};
use std::sync::OnceLock;

pub(super) fn transport() -> KeySet {
    KeySet::new(0x30, &[0x40; 16], &[0x41; 16], &[0x42; 16]).unwrap()
}

pub(super) fn local_keys() -> LocalKeys {
    let key = |byte| AesKey::new(&[byte; 16]).unwrap();
    LocalKeys { transport: transport(), scp03_master: key(0x50), proof_master: key(0x60) }
}

pub(super) struct Pki {
    pub(super) kit: TestKit,
    pub(super) ds: (PrivateKey, Certificate),
    /// The receipt key.
    pub(super) receipt: (PrivateKey, Certificate),
    /// What the judge trusts.
    pub(super) trust: TrustStore,
    /// Body of the CVCA's certificate.
    pub(super) trust_point: Vec<u8>,
    /// The quality-control inspection system.
    pub(super) quality_control: Terminal,
    /// One of a month.
    pub(super) desk: Terminal,
}

/// One country for all tests: making keys is slow.
pub(super) fn pki() -> &'static Pki {
    static PKI: OnceLock<Pki> = OnceLock::new();
    PKI.get_or_init(|| {
        let kit = kit();
        let (ds, receipt) = (ds(&kit), leaf(&kit, Purpose::Receipt));
        let samples = Kit::mint(&FixedClock(kit.now), &mut DangerousSeededEntropy::new(9)).unwrap();
        let mut trust = TrustStore::new(Kind::Production, "ID");
        trust.add_csca(kit.csca.cert.clone()).unwrap();
        trust.add_operations_root(kit.root.cert.clone()).unwrap();
        let terminal = |t: &crate::pki::sample::Terminal| Terminal::new(t.chain.clone(), t.key.clone()).unwrap();
        Pki {
            trust,
            trust_point: samples.roots.cvca.body_bytes().to_vec(),
            quality_control: terminal(&samples.quality_control),
            desk: terminal(&samples.terminal),
            kit,
            ds,
            receipt,
        }
    })
}

/// Signs over what the station says: the policy is tested where it lives.
#[derive(Default)]
pub(super) struct TestSigner {
    pub(super) stored: Vec<(SignRequest, Vec<u8>)>,
    /// What it answers instead of signing.
    pub(super) down: Option<SignerError>,
    /// Another key and certificate that it signs with.
    pub(super) by: Option<(PrivateKey, Certificate)>,
    /// What it says of a card before a chip is touched.
    pub(super) declines: Option<SignerError>,
}

impl Signer for TestSigner {
    fn accepts(&mut self, _: &Order) -> Result<(), SignerError> {
        self.declines.clone().map_or(Ok(()), Err)
    }

    fn sign(&mut self, request: &SignRequest) -> Result<Vec<u8>, SignerError> {
        if let Some(error) = &self.down {
            return Err(error.clone());
        }
        if let Some((_, sod)) = self.stored.iter().find(|(known, _)| known == request) {
            return Ok(sod.clone());
        }
        let hash = |content: &[u8]| HashAlg::Sha256.digest(content);
        let mut hashes = request.order.hashes.clone();
        hashes.insert(14, hash(&request.dg14));
        if let Some(dg15) = &request.dg15 {
            hashes.insert(15, hash(dg15));
        }
        let mut object = LdsSecurityObject::over(HashAlg::Sha256, []);
        object.hashes = hashes;
        let (key, cert) = self.by.as_ref().unwrap_or(&pki().ds);
        let sod = sod::sign(&object, key, cert, pki().kit.now);
        self.stored.push((request.clone(), sod.clone()));
        Ok(sod)
    }
}

pub(super) struct TestNotary;

impl Notary for TestNotary {
    fn sign(&self, receipt: &[u8]) -> Result<Vec<u8>, PersoError> {
        let (key, cert) = &pki().receipt;
        Ok(statement::sign(receipt, key, cert, pki().kit.now))
    }

    fn certificate(&self) -> String {
        pki().receipt.1.serial_hex()
    }
}
