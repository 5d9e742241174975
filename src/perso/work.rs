//! What a run writes: an opened card image with all that the chip and the signer need beside it.

use super::job::NewJob;
use super::journal::Job;
use super::stream::{Parameters, PassOne, Passwords, Reserve};
use crate::crypto::ec::Curve;
use crate::lds::files::CardFiles;
use crate::pki::signer::Order;

/// A password that opens the chip in the field, and where the card's face shows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PrintedPassword {
    /// `CAN` or `MRZ`.
    pub password: String,
    /// E.g. `front` or `back, TD1 in OCR-B`.
    pub printed: String,
}

/// The card's face, as the receipt names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Face {
    /// `full`, `can` or `legacy`.
    pub name: String,
    /// Every enabled password with its printed source.
    pub passwords: Vec<PrintedPassword>,
}

/// The authorization as the approver signed it, for the signer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthorizationBytes {
    /// The image's manifest, exact bytes.
    pub manifest: Vec<u8>,
    /// The authorization, exact bytes.
    pub statement: Vec<u8>,
    /// The approver's detached signature (CMS, DER).
    pub signature: Vec<u8>,
}

/// An opened image and its job. Holds personal data and passwords: in memory only.
pub struct Work {
    /// What the journal binds.
    pub job: NewJob,
    /// Every file but DG14, DG15, EF.SOD and EF.CVCA.
    pub files: CardFiles,
    /// The chip's passwords.
    pub passwords: Passwords,
    /// Places kept for pass 2.
    pub reserve: Reserve,
    /// PACE and key parameters.
    pub parameters: Parameters,
    /// Curve of the chip's keys.
    pub curve: Curve,
    /// The card's face.
    pub face: Face,
    /// What the signer checks.
    pub authorization: AuthorizationBytes,
}

impl Work {
    /// Pass 1 of this work, with the date and trust point that the journal fixed.
    pub(super) fn pass_one<'a>(&'a self, job: &'a Job) -> PassOne<'a> {
        PassOne {
            files: &self.files.0,
            reserve: self.reserve,
            passwords: &self.passwords,
            trust_point: &job.trust_point,
            date: job.chip_date,
            parameters: self.parameters,
            authorization: self.job.authorization_digest,
        }
    }

    /// The card as the signer judges it before a chip is touched.
    pub(super) fn order(&self) -> Order {
        Order {
            manifest: self.authorization.manifest.clone(),
            authorization: self.authorization.statement.clone(),
            authorization_signature: self.authorization.signature.clone(),
            document_number: self.job.document_number.clone(),
            status_index: self.job.status_index,
            hashes: self.files.data_groups().map(|(n, c)| (n, crate::crypto::hash::sha256(c).to_vec())).collect(),
        }
    }

    /// Bytes that the file table asks of the chip, the places of pass 2 included.
    pub(super) fn room(&self) -> usize {
        let files: usize = self.files.iter().map(|(_, content)| content.len()).sum();
        files + self.reserve.dg14 + self.reserve.dg15.unwrap_or(0) + self.reserve.sod
    }

    /// Bytes that travel in the stream beside the files: passwords, trust point, authorization digest.
    pub(super) fn secrets(&self, job: &Job) -> usize {
        let can = self.passwords.can.as_ref().map_or(0, |can| 2 + can.expose().len());
        let mrz = self.passwords.mrz_sha1.as_ref().map_or(0, |sha1| 2 + sha1.expose().len());
        can + mrz + job.trust_point.len() + job.authorization_digest.len()
    }

    /// The key slots that the chip fills: 1 for Chip Authentication, 2 for Active Authentication.
    pub(super) fn slots(&self) -> impl Iterator<Item = u8> {
        [Some(1), self.parameters.aa.then_some(2)].into_iter().flatten()
    }
}
