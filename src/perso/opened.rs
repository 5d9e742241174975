//! From a card image on disk to what a run writes: authorization checked, seal opened, hashes compared.

use super::job::{JobId, NewJob, Placement};
use super::stream::{Parameters, Passwords, Reserve};
use super::work::{AuthorizationBytes, Face, PrintedPassword, Work};
use crate::crypto::hash::sha1;
use crate::lds::image::{CardImage, ImageError, Manifest, SealedContent};
use crate::lds::profile::Password;
use crate::lds::tlv::TlvError;
use crate::limits::DOCUMENT_BYTES;
use crate::pki::authorization::{self, AuthorizationError, Digest};
use crate::pki::key::PrivateKey;
use crate::pki::seal::{self, SealError};
use crate::pki::trust::TrustStore;
use crate::reason::{Reason, Refusal};
use crate::secret::Secret;
use jiff::Timestamp;
use std::io::Read as _;
use std::path::Path;

/// Name of the authorization in an image's folder.
pub const AUTHORIZATION: &str = "authorization.json";
/// Name of the approver's detached signature.
pub const AUTHORIZATION_SIGNATURE: &str = "authorization.json.p7s";

/// Why an image is not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The image itself.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// It has no authorization, or one that is not accepted.
    #[error(transparent)]
    Authorization(#[from] AuthorizationError),
    /// A file of the authorization cannot be read.
    #[error("{0} cannot be read")]
    Unreadable(&'static str),
    /// The authorization is over another manifest.
    #[error("the authorization is over another image")]
    OtherImage,
    /// The seal does not open with this bureau's key.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// What was sealed is no card.
    #[error("the sealed content is malformed: {0}")]
    Content(TlvError),
    /// The trust store has no CVCA for the chip to trust.
    #[error("the trust store has no CVCA certificate")]
    NoTrustPoint,
}

impl Refusal for OpenError {
    fn reason(&self) -> Reason {
        match self {
            Self::Image(e) => e.reason(),
            Self::Authorization(e) => e.reason(),
            Self::Unreadable(_) | Self::OtherImage => Reason::AuthorizationInvalid,
            Self::Seal(e) => e.reason(),
            Self::Content(_) => Reason::ImageAltered,
            Self::NoTrustPoint => Reason::CertificateInvalid,
        }
    }
}

/// Who opens images: the bureau, with the store it trusts.
#[derive(Debug, Clone, Copy)]
pub struct Opener<'a> {
    /// The key that images are sealed to.
    pub bureau: &'a PrivateKey,
    /// Approvers and CVCA.
    pub trust: &'a TrustStore,
    /// The time of judgement, and the chip's first date.
    pub now: Timestamp,
}

impl Opener<'_> {
    /// Opens the image of a folder for a job.
    ///
    /// # Errors
    /// Any [`OpenError`].
    pub fn open(&self, folder: &Path, id: JobId, place: Placement) -> Result<Work, OpenError> {
        let image = CardImage::read(folder)?;
        let statement = read(folder, AUTHORIZATION)?;
        let signature = read(folder, AUTHORIZATION_SIGNATURE)?;
        let approved = authorization::verify(&statement, &signature, self.trust, self.now)?;
        if approved.authorization().manifest_digest != Digest(image.manifest_digest()) {
            return Err(OpenError::OtherImage);
        }
        let plain = seal::open(&image.sealed, self.bureau)?;
        let content = SealedContent::parse(&plain).map_err(OpenError::Content)?;
        image.manifest.check(&content)?;
        let job = NewJob {
            id,
            image_at: folder.display().to_string(),
            image_digest: image.manifest_digest(),
            authorization_digest: approved.digest().0,
            document_number: content.document_number.clone(),
            status_index: u64::from(content.status_index),
            profile: image.manifest.profile.clone(),
            chip_date: self.now.to_zoned(jiff::tz::TimeZone::UTC).date(),
            trust_point: self.trust_point()?,
            place,
        };
        let authorization = AuthorizationBytes { manifest: image.manifest_bytes.clone(), statement, signature };
        Ok(work(job, &image.manifest, content, authorization))
    }

    /// The CVCA that became valid last.
    fn trust_point(&self) -> Result<Vec<u8>, OpenError> {
        let newest = self.trust.cvcas().iter().max_by_key(|c| c.body().effective.civil());
        newest.map(|c| c.body_bytes().to_vec()).ok_or(OpenError::NoTrustPoint)
    }
}

fn work(job: NewJob, manifest: &Manifest, content: SealedContent, authorization: AuthorizationBytes) -> Work {
    let p = &manifest.parameters;
    // Every image holds a CAN; a chip has it where the face prints it.
    let has_can = p.passwords.iter().any(|p| p.password == Password::Can);
    let printed = |p: &crate::lds::image::manifest::PrintedPassword| PrintedPassword {
        password: p.password.name().to_owned(),
        printed: p.place.clone(),
    };
    Work {
        job,
        passwords: Passwords {
            can: has_can.then_some(content.can),
            mrz_sha1: content.key_text.map(|text| Secret::new(sha1(text.expose().as_bytes()))),
            bac: p.bac,
        },
        files: content.files,
        reserve: Reserve { dg14: manifest.reserve.dg14, dg15: manifest.reserve.dg15, sod: manifest.reserve.sod },
        parameters: Parameters { parameter_id: p.curve.parameter_id(), ca_key_id: p.ca_key_id, aa: p.active_authentication },
        curve: p.curve,
        face: Face { name: p.face.name().to_owned(), passwords: p.passwords.iter().map(printed).collect() },
        authorization,
    }
}

fn read(folder: &Path, name: &'static str) -> Result<Vec<u8>, OpenError> {
    let unreadable = |_| OpenError::Unreadable(name);
    let file = std::fs::File::open(folder.join(name)).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(DOCUMENT_BYTES as u64).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}
