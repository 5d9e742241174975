//! `ektp pki check`: whether a trust store accepts a file of the PKI.

use super::files;
use super::summary::{cv_summary, print, x509_summary};
use super::words;
use super::x509::PurposeName;
use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::pki::cvc::{self, Date, Holder, TrustState};
use crate::pki::trust::{TrustStore, directory};
use crate::pki::x509::Certificate;
use crate::pki::x509::path::{self, CheckedPath, Revocation};
use crate::pki::{sod, status_list, time};
use crate::reason::Reason;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::PathBuf;

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
    let found = match data.as_slice() {
        [one] => check_one(one, args, &store, at)?,
        chain => Found { kind: "cv-chain", facts: check_chain(chain, &store, at)?, decided: true },
    };
    let lang = out.lang();
    let head = if found.decided {
        lang.pick("accepted", "diterima")
    } else {
        lang.pick(
            "could not decide, for want of a fresh revocation list",
            "tidak dapat diputuskan: tidak ada daftar pencabutan yang masih berlaku",
        )
    };
    out.line(format!("{head}: {}", words::kind(found.kind, lang)));
    print(out, &found.facts, 1);
    let data = json!({"kind": found.kind, "at": files::instant(at), "facts": found.facts});
    Ok(if found.decided { Outcome::yes(data) } else { Outcome::with_reason(Reason::CrlStale, data) })
}

/// What was found, and whether that decides: a signer that may be revoked is not accepted.
struct Found {
    kind: &'static str,
    facts: Value,
    decided: bool,
}

impl Found {
    fn of_path(kind: &'static str, path: &CheckedPath) -> Self {
        let facts = json!({
            "certificate": x509_summary(path.leaf()),
            "anchor": path.anchor().subject().to_string(),
            "links": path.links(),
            "revocation": revocation(path),
        });
        Self { kind, facts, decided: is_decided(path) }
    }
}

fn is_decided(path: &CheckedPath) -> bool {
    matches!(path.revocation(), Revocation::Checked { .. })
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

fn check_one(data: &[u8], args: &CheckArgs, store: &TrustStore, at: Timestamp) -> Result<Found, Failure> {
    if let Ok(cert) = Certificate::from_file(data) {
        return Ok(Found::of_path("certificate", &path::check(&cert, args.purpose.purpose(), store, at, None)?));
    }
    match data.first() {
        Some(0x77) => Ok(Found::of_path("ef-sod", sod::verify(data, store, at)?.path())),
        Some(0x7F) => Ok(Found { kind: "cv-chain", facts: check_chain(&[data.to_vec()], store, at)?, decided: true }),
        _ => {
            let list = status_list::verify(data, store, at, 0)?;
            let facts = json!({
                "number": list.number(), "length": list.len(), "made": files::instant(list.issued_at()),
                "signer": x509_summary(list.path().leaf()), "revocation": revocation(list.path()),
            });
            Ok(Found { kind: "status-list", facts, decided: is_decided(list.path()) })
        }
    }
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
