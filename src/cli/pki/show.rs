//! `ektp pki show`: what a file of the PKI says. Nothing is judged.

use super::files;
use super::summary::{
    crl_summary, cv_summary, delta_summary, key_name, list_summary, print, register_summary, store_summary, x509_summary,
};
use super::words;
use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::lds::sod::TAG as SOD_TAG;
use crate::pki::status_list::register::Register;
use crate::pki::trust::directory;
use crate::pki::x509::request::Request;
use crate::pki::x509::{Certificate, Crl};
use crate::pki::{cvc, sod, status_list};
use crate::reason::Reason;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Which file.
#[derive(Debug, clap::Args)]
pub(super) struct ShowArgs {
    /// Certificate, request, revocation list, CV certificate or request, EF.SOD, status list or delta, register of states, or the folder of a
    /// trust store
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn show(args: &ShowArgs, out: &mut Output) -> Answer {
    let (kind, summary) = if args.file.is_dir() {
        ("trust-store", store_summary(&directory::load(&args.file)?))
    } else {
        recognize(&files::read(&args.file)?)
            .ok_or_else(|| Failure::new(Reason::EncodingInvalid, format!("{} is no file of the PKI", args.file.display())))?
    };
    out.line(format!("{}: {}", args.file.display(), words::kind(kind, out.lang())));
    print(out, &summary, 1);
    Ok(Outcome::yes(json!({"file": args.file.display().to_string(), "kind": kind, "summary": summary})))
}

/// Tries every kind; the first that parses is it.
fn recognize(data: &[u8]) -> Option<(&'static str, Value)> {
    if let Ok(cert) = Certificate::from_file(data) {
        return Some(("certificate", x509_summary(&cert)));
    }
    if let Ok(crl) = Crl::from_file(data) {
        return Some(("revocation-list", crl_summary(&crl)));
    }
    if let Ok(request) = Request::from_file(data) {
        let subject = request.subject().to_string();
        return Some(("request", json!({"subject": subject, "key": key_name(request.public_key()), "proof": "verified"})));
    }
    if let Ok(cert) = cvc::Certificate::parse(data) {
        return Some(("cv-certificate", cv_summary(&cert)));
    }
    if let Ok(request) = cvc::Request::parse(data) {
        let proof = request.verify_inner().is_ok();
        let outer = request.outer_car().map(ToString::to_string);
        return Some(("cv-request", json!({"holder": request.chr.to_string(), "proof": proof, "outer": outer})));
    }
    if data.first().map(|b| u32::from(*b)) == Some(SOD_TAG)
        && let Ok(read) = sod::read(data)
    {
        let groups: Vec<u8> = read.object().hashes.keys().copied().collect();
        let signed_at = read.signed_at().map(files::instant);
        return Some(("ef-sod", json!({"groups": groups, "signed_at": signed_at, "signer": x509_summary(read.signer())})));
    }
    if let Ok((list, signer)) = status_list::look_at(data) {
        return Some(("status-list", list_summary(&list, &signer)));
    }
    if let Ok((delta, signer)) = status_list::look_at_delta(data) {
        return Some(("status-delta", delta_summary(&delta, &signer)));
    }
    Register::parse(data).ok().map(|register| ("status-register", register_summary(&register)))
}

/// Copies a file into a store's folder under its own name.
pub(super) fn target(dir: &Path, folder: &str, file: &Path) -> PathBuf {
    dir.join(folder).join(file.file_name().unwrap_or_default())
}
