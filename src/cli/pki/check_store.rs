//! `ektp pki check`, the folder of a trust store: every file of it, and whether all of them together can judge a card.

use super::check::Found;
use super::check_cv::known_cvca;
use crate::cli::output::Failure;
use crate::pki::cvc::Date;
use crate::pki::time;
use crate::pki::trust::directory::{self, Content, Item};
use crate::pki::trust::{TrustError, TrustStore};
use crate::pki::x509::anchor::{self, Authority};
use crate::pki::x509::issue::Purpose;
use crate::pki::x509::path::{self, Revocation};
use crate::pki::x509::{Certificate, Crl};
use crate::reason::{Reason, Refusal};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::Path;

/// Why something of a store does not stand: the reason, and what people are told.
type Why = (Reason, String);

pub(super) fn check(dir: &Path, at: Timestamp) -> Result<Found, Failure> {
    let day = Date::new(time::date_of(at))?;
    let (store, items) = directory::survey(dir)?;
    let judged: Vec<_> = items.iter().map(|item| (item, judge(item, &store, at, day))).collect();
    let wants = wants(&store);
    let first = judged.iter().find_map(|(_, result)| result.as_ref().err()).or(wants.first());
    let reason = first.map(|(reason, _)| *reason);
    let listed: Vec<Value> = judged.iter().map(|(item, result)| listed(item, result)).collect();
    let wants: Vec<&str> = wants.iter().map(|(_, why)| why.as_str()).collect();
    let facts = json!({"kind": store.kind(), "country": store.country(), "items": listed, "wants": wants});
    Ok(Found { kind: "trust-store", facts, reason })
}

fn listed(item: &Item, result: &Result<(), Why>) -> Value {
    let why = result.as_ref().err();
    json!({
        "file": item.file,
        "is": item.content.as_ref().ok().map(kind),
        "accepted": result.is_ok(),
        "reason": why.map(|(reason, _)| reason.code()),
        "why": why.map(|(_, text)| text),
    })
}

fn kind(content: &Content) -> &'static str {
    match content {
        Content::Csca(_) => "csca",
        Content::Operations(_) => "operations",
        Content::Link(_) => "link",
        Content::Cvca(_) => "cvca",
        Content::Crl(_) => "revocation-list",
    }
}

fn why(error: &impl Refusal) -> Why {
    (error.reason(), error.to_string())
}

fn judge(item: &Item, store: &TrustStore, at: Timestamp, day: Date) -> Result<(), Why> {
    match item.content.as_ref().map_err(why)? {
        Content::Csca(cert) => anchor::check_root(cert, Authority::Csca, store, at).map_err(|e| why(&e)),
        Content::Operations(cert) => anchor::check_root(cert, Authority::Operations, store, at).map_err(|e| why(&e)),
        Content::Link(cert) => match anchor::check_link(cert, store, at).map_err(|e| why(&e))?.revocation() {
            Revocation::Checked { .. } => Ok(()),
            Revocation::Undecided(gap) => Err(why(gap)),
        },
        Content::Cvca(cert) => known_cvca(cert, store, day).map_err(|e| why(&e)),
        Content::Crl(crl) => judge_list(crl, store, at),
    }
}

fn judge_list(crl: &Crl, store: &TrustStore, at: Timestamp) -> Result<(), Why> {
    let signer = store.check_crl(crl).map_err(|e: TrustError| why(&e))?;
    path::check_dates(signer, at).map_err(|e| why(&e))?;
    path::holds(crl, at).map(drop).map_err(|e| why(&e))
}

/// What a store lacks to judge a card: a CSCA, a root of operations for status lists, and a revocation list of each of its roots.
fn wants(store: &TrustStore) -> Vec<Why> {
    let roots = [("CSCA", Purpose::DocumentSigner), ("root of operations", Purpose::StatusList)];
    let absent = roots.iter().filter(|(_, purpose)| store.anchors(*purpose).is_empty());
    let absent = absent.map(|(name, _)| (Reason::CouldNotDecide, format!("no {name}")));
    let anchors = roots.iter().flat_map(|(_, purpose)| store.anchors(*purpose));
    let unlisted = anchors.filter(|a: &&Certificate| store.crl_of(a).is_none());
    absent.chain(unlisted.map(|a| (Reason::CrlStale, format!("no revocation list of {}", a.subject())))).collect()
}
