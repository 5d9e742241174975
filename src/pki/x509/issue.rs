//! Makes certificates: CSCA, link, document signer, operations root and its leaves (Doc 9303-12 table 6).

use super::extensions::{self as ext, KeyUsage};
use super::{Certificate, X509Error};
use crate::crypto::ec::Curve;
use crate::lds::der;
use crate::lds::tlv;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::key::{Parameters, PrivateKey, PublicKey};
use crate::pki::name::Name;
use crate::pki::{oid, time};
use jiff::Timestamp;
use rand_core::CryptoRng;

/// A certificate and its private key: an authority at work, or a signer.
#[derive(Debug, Clone)]
pub struct Credential {
    /// Its certificate.
    pub cert: Certificate,
    /// Its private key.
    pub key: PrivateKey,
}

/// Time span of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First instant.
    pub from: Timestamp,
    /// Last instant.
    pub until: Timestamp,
}

impl Span {
    /// Whole days from an instant on.
    #[must_use]
    pub fn days(from: Timestamp, days: i64) -> Self {
        let from = time::whole_seconds(from);
        Self { from, until: time::plus_days(from, days) }
    }

    /// Whether an instant lies inside.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at <= self.until
    }
}

/// What a certificate of an authority says beside its key.
#[derive(Debug, Clone)]
pub struct AuthorityPlan {
    /// Its name.
    pub name: Name,
    /// Three-letter code of the state, for the alternative names.
    pub state: String,
    /// Validity of the certificate: that of the last document signed, and more.
    pub validity: Span,
    /// How long the private key signs (CSCA: 3 to 5 years).
    pub key_use: Span,
    /// How EC parameters are written.
    pub parameters: Parameters,
    /// Where the revocation list is found.
    pub crl_url: String,
}

/// What a document signer's certificate says beside its key.
#[derive(Debug, Clone)]
pub struct SignerPlan {
    /// Its name.
    pub name: Name,
    /// Three-letter code of the state.
    pub state: String,
    /// Validity of the certificate: key use plus the longest life of a card.
    pub validity: Span,
    /// How long the private key signs: at most three months.
    pub key_use: Span,
    /// MRZ document codes that it may sign.
    pub document_types: Vec<String>,
    /// How EC parameters are written.
    pub parameters: Parameters,
    /// Where the revocation list is found.
    pub crl_url: String,
}

/// What a certificate under the operations root is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Signs EF.SOD; under the CSCA.
    DocumentSigner,
    /// Signs authorizations.
    Approver,
    /// Opens sealed images and batches.
    Bureau,
    /// Signs receipts.
    Receipt,
    /// Signs batch files.
    Batch,
    /// Signs card status lists.
    StatusList,
    /// Opens the packets and letters that are sealed to an office.
    Office,
}

impl Purpose {
    /// The purposes under the operations root.
    pub const OPERATIONS: [Self; 6] = [Self::Approver, Self::Bureau, Self::Receipt, Self::Batch, Self::StatusList, Self::Office];

    /// Its extended key usage; a document signer has none (Doc 9303-12 table 6).
    #[must_use]
    pub fn extended_usage(self) -> Option<&'static str> {
        match self {
            Self::DocumentSigner => None,
            Self::Approver => Some(oid::KP_APPROVER),
            Self::Bureau => Some(oid::KP_BUREAU),
            Self::Receipt => Some(oid::KP_RECEIPT),
            Self::Batch => Some(oid::KP_BATCH),
            Self::StatusList => Some(oid::KP_STATUS_LIST),
            Self::Office => Some(oid::KP_OFFICE),
        }
    }

    /// The key usage that its key needs.
    #[must_use]
    pub fn key_usage(self, key: &PublicKey) -> KeyUsage {
        match (self, key) {
            (Self::Bureau | Self::Office, PublicKey::Ec(_)) => KeyUsage::KEY_AGREEMENT,
            (Self::Bureau | Self::Office, PublicKey::Rsa(_)) => KeyUsage::KEY_ENCIPHERMENT,
            _ => KeyUsage::DIGITAL_SIGNATURE,
        }
    }
}

/// Makes a self-signed CSCA certificate.
///
/// # Errors
/// [`X509Error`] if a name or key is beyond what the parser accepts.
pub fn csca(key: &PrivateKey, plan: &AuthorityPlan, rng: &mut dyn CryptoRng) -> Result<Certificate, X509Error> {
    let id = key.public_key().identifier();
    let extensions = authority_extensions(plan, &id, &id);
    assemble(plan, &plan.name, &key.public_key(), extensions, key, rng)
}

/// Makes a link certificate: the old CSCA key signs the new one's (Doc 9303-12 table 6). The plan's key use is the new key's.
///
/// # Errors
/// As [`csca`].
pub fn link(old: &Credential, new: &PublicKey, plan: &AuthorityPlan, rng: &mut dyn CryptoRng) -> Result<Certificate, X509Error> {
    let extensions = authority_extensions(plan, &new.identifier(), &own_id(&old.cert));
    assemble(plan, old.cert.subject(), new, extensions, &old.key, rng)
}

fn own_id(cert: &Certificate) -> Vec<u8> {
    cert.extensions().subject_key_id.clone().unwrap_or_else(|| cert.public_key().identifier())
}

fn authority_extensions(plan: &AuthorityPlan, subject_id: &[u8], authority_id: &[u8]) -> Vec<Vec<u8>> {
    vec![
        ext::key_usage(KeyUsage::AUTHORITY),
        ext::authority(0),
        ext::subject_key_id(subject_id),
        ext::authority_key_id(authority_id),
        ext::private_key_usage(plan.key_use.from, plan.key_use.until),
        ext::alternative_name(oid::CE_SAN, &plan.state),
        ext::alternative_name(oid::CE_IAN, &plan.state),
        ext::crl_distribution_point(&plan.crl_url),
    ]
}

fn assemble(
    plan: &AuthorityPlan,
    issuer: &Name,
    subject_key: &PublicKey,
    extensions: Vec<Vec<u8>>,
    signer: &PrivateKey,
    rng: &mut dyn CryptoRng,
) -> Result<Certificate, X509Error> {
    let spki = subject_key.encode(plan.parameters);
    Template { issuer, subject: &plan.name, validity: plan.validity, spki: &spki, extensions }.sign(signer, rng)
}

/// Makes a document signer's certificate for the key of its request.
///
/// # Errors
/// As [`csca`].
pub fn document_signer(
    csca: &Credential,
    key: &PublicKey,
    plan: &SignerPlan,
    rng: &mut dyn CryptoRng,
) -> Result<Certificate, X509Error> {
    let types: Vec<&str> = plan.document_types.iter().map(String::as_str).collect();
    let extensions = vec![
        ext::key_usage(KeyUsage::DIGITAL_SIGNATURE),
        ext::authority_key_id(&own_id(&csca.cert)),
        ext::private_key_usage(plan.key_use.from, plan.key_use.until),
        ext::alternative_name(oid::CE_SAN, &plan.state),
        ext::alternative_name(oid::CE_IAN, &plan.state),
        ext::crl_distribution_point(&plan.crl_url),
        ext::document_types(&types),
    ];
    let spki = key.encode(plan.parameters);
    let template =
        Template { issuer: csca.cert.subject(), subject: &plan.name, validity: plan.validity, spki: &spki, extensions };
    template.sign(&csca.key, rng)
}

/// Makes the self-signed root of operations: approvers, bureaus, receipts, lists.
///
/// # Errors
/// As [`csca`].
pub fn operations_root(key: &PrivateKey, name: &Name, validity: Span, rng: &mut dyn CryptoRng) -> Result<Certificate, X509Error> {
    let id = key.public_key().identifier();
    let extensions =
        vec![ext::key_usage(KeyUsage::AUTHORITY), ext::authority(0), ext::subject_key_id(&id), ext::authority_key_id(&id)];
    let spki = key.public_key().encode(Parameters::Named);
    Template { issuer: name, subject: name, validity, spki: &spki, extensions }.sign(key, rng)
}

/// Makes a certificate of one purpose under the operations root.
///
/// # Errors
/// As [`csca`].
pub fn operations_leaf(
    root: &Credential,
    purpose: Purpose,
    key: &PublicKey,
    name: &Name,
    validity: Span,
    rng: &mut dyn CryptoRng,
) -> Result<Certificate, X509Error> {
    let mut extensions = vec![
        ext::key_usage(purpose.key_usage(key)),
        ext::subject_key_id(&key.identifier()),
        ext::authority_key_id(&own_id(&root.cert)),
    ];
    extensions.extend(purpose.extended_usage().map(|p| ext::extended_usage(&[p])));
    let spki = key.encode(Parameters::Named);
    let template = Template { issuer: root.cert.subject(), subject: name, validity, spki: &spki, extensions };
    template.sign(&root.key, rng)
}

/// Everything of a certificate but serial number, algorithm and signature.
pub(crate) struct Template<'a> {
    pub(crate) issuer: &'a Name,
    pub(crate) subject: &'a Name,
    pub(crate) validity: Span,
    pub(crate) spki: &'a [u8],
    pub(crate) extensions: Vec<Vec<u8>>,
}

impl Template<'_> {
    /// Draws a serial number of 16 random bytes (RFC 5280 4.1.2.2 allows 20) and signs.
    pub(crate) fn sign(&self, signer: &PrivateKey, rng: &mut dyn CryptoRng) -> Result<Certificate, X509Error> {
        let mut serial = [0u8; 16];
        rng.fill_bytes(&mut serial);
        // Positive and of constant length.
        serial[0] = serial[0] & 0x7F | 0x40;
        let algorithm = signer.signature_algorithm();
        let tbs = self.to_be_signed(&serial, algorithm);
        let signature = der::bit_string(&signer.sign(&tbs));
        Certificate::parse(&der::sequence(&[&tbs, &algorithm.encode(), &signature]))
    }

    fn to_be_signed(&self, serial: &[u8], algorithm: SignatureAlgorithm) -> Vec<u8> {
        der::sequence(&[
            &tlv::encode(0xA0, &der::integer(2)),
            &der::unsigned(serial),
            &algorithm.encode(),
            self.issuer.as_der(),
            &der::sequence(&[&time::encode(self.validity.from), &time::encode(self.validity.until)]),
            self.subject.as_der(),
            self.spki,
            &tlv::encode(0xA3, &tlv::encode(der::SEQUENCE, &self.extensions.concat())),
        ])
    }
}

/// A fresh key on P-256, the product's default curve.
#[must_use]
pub fn default_key(rng: &mut dyn CryptoRng) -> PrivateKey {
    PrivateKey::generate(Curve::P256, rng)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::pki::openssl;
    use crate::world::DangerousSeededEntropy;

    /// A country's roots for tests.
    pub(crate) struct TestKit {
        pub(crate) csca: Credential,
        pub(crate) root: Credential,
        pub(crate) plan: AuthorityPlan,
        pub(crate) now: Timestamp,
    }

    pub(crate) fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    pub(crate) fn kit() -> TestKit {
        kit_of(Curve::P256, Parameters::Named, 7)
    }

    pub(crate) fn kit_of(curve: Curve, parameters: Parameters, seed: u64) -> TestKit {
        let mut rng = DangerousSeededEntropy::new(seed);
        let now = now();
        let key = PrivateKey::generate(curve, &mut rng);
        let plan = AuthorityPlan {
            name: Name::new("ID", "Test", "CSCA 1"),
            state: "IDN".into(),
            validity: Span::days(now, 5000),
            key_use: Span::days(now, 1500),
            parameters,
            crl_url: "http://example.invalid/csca.crl".into(),
        };
        let cert = csca(&key, &plan, &mut rng).unwrap();
        let root_key = default_key(&mut rng);
        let name = Name::new("ID", "Test", "Operations");
        let root = operations_root(&root_key, &name, plan.validity, &mut rng).unwrap();
        TestKit { csca: Credential { cert, key }, root: Credential { cert: root, key: root_key }, plan, now }
    }

    pub(crate) fn ds_plan(kit: &TestKit) -> SignerPlan {
        SignerPlan {
            name: Name::new("ID", "Test", "DS 1"),
            state: "IDN".into(),
            validity: Span::days(kit.now, 3750),
            key_use: Span::days(kit.now, 90),
            document_types: vec!["I".into()],
            parameters: kit.plan.parameters,
            crl_url: kit.plan.crl_url.clone(),
        }
    }

    pub(crate) fn ds(kit: &TestKit) -> (PrivateKey, Certificate) {
        let mut rng = DangerousSeededEntropy::new(8);
        let curve = kit.csca.key.ec().unwrap().curve();
        let key = PrivateKey::generate(curve, &mut rng);
        let cert = document_signer(&kit.csca, &key.public_key(), &ds_plan(kit), &mut rng).unwrap();
        (key, cert)
    }

    pub(crate) fn leaf(kit: &TestKit, purpose: Purpose) -> (PrivateKey, Certificate) {
        let mut rng = DangerousSeededEntropy::new(9);
        let key = default_key(&mut rng);
        let name = Name::new("ID", "Test", "Leaf");
        let cert = operations_leaf(&kit.root, purpose, &key.public_key(), &name, Span::days(kit.now, 30), &mut rng).unwrap();
        (key, cert)
    }

    #[test]
    fn openssl_verifies_the_chain_and_shows_the_extensions() {
        for curve in [Curve::P256, Curve::P384, Curve::Bp256] {
            let kit = kit_of(curve, Parameters::Named, 3);
            let (_, cert) = ds(&kit);
            let dir = tempfile::tempdir().unwrap();
            let (ca, leaf) = (dir.path().join("ca.pem"), dir.path().join("ds.pem"));
            std::fs::write(&ca, kit.csca.cert.to_pem()).unwrap();
            std::fs::write(&leaf, cert.to_pem()).unwrap();
            let verify =
                format!("verify -x509_strict -attime {} -CAfile {} {}", kit.now.as_second() + 5, ca.display(), leaf.display());
            if openssl::run(&verify, &[]).is_none() {
                return;
            }
            let text = openssl::run("x509 -noout -text", kit.csca.cert.to_pem().as_bytes()).unwrap();
            let text = String::from_utf8(text).unwrap();
            for part in
                ["CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", "Private Key Usage Period", "CRL Distribution", "DirName"]
            {
                assert!(text.contains(part), "{part}\n{text}");
            }
        }
    }

    #[test]
    fn the_default_document_signer_has_the_size_the_plan_counts_on() {
        let (_, cert) = ds(&kit());
        assert!((550..=690).contains(&cert.as_der().len()), "{}", cert.as_der().len());
    }
}
