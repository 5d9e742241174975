//! What `perso run` of a bare record does on the way: build and approve its image with a kit of sample keys.

use super::{approve, build, input};
use crate::cli::output::{Failure, Output};
use crate::lds::image::CardImage;
use crate::pki::authorization::{Authorization, IssueReason};
use crate::pki::keystore;
use crate::pki::x509::Certificate;
use crate::pki::x509::issue::Credential;
use crate::record::Record;
use crate::secret::Secret;
use std::path::Path;

/// The record in a file, with the files it names beside it.
pub(in crate::cli) fn record_at(path: &Path) -> Result<Record, Failure> {
    input::load_record(path).map(|(record, _)| record)
}

/// Builds the image of a record as `card build` does.
pub(in crate::cli) fn build_sample(
    record: &Path,
    profile: &str,
    kit: &Path,
    folder: &Path,
    job: &str,
    numbers: &Path,
    out: &mut Output,
) -> Result<(), Failure> {
    build::run(&build::Args::of_record(record, profile, kit, folder, job, numbers), out).map(drop)
}

/// Approves it with the kit's approver, for the reason *sample*.
pub(in crate::cli) fn approve_sample(
    folder: &Path,
    kit: &Path,
    passphrase: &Secret<String>,
    job: &str,
    signer: &str,
) -> Result<(), Failure> {
    let image = CardImage::read(folder)?;
    let (cert, key) = (kit.join("approver.cert.pem"), kit.join("approver.key.pem"));
    let approver = Credential {
        cert: Certificate::from_file(&input::read(&cert, crate::limits::CERTIFICATE_BYTES)?)
            .map_err(|e| Failure::at(&cert, &e))?,
        key: keystore::open(&key, passphrase).map_err(|e| Failure::at(&key, &e))?,
    };
    let authorization = Authorization::over(&image, job.to_owned(), "station".into(), IssueReason::Sample, signer.to_owned())?;
    approve::sign(folder, &authorization, &approver)
}
