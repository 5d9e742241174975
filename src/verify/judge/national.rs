//! DG13, the fingers whose digest it holds, and the conclusion that no file contradicts another.

use super::{Judgement, consistency, security_infos};
use crate::crypto::hash::{HashAlg, sha256};
use crate::lds::dg13::Dg13;
use crate::lds::file_id::FileId;
use crate::pki::sod::SodChecked;
use crate::reason::Reason;
use crate::verify::check::{Check, CheckName};
use crate::verify::evidence::{Content, Evidence};
use crate::verify::told::Told;

/// The files do not contradict each other.
#[derive(Debug)]
pub struct FilesAgree(());

/// Runs every check of one file against another.
pub(super) fn agree(evidence: &Evidence, sod: &SodChecked, out: &mut Judgement) -> Option<FilesAgree> {
    let infos = security_infos::check(evidence, out);
    let groups = consistency::check(evidence, sod, out);
    let fingers = fingers(evidence, out);
    (infos && groups && fingers).then_some(FilesAgree(()))
}

/// EF.Fingers is no data group, so EF.SOD does not list it: DG13, which it lists, holds its digest.
fn fingers(evidence: &Evidence, out: &mut Judgement) -> bool {
    let name = CheckName::Fingers;
    let (check, good) = match evidence.files.get(&FileId::Fingers) {
        None => (Check::not_applicable(name, Told::both("EF.Fingers was not read", "EF.Fingers tidak dibaca")), true),
        Some(content) => match (digest(content), national(evidence)) {
            // Whoever wrote the file could copy this digest from DG13: it shows nothing that was read.
            (Some(found), Some(dg13)) if found == dg13.fingers_digest && content.bytes().is_none() => (
                Check::not_applicable(
                    name,
                    Told::both("of EF.Fingers only a digest is kept", "dari EF.Fingers hanya intisarinya yang disimpan"),
                ),
                true,
            ),
            (Some(found), Some(dg13)) if found == dg13.fingers_digest => (
                Check::passed(
                    name,
                    Told::both("EF.Fingers has the digest that DG13 holds", "EF.Fingers sesuai dengan intisari di DG13"),
                ),
                true,
            ),
            (Some(_), Some(_)) => (
                Check::failed(
                    name,
                    Reason::HashMismatch,
                    Told::both("EF.Fingers differs from its digest in DG13", "EF.Fingers berbeda dari intisarinya di DG13"),
                ),
                false,
            ),
            (_, None) => (
                Check::undecided(
                    name,
                    Reason::GroupNotRead,
                    Told::both(
                        "there is no DG13 to compare EF.Fingers with",
                        "tidak ada DG13 untuk dibandingkan dengan EF.Fingers",
                    ),
                ),
                false,
            ),
            (None, _) => (
                Check::undecided(
                    name,
                    Reason::GroupNotRead,
                    Told::both(
                        "EF.Fingers is kept as a digest of another kind",
                        "EF.Fingers disimpan sebagai intisari jenis lain",
                    ),
                ),
                false,
            ),
        },
    };
    out.add(check);
    good
}

fn digest(content: &Content) -> Option<Vec<u8>> {
    match content {
        Content::Bytes(bytes) => Some(sha256(&bytes.0).to_vec()),
        Content::Digest { algorithm, value, .. } => (*algorithm == HashAlg::Sha256.oid()).then(|| value.0.clone()),
    }
}

/// DG13, if it was read and is of our schema.
pub(super) fn national(evidence: &Evidence) -> Option<Dg13> {
    evidence.file(FileId::Dg13).and_then(|bytes| Dg13::parse(bytes).ok())
}
