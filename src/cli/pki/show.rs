//! `ektp pki show` and `ektp pki check`: what a file of the PKI says, and whether a trust store accepts it.

use super::files;
use super::x509::PurposeName;
use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::lds::sod::TAG as SOD_TAG;
use crate::pki::cvc::{self, Date, Holder, TrustState};
use crate::pki::key::PublicKey;
use crate::pki::trust::mark::{self, hex};
use crate::pki::trust::{TrustStore, directory};
use crate::pki::x509::path::{self, CheckedPath, Revocation};
use crate::pki::x509::request::Request;
use crate::pki::x509::{Certificate, Crl};
use crate::pki::{sod, status_list, time};
use crate::reason::Reason;
use jiff::Timestamp;
use rsa::traits::PublicKeyParts;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Which file.
#[derive(Debug, clap::Args)]
pub(super) struct ShowArgs {
    /// Certificate, request, revocation list, CV certificate or request, EF.SOD, or the folder of a trust store
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
    out.line(format!("{}: {kind}", args.file.display()));
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
    None
}

/// Writes a summary as indented lines for people.
fn print(out: &mut Output, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if field.is_object() {
                    out.line(format!("{indent}{name}"));
                    print(out, field, depth + 1);
                } else {
                    let text = field.as_str().map_or_else(|| field.to_string(), str::to_owned);
                    out.line(format!("{indent}{name:<14} {text}"));
                }
            }
        }
        other => out.line(format!("{indent}{other}")),
    }
}

fn key_name(key: &PublicKey) -> String {
    match key {
        PublicKey::Ec(key) => format!("{:?}", key.curve()),
        PublicKey::Rsa(key) => format!("RSA-{}", key.n().bit_width()),
    }
}

/// What people and machines are told of a certificate.
pub(super) fn x509_summary(cert: &Certificate) -> Value {
    let (from, until) = cert.validity();
    json!({
        "subject": cert.subject().to_string(),
        "issuer": cert.issuer().to_string(),
        "serial": cert.serial_hex(),
        "from": files::instant(from),
        "until": files::instant(until),
        "key": key_name(cert.public_key()),
        "sha256": hex(&cert.digest()),
        "sample": mark::is_sample(cert),
    })
}

/// What people and machines are told of a revocation list.
pub(super) fn crl_summary(crl: &Crl) -> Value {
    json!({
        "issuer": crl.issuer().to_string(),
        "number": crl.number(),
        "made": files::instant(crl.this_update()),
        "holds_until": files::instant(crl.holds_until()),
        "revoked": crl.revoked_count(),
    })
}

/// What people and machines are told of a CV certificate.
pub(super) fn cv_summary(cert: &cvc::Certificate) -> Value {
    let body = cert.body();
    json!({
        "holder": body.chr.to_string(),
        "authority": body.car.to_string(),
        "role": format!("{:?}", cert.role()),
        "fingers": body.chat.rights().is_ok_and(|r| r.fingers),
        "from": body.effective.civil().to_string(),
        "until": body.expiration.civil().to_string(),
    })
}

fn store_summary(store: &TrustStore) -> Value {
    use crate::pki::x509::issue::Purpose;
    let list = |certs: &[Certificate]| certs.iter().map(x509_summary).collect::<Vec<_>>();
    json!({
        "kind": store.kind(),
        "country": store.country(),
        "csca": list(store.anchors(Purpose::DocumentSigner)),
        "links": list(store.links()),
        "operations": list(store.anchors(Purpose::Receipt)),
        "cvca": store.cvcas().iter().map(cv_summary).collect::<Vec<_>>(),
        "revocation_lists": store.crls().iter().map(crl_summary).collect::<Vec<_>>(),
    })
}

/// What is checked, against what, for when.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// A certificate, an EF.SOD, a status list, or the CV certificates of a chain, DV first
    #[arg(value_name = "FILE", required = true)]
    file: Vec<PathBuf>,
    /// Trust store
    #[arg(long, value_name = "DIR")]
    trust: PathBuf,
    /// What the certificate is for
    #[arg(long, value_enum, default_value = "document-signer")]
    purpose: PurposeName,
    /// Day of judgement, YYYY-MM-DD; default: now
    #[arg(long, value_name = "DATE")]
    at: Option<jiff::civil::Date>,
}

pub(super) fn check(args: &CheckArgs, out: &mut Output) -> Answer {
    let store = directory::load(&args.trust)?;
    let at = files::judged_at(args.at);
    let mut data = Vec::new();
    for path in &args.file {
        data.push(files::read(path)?);
    }
    let (kind, facts) = match data.as_slice() {
        [one] => check_one(one, args, &store, at)?,
        chain => ("cv-chain", check_chain(chain, &store, at)?),
    };
    out.line(format!("accepted: {kind}"));
    print(out, &facts, 1);
    Ok(Outcome::yes(json!({"kind": kind, "at": files::instant(at), "facts": facts})))
}

fn check_one(data: &[u8], args: &CheckArgs, store: &TrustStore, at: Timestamp) -> Result<(&'static str, Value), Failure> {
    if let Ok(cert) = Certificate::from_file(data) {
        return Ok(("certificate", path_facts(&path::check(&cert, args.purpose.purpose(), store, at, None)?)));
    }
    match data.first() {
        Some(0x77) => Ok(("ef-sod", path_facts(sod::verify(data, store, at)?.path()))),
        Some(0x7F) => Ok(("cv-chain", check_chain(&[data.to_vec()], store, at)?)),
        _ => {
            let list = status_list::verify(data, store, at, 0)?;
            let facts = json!({"number": list.number(), "length": list.len(), "made": files::instant(list.issued_at())});
            Ok(("status-list", facts))
        }
    }
}

fn path_facts(path: &CheckedPath) -> Value {
    let revocation = match path.revocation() {
        Revocation::Checked { lists } => {
            let made = lists.iter().map(|l| format!("{} of {:.0}", l.number, l.this_update)).collect::<Vec<_>>();
            format!("checked, list {}", made.join(", "))
        }
        Revocation::Undecided(gap) => format!("not decided: {gap}"),
    };
    json!({
        "certificate": x509_summary(path.leaf()),
        "anchor": path.anchor().subject().to_string(),
        "links": path.links(),
        "revocation": revocation,
    })
}

fn check_chain(chain: &[Vec<u8>], store: &TrustStore, at: Timestamp) -> Result<Value, Failure> {
    let day = Date::new(time::date_of(at))?;
    let chain: Vec<cvc::Certificate> = chain.iter().map(|c| cvc::Certificate::parse(c)).collect::<Result<_, _>>()?;
    let first = chain.first().map(|c| c.body().car.clone());
    let anchor = store.cvcas().iter().find(|c| Some(&c.body().chr) == first.as_ref());
    let anchor = anchor.ok_or(cvc::CvcError::UnknownIssuer)?;
    let state = TrustState::new(vec![Holder::trust_point(anchor.body())?], day)?;
    cvc::verify_chain(&state, &chain)?;
    for cert in &chain {
        cert.valid_on(day)?;
    }
    Ok(json!({"anchor": anchor.body().chr.to_string(), "chain": chain.iter().map(cv_summary).collect::<Vec<_>>()}))
}

/// Copies a file into a store's folder under its own name.
pub(super) fn target(dir: &Path, folder: &str, file: &Path) -> PathBuf {
    dir.join(folder).join(file.file_name().unwrap_or_default())
}
