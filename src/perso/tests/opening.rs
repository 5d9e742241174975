//! Card images that are not what their authorization says do not open.

use super::services::pki;
use super::world::files;
use crate::crypto::ec::Curve;
use crate::crypto::hash::sha256;
use crate::lds::image::manifest::{FORMAT, Manifest, ManifestFile, Parameters, Reserve, hex, numbers_digest};
use crate::lds::image::{CardImage, ImageError, SealedContent};
use crate::lds::profile::Face;
use crate::perso::job::{JobId, Placement};
use crate::perso::opened::{OpenError, Opener};
use crate::perso::work::Work;
use crate::pki::authorization::{self, Authorization, AuthorizationError, Digest, IssueReason};
use crate::pki::key::PrivateKey;
use crate::pki::sample::Kit;
use crate::pki::seal::{self, Recipient, SealError};
use crate::pki::trust::{Kind, TrustStore};
use crate::reason::{Reason, Refusal as _};
use crate::secret::Secret;
use crate::world::{DangerousSeededEntropy, FixedClock};
use std::path::Path;
use std::sync::OnceLock;

fn kit() -> &'static Kit {
    static KIT: OnceLock<Kit> = OnceLock::new();
    KIT.get_or_init(|| Kit::mint(&FixedClock(pki().kit.now), &mut DangerousSeededEntropy::new(3)).unwrap())
}

fn content() -> SealedContent {
    SealedContent {
        files: files(false),
        can: Secret::new("123456".into()),
        key_text: Some(Secret::new("A1B2C3D4E3800131836112".into())),
        mrz: Secret::new(String::new()),
        document_number: "A1B2C3D4E".into(),
        status_index: 17,
    }
}

fn manifest(content: &SealedContent) -> Manifest {
    let file = |(name, bytes): (_, &[u8])| ManifestFile { name, size: bytes.len(), sha256: hex(&sha256(bytes)) };
    Manifest {
        format: FORMAT,
        job_id: "job-1".into(),
        profile: "test".into(),
        profile_digest: hex(&[0; 32]),
        record_digest: hex(&[1; 32]),
        template_digests: vec![],
        nik_digest: None,
        numbers_digest: hex(&numbers_digest(&content.document_number, content.status_index)),
        parameters: Parameters {
            curve: Curve::P256,
            active_authentication: false,
            ca_key_id: 1,
            bac: false,
            chunk: 223,
            capacity: 8_192,
            face: Face::Can,
            passwords: vec![],
        },
        reserve: Reserve { dg14: 420, dg15: None, sod: 1_500 },
        files: content.files.iter().map(file).collect(),
    }
}

/// Writes an image of these plain bytes, approved over `over`.
fn write(folder: &Path, plain: &[u8], over: Option<Digest>) {
    let manifest = manifest(&content()).encode();
    let bureau: Recipient = Recipient::check(&kit().bureau.cert, &kit().trust_store().unwrap(), pki().kit.now).unwrap();
    let sealed = seal::seal(plain, &bureau, &mut DangerousSeededEntropy::new(4)).unwrap();
    CardImage::new(manifest.clone(), sealed).unwrap().write(folder).unwrap();
    let authorization = Authorization {
        format: authorization::FORMAT.into(),
        application: "A-1".into(),
        nik_digest: None,
        record_digest: Digest([1; 32]),
        template_digests: vec![],
        manifest_digest: over.unwrap_or(Digest::of(&manifest)),
        route: "office".into(),
        reason: IssueReason::Sample,
        signer: "sample-signer".into(),
    };
    let signed = authorization.approve(&kit().approver, pki().kit.now).unwrap();
    std::fs::write(folder.join("authorization.json"), signed.json).unwrap();
    std::fs::write(folder.join("authorization.json.p7s"), signed.signature).unwrap();
}

fn open(folder: &Path, bureau: &PrivateKey, trust: &TrustStore) -> Result<Work, OpenError> {
    let id = JobId::parse("job-1").unwrap();
    Opener { bureau, trust, now: pki().kit.now }.open(folder, id, Placement::default())
}

#[test]
fn an_image_opens_only_whole_approved_and_for_its_bureau() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let trust = kit().trust_store().unwrap();
    let bureau = &kit().bureau.key;
    write(&at("good"), &content().encode(), None);
    let work = open(&at("good"), bureau, &trust).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((work.job.document_number.as_str(), work.job.status_index), ("A1B2C3D4E", 17));
    assert!(work.passwords.mrz_sha1.is_some() && work.job.trust_point.starts_with(&[0x7F, 0x4E]));

    let refused = |folder: &Path, trust: &TrustStore| open(folder, bureau, trust).err().unwrap();
    assert!(matches!(refused(&at("none"), &trust), OpenError::Image(ImageError::Storage(_))));
    assert!(matches!(
        open(&at("good"), &kit().receipt.key, &trust).err(),
        Some(OpenError::Seal(SealError::NotARecipient | SealError::Altered))
    ));
    write(&at("other"), &content().encode(), Some(Digest([9; 32])));
    assert_eq!(refused(&at("other"), &trust), OpenError::OtherImage);
    assert_eq!(OpenError::OtherImage.reason(), Reason::AuthorizationInvalid);
    write(&at("garbage"), b"no card", None);
    let malformed = refused(&at("garbage"), &trust);
    assert!(matches!(malformed, OpenError::Content(_)));
    assert_eq!(malformed.reason(), Reason::ImageAltered);
    let altered = SealedContent { status_index: 18, ..content() };
    write(&at("altered"), &altered.encode(), None);
    assert_eq!(refused(&at("altered"), &trust), OpenError::Image(ImageError::Numbers));
    std::fs::write(at("good/authorization.json"), b"{}").unwrap();
    assert!(matches!(refused(&at("good"), &trust), OpenError::Authorization(AuthorizationError::Statement(_))));
    std::fs::remove_file(at("good/authorization.json.p7s")).unwrap();
    assert_eq!(refused(&at("good"), &trust), OpenError::Unreadable("authorization.json.p7s"));
    let mut without = TrustStore::new(Kind::Sample, "ID");
    without.add_operations_root(kit().roots.operations.cert.clone()).unwrap();
    without.add_crl(kit().operations_crl.clone()).unwrap();
    write(&at("again"), &content().encode(), None);
    assert_eq!(refused(&at("again"), &without), OpenError::NoTrustPoint);
    assert_eq!(OpenError::NoTrustPoint.reason(), Reason::CertificateInvalid);
}
