//! A kit of sample keys for one run: every role below the roots, valid from now on.

use super::roots::{Roots, day, reference, sample_name};
use super::{CRL_URL, SampleError};
use crate::crypto::ec::{self, Curve};
use crate::crypto::hash::sha256;
use crate::crypto::scp03::KeySet;
use crate::crypto::symmetric::AesKey;
use crate::pki::cvc::{self, Grant, Rights, Role};
use crate::pki::key::Parameters;
use crate::pki::time;
use crate::pki::trust::TrustStore;
use crate::pki::x509::issue::{self, Credential, Purpose, SignerPlan, Span};
use crate::pki::x509::{Crl, crl};
use crate::world::Clock;
use jiff::Timestamp;
use rand_core::CryptoRng;
use std::collections::BTreeMap;

/// Days that a sample card may live after its signer's last day.
const CARD_DAYS: i64 = 3_660;
/// Days of an operations certificate.
const OPERATIONS_DAYS: i64 = 365;

/// A terminal that may read fingers: its chain below the CVCA, and the key of the last certificate.
#[derive(Debug, Clone)]
pub struct Terminal {
    /// DV certificate, then the terminal's own.
    pub chain: Vec<cvc::Certificate>,
    /// The terminal's key.
    pub key: ec::PrivateKey,
}

/// Everything a demonstration needs.
#[derive(Debug, Clone)]
pub struct Kit {
    /// The roots above.
    pub roots: Roots,
    /// Document signer.
    pub ds: Credential,
    /// Signs authorizations.
    pub approver: Credential,
    /// Opens sealed images.
    pub bureau: Credential,
    /// Signs receipts.
    pub receipt: Credential,
    /// Signs batch files.
    pub batch: Credential,
    /// Signs status lists.
    pub status_list: Credential,
    /// Opens packets and letters.
    pub office: Credential,
    /// Document verifier's certificate.
    pub dv: cvc::Certificate,
    /// Its key.
    pub dv_key: ec::PrivateKey,
    /// An inspection system of a month, e.g. an office's desk.
    pub terminal: Terminal,
    /// The quality-control inspection system of seven days that opens EF.Fingers at read-back.
    pub quality_control: Terminal,
    /// Revocation list of the CSCA, fresh and empty.
    pub crl: Crl,
    /// Revocation list of the operations root, fresh and empty.
    pub operations_crl: Crl,
}

impl Kit {
    /// Mints a kit under the roots that are compiled in.
    ///
    /// # Errors
    /// [`SampleError::Cvc`] if the clock is outside the years that a CV certificate can say; [`SampleError::Certificate`].
    pub fn mint(clock: &dyn Clock, rng: &mut dyn CryptoRng) -> Result<Self, SampleError> {
        Self::under(Roots::compiled()?, clock.now(), rng)
    }

    /// Mints a kit under these roots.
    ///
    /// # Errors
    /// As [`Self::mint`].
    pub fn under(roots: &Roots, now: Timestamp, rng: &mut dyn CryptoRng) -> Result<Self, SampleError> {
        // A certificate that begins this very second would be "not yet valid" on a machine whose clock is a little behind.
        let from = time::plus_days(time::whole_seconds(now), -1);
        let (dv, dv_key) = document_verifier(roots, from, rng)?;
        let crl_span = Span::days(from, crl::MAX_AGE_DAYS);
        Ok(Self {
            ds: document_signer(roots, from, rng)?,
            approver: operations(roots, Purpose::Approver, "SAMPLE approver", from, rng)?,
            bureau: operations(roots, Purpose::Bureau, "SAMPLE bureau", from, rng)?,
            receipt: operations(roots, Purpose::Receipt, "SAMPLE receipts", from, rng)?,
            batch: operations(roots, Purpose::Batch, "SAMPLE batches", from, rng)?,
            status_list: operations(roots, Purpose::StatusList, "SAMPLE status list", from, rng)?,
            terminal: terminal(&dv, &dv_key, "SAMPLEIS", Span::days(from, 31), rng)?,
            quality_control: terminal(&dv, &dv_key, "SAMPLEQC", Span::days(from, 7), rng)?,
            office: operations(roots, Purpose::Office, "SAMPLE office", from, rng)?,
            dv,
            dv_key,
            crl: crl::make(&roots.csca, 1, crl_span, &BTreeMap::new())?,
            operations_crl: crl::make(&roots.operations, 1, crl_span, &BTreeMap::new())?,
            roots: roots.clone(),
        })
    }

    /// A sample trust store that holds the roots and both revocation lists.
    ///
    /// # Errors
    /// [`SampleError::Trust`], if the roots were damaged.
    pub fn trust_store(&self) -> Result<TrustStore, SampleError> {
        let mut store = self.roots.trust_store()?;
        store.add_crl(self.crl.clone())?;
        store.add_crl(self.operations_crl.clone())?;
        Ok(store)
    }

    /// The sample vendor's transport set (KVN 30): the key that GlobalPlatform's test cards come with, 40 41 … 4F, three times.
    #[must_use]
    pub fn transport_keys() -> KeySet {
        let key: Vec<u8> = (0x40..=0x4F).collect();
        KeySet::new(0x30, &key, &key, &key).unwrap_or_else(|_| unreachable!("sixteen bytes"))
    }

    /// The sample SCP03 master, the same on every machine, so that a sample chip can be resumed anywhere.
    #[must_use]
    pub fn scp03_master() -> AesKey {
        fixed_key(b"ektp SAMPLE SCP03 master - NOT FOR PRODUCTION")
    }

    /// The sample proof master.
    #[must_use]
    pub fn proof_master() -> AesKey {
        fixed_key(b"ektp SAMPLE proof master - NOT FOR PRODUCTION")
    }
}

fn fixed_key(label: &[u8]) -> AesKey {
    AesKey::new(sha256(label).get(..16).unwrap_or_default()).unwrap_or_else(|_| unreachable!("sixteen bytes"))
}

fn document_signer(roots: &Roots, from: Timestamp, rng: &mut dyn CryptoRng) -> Result<Credential, SampleError> {
    let key = issue::default_key(rng);
    let plan = SignerPlan {
        name: sample_name("SAMPLE document signer"),
        state: "IDN".into(),
        validity: Span::days(from, 90 + CARD_DAYS),
        key_use: Span::days(from, 90),
        document_types: vec!["I".into()],
        parameters: Parameters::Named,
        crl_url: CRL_URL.into(),
    };
    Ok(Credential { cert: issue::document_signer(&roots.csca, &key.public_key(), &plan, rng)?, key })
}

fn operations(
    roots: &Roots,
    purpose: Purpose,
    name: &str,
    from: Timestamp,
    rng: &mut dyn CryptoRng,
) -> Result<Credential, SampleError> {
    let key = issue::default_key(rng);
    let validity = Span::days(from, OPERATIONS_DAYS);
    let cert = issue::operations_leaf(&roots.operations, purpose, &key.public_key(), &sample_name(name), validity, rng)?;
    Ok(Credential { cert, key })
}

fn document_verifier(
    roots: &Roots,
    from: Timestamp,
    rng: &mut dyn CryptoRng,
) -> Result<(cvc::Certificate, ec::PrivateKey), SampleError> {
    let key = ec::PrivateKey::generate(Curve::P256, rng);
    let grant = grant(Role::DvDomestic, Span::days(from, 90))?;
    let request = cvc::Request::new(&key, &reference("SAMPLEDV")?, Some(&roots.cvca.body().chr));
    Ok((cvc::issue(&roots.cvca, &roots.cvca_key, Curve::P256, &request, grant)?, key))
}

fn terminal(
    dv: &cvc::Certificate,
    dv_key: &ec::PrivateKey,
    mnemonic: &str,
    validity: Span,
    rng: &mut dyn CryptoRng,
) -> Result<Terminal, SampleError> {
    let key = ec::PrivateKey::generate(Curve::P256, rng);
    let request = cvc::Request::new(&key, &reference(mnemonic)?, Some(&dv.body().chr));
    let cert = cvc::issue(dv, dv_key, Curve::P256, &request, grant(Role::Terminal, validity)?)?;
    Ok(Terminal { chain: vec![dv.clone(), cert], key })
}

fn grant(role: Role, validity: Span) -> Result<Grant, SampleError> {
    Ok(Grant { role, rights: Rights { fingers: true }, effective: day(validity.from)?, expiration: day(validity.until)? })
}
