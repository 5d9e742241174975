//! What people and machines are told of a file of the PKI: the same facts as lines and as JSON.

use super::files;
use super::words;
use crate::cli::output::Output;
use crate::pki::cvc;
use crate::pki::key::PublicKey;
use crate::pki::status_list::register::Register;
use crate::pki::status_list::{CardStatus, Delta, Token};
use crate::pki::trust::TrustStore;
use crate::pki::trust::mark::{self, hex};
use crate::pki::x509::{Certificate, Crl};
use crate::reason::Lang;
use rsa::traits::PublicKeyParts;
use serde_json::{Map, Value, json};

/// Writes a summary as indented lines for people.
pub(super) fn print(out: &mut Output, summary: &Value, depth: usize) {
    let lang = out.lang();
    lines(summary, depth, lang).iter().for_each(|line| out.line(line));
}

fn lines(value: &Value, depth: usize, lang: Lang) -> Vec<String> {
    match value {
        Value::Object(fields) => fields.iter().flat_map(|(name, field)| field_lines(name, field, depth, lang)).collect(),
        other => vec![format!("{}{}", "  ".repeat(depth), text(other, lang))],
    }
}

/// One field: a value on its line, or a heading with what is below it; of several things each has its number.
fn field_lines(name: &str, field: &Value, depth: usize, lang: Lang) -> Vec<String> {
    let (indent, name) = ("  ".repeat(depth), words::name(name, lang));
    let items = match field {
        Value::Array(items) if items.iter().any(Value::is_object) => items,
        Value::Object(_) => return [vec![format!("{indent}{name}")], lines(field, depth + 1, lang)].concat(),
        plain => return vec![format!("{indent}{name:<16} {}", text(plain, lang))],
    };
    let numbered = items
        .iter()
        .enumerate()
        .flat_map(|(index, item)| [vec![format!("{indent}  {}.", index + 1)], lines(item, depth + 2, lang)].concat());
    [vec![format!("{indent}{name}")], numbered.collect()].concat()
}

fn text(value: &Value, lang: Lang) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(yes) => if *yes { lang.pick("yes", "ya") } else { lang.pick("no", "tidak") }.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => lang.pick("none", "tidak ada").to_owned(),
        Value::Array(items) => items.iter().map(|item| text(item, lang)).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

pub(super) fn key_name(key: &PublicKey) -> String {
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

/// What people and machines are told of a trust store.
pub(super) fn store_summary(store: &TrustStore) -> Value {
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

/// What people and machines are told of a status list, whose signer is nobody until a trust store says so.
pub(super) fn list_summary(list: &Token, signer: &Certificate) -> Value {
    let mut summary = Map::new();
    summary.insert("number".into(), json!(list.number));
    summary.insert("made".into(), files::instant(list.issued_at));
    summary.insert("uri".into(), json!(list.uri));
    summary.insert("indices".into(), json!(list.bits.len()));
    for (name, status) in STATES {
        summary.insert(name.into(), json!(list.bits.count(status)));
    }
    summary.insert("signer".into(), x509_summary(signer));
    Value::Object(summary)
}

/// What people and machines are told of a delta of a status list.
pub(super) fn delta_summary(delta: &Delta, signer: &Certificate) -> Value {
    let mut summary = Map::new();
    summary.insert("number".into(), json!(delta.number));
    summary.insert("base".into(), json!(delta.base));
    summary.insert("made".into(), files::instant(delta.issued_at));
    summary.insert("uri".into(), json!(delta.uri));
    summary.insert("changes".into(), json!(delta.changes.len()));
    for (name, status) in STATES {
        summary.insert(name.into(), json!(delta.changes.values().filter(|state| **state == status).count()));
    }
    summary.insert("signer".into(), x509_summary(signer));
    Value::Object(summary)
}

/// What people and machines are told of a status register.
pub(super) fn register_summary(register: &Register) -> Value {
    let mut summary = Map::new();
    summary.insert("uri".into(), json!(register.uri()));
    summary.insert("last_number".into(), json!(register.number()));
    summary.insert("indices".into(), json!(register.indices()));
    for (name, status) in STATES {
        summary.insert(name.into(), json!(register.count(status)));
    }
    Value::Object(summary)
}

const STATES: [(&str, CardStatus); 4] = [
    ("active", CardStatus::Active),
    ("suspended", CardStatus::Suspended),
    ("revoked", CardStatus::Revoked),
    ("not_handed_over", CardStatus::NotHandedOver),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_shown_to_people_as_json() {
        let summary = json!({
            "kind": "sample", "links": [], "groups": [1, 2, 14], "csca": [{"subject": "A", "sample": true}, {"subject": "B"}],
            "outer": null, "signer": {"key": "P256"},
        });
        let expected = [
            "  kind             sample",
            "  links            none",
            "  groups           1, 2, 14",
            "  csca",
            "    1.",
            "      subject          A",
            "      sample           yes",
            "    2.",
            "      subject          B",
            "  outer            -",
            "  signer",
            "    key              P256",
        ];
        assert_eq!(lines(&summary, 1, Lang::En), expected);
        let indonesian = lines(&summary, 1, Lang::Id);
        assert_eq!(
            [0, 1, 6, 9].map(|n| indonesian[n].as_str()),
            ["  jenis            sample", "  sertifikat tautan tidak ada", "      contoh           ya", "  luar             -",]
        );
    }
}
