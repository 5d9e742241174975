//! `ektp pki check`: whether a trust store accepts a file of the PKI, or stands itself.

use super::files;
use super::summary::{crl_summary, print, x509_summary};
use super::words;
use super::x509::PurposeName;
use super::{check_cv, check_store};
use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::lds::sod::TAG as SOD_TAG;
use crate::pki::trust::{TrustStore, directory};
use crate::pki::x509::anchor::{self, Authority};
use crate::pki::x509::issue::Purpose;
use crate::pki::x509::path::{self, CheckedPath, Revocation};
use crate::pki::x509::{Certificate, Crl};
use crate::pki::{sod, status_list};
use crate::reason::Reason;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What is checked, against what, for when.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// A certificate of a signer or an authority, a link certificate, a revocation list, an EF.SOD, a status list, CV certificates that
    /// follow from each other (CVCA, link, DV, IS), or the folder of a trust store
    #[arg(value_name = "FILE", required = true)]
    file: Vec<PathBuf>,
    /// Trust store; none for the folder of one, which is checked by itself
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// What the certificate is for; of an authority: what its signers are for
    #[arg(long, value_enum, default_value = "document-signer")]
    purpose: PurposeName,
    /// Day of judgement, YYYY-MM-DD; default: now
    #[arg(long, value_name = "DATE")]
    at: Option<jiff::civil::Date>,
}

pub(super) fn check(args: &CheckArgs, out: &mut Output) -> Answer {
    let at = files::judged_at(args.at);
    let found = match (args.file.as_slice(), &args.trust) {
        ([dir], None) if dir.is_dir() => check_store::check(dir, at)?,
        ([dir], Some(_)) if dir.is_dir() => {
            return Err(Failure::new(Reason::InputInvalid, "a trust store is checked by itself: leave --trust out"));
        }
        (_, None) => {
            return Err(Failure::new(Reason::InputInvalid, "a file is checked against a trust store: name it with --trust"));
        }
        (paths, Some(trust)) => check_files(paths, trust, args.purpose.purpose(), at)?,
    };
    let lang = out.lang();
    let head = match found.reason {
        None => lang.pick("accepted", "diterima"),
        Some(Reason::CrlStale) => lang.pick(
            "could not decide, for want of a fresh revocation list",
            "tidak dapat diputuskan: tidak ada daftar pencabutan yang masih berlaku",
        ),
        Some(_) => lang.pick("not accepted", "tidak diterima"),
    };
    out.line(format!("{head}: {}", words::kind(found.kind, lang)));
    print(out, &found.facts, 1);
    let data = json!({"kind": found.kind, "at": files::instant(at), "facts": found.facts});
    Ok(Outcome { reason: found.reason, ..Outcome::yes(data) })
}

/// What was found, and why it is not accepted, if it is not: a signer that may be revoked is not.
pub(super) struct Found {
    pub(super) kind: &'static str,
    pub(super) facts: Value,
    pub(super) reason: Option<Reason>,
}

impl Found {
    pub(super) fn yes(kind: &'static str, facts: Value) -> Self {
        Self { kind, facts, reason: None }
    }

    fn of_path(kind: &'static str, path: &CheckedPath) -> Self {
        let facts = json!({
            "certificate": x509_summary(path.leaf()),
            "anchor": path.anchor().subject().to_string(),
            "links": path.links(),
            "revocation": revocation(path),
        });
        Self { kind, facts, reason: undecided(path) }
    }
}

fn undecided(path: &CheckedPath) -> Option<Reason> {
    match path.revocation() {
        Revocation::Checked { .. } => None,
        Revocation::Undecided(_) => Some(Reason::CrlStale),
    }
}

fn revocation(path: &CheckedPath) -> String {
    match path.revocation() {
        Revocation::Checked { lists } => {
            let made = lists.iter().map(|l| format!("{} of {:.0}", l.number, l.this_update)).collect::<Vec<_>>();
            format!("checked, list {}", made.join(", "))
        }
        Revocation::Undecided(gap) => format!("not decided: {gap}"),
    }
}

fn check_files(paths: &[PathBuf], trust: &Path, purpose: Purpose, at: Timestamp) -> Result<Found, Failure> {
    let store = directory::load(trust)?;
    let files = paths.iter().map(|path| files::read(path)).collect::<Result<Vec<_>, _>>()?;
    match (paths, files.as_slice()) {
        ([path], [one]) => check_one(path, one, purpose, &store, at),
        _ => check_cv::check(&files, &store, at),
    }
}

/// Tells what a file is, as `pki show` does, and judges it as that.
fn check_one(path: &Path, data: &[u8], purpose: Purpose, store: &TrustStore, at: Timestamp) -> Result<Found, Failure> {
    if let Ok(cert) = Certificate::from_file(data) {
        return check_certificate(&cert, purpose, store, at);
    }
    if let Ok(crl) = Crl::from_file(data) {
        return check_list(&crl, store, at);
    }
    if data.first().map(|b| u32::from(*b)) == Some(SOD_TAG) {
        return Ok(Found::of_path("ef-sod", sod::verify(data, store, at)?.path()));
    }
    if data.starts_with(&[0x7F]) {
        return check_cv::check(&[data.to_vec()], store, at);
    }
    // COSE_Sign1, tagged or not: an altered one is still a status list.
    if matches!(data.first(), Some(0xD2 | 0x84)) {
        let list = status_list::verify(data, store, at, 0)?;
        let facts = json!({
            "number": list.number(), "length": list.len(), "made": files::instant(list.issued_at()),
            "signer": x509_summary(list.path().leaf()), "revocation": revocation(list.path()),
        });
        return Ok(Found { kind: "status-list", facts, reason: undecided(list.path()) });
    }
    let what = "nothing that a trust store judges: no certificate, revocation list, EF.SOD or status list";
    Err(Failure::new(Reason::EncodingInvalid, format!("{} is {what}", path.display())))
}

fn check_certificate(cert: &Certificate, purpose: Purpose, store: &TrustStore, at: Timestamp) -> Result<Found, Failure> {
    if !anchor::is_authority(cert) {
        return Ok(Found::of_path("certificate", &path::check(cert, purpose, store, at, None)?));
    }
    if !anchor::is_root(cert) {
        return Ok(Found::of_path("link", &anchor::check_link(cert, store, at)?));
    }
    let operations = purpose != Purpose::DocumentSigner || store.anchors(Purpose::Receipt).contains(cert);
    let (kind, authority) = if operations { ("operations", Authority::Operations) } else { ("csca", Authority::Csca) };
    anchor::check_root(cert, authority, store, at)?;
    Ok(Found::yes(kind, json!({"certificate": x509_summary(cert)})))
}

/// A revocation list: signed by an authority of the store that may and whose days are not over, no older than the one that the store
/// has, and of an instant that it holds at.
fn check_list(crl: &Crl, store: &TrustStore, at: Timestamp) -> Result<Found, Failure> {
    let signer = store.check_crl(crl)?;
    path::check_dates(signer, at)?;
    path::holds(crl, at)?;
    Ok(Found::yes("revocation-list", json!({"list": crl_summary(crl), "signer": x509_summary(signer)})))
}
