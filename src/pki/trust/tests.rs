//! What a trust store takes in, and what it refuses.

use super::*;
use crate::crypto::ec::Curve;
use crate::pki::key::Parameters;
use crate::pki::name::Name;
use crate::pki::x509::crl;
use crate::pki::x509::extensions as ext;
use crate::pki::x509::issue::tests::{ds, kit, kit_of};
use crate::pki::x509::issue::{self, Span, Template};
use crate::world::DangerousSeededEntropy;
use std::collections::BTreeMap;

fn store() -> TrustStore {
    TrustStore::new(Kind::Production, "id")
}

#[test]
fn only_self_signed_authorities_of_the_country_are_anchors() {
    let kit = kit();
    let mut store = store();
    let (_, leaf) = ds(&kit);
    assert_eq!(store.add_csca(leaf).unwrap_err(), TrustError::NotAnAuthority);
    let mut foreign = TrustStore::new(Kind::Production, "MY");
    let error = foreign.add_csca(kit.csca.cert.clone()).unwrap_err();
    assert_eq!(error, TrustError::WrongCountry { expected: "MY".into(), found: "ID".into() });
    store.add_csca(kit.csca.cert.clone()).unwrap();
    store.add_csca(kit.csca.cert).unwrap();
    assert_eq!(store.anchors(Purpose::DocumentSigner).len(), 1);
}

#[test]
fn a_look_alike_of_an_anchor_is_refused() {
    let kit = kit();
    let mut store = store();
    store.add_csca(kit.csca.cert.clone()).unwrap();
    let mut rng = DangerousSeededEntropy::new(50);
    let key = issue::default_key(&mut rng);
    let id = kit.csca.cert.extensions().subject_key_id.clone().unwrap();
    let spki = key.public_key().encode(Parameters::Named);
    let extensions = vec![ext::key_usage(ext::KeyUsage::AUTHORITY), ext::authority(0), ext::subject_key_id(&id)];
    let name = kit.csca.cert.subject();
    let template = Template { issuer: name, subject: name, validity: Span::days(kit.now, 9), spki: &spki, extensions };
    let forged = template.sign(&key, &mut rng).unwrap();
    assert_eq!(store.add_csca(forged).unwrap_err(), TrustError::LookAlike);
}

#[test]
fn a_link_that_no_anchor_signed_is_refused() {
    let (ours, theirs) = (kit(), kit_of(Curve::P256, Parameters::Named, 77));
    let mut store = store();
    store.add_csca(ours.csca.cert.clone()).unwrap();
    let mut rng = DangerousSeededEntropy::new(1);
    let key = issue::default_key(&mut rng).public_key();
    let forged = issue::link(&theirs.csca, &key, &theirs.plan, &mut rng).unwrap();
    assert_eq!(store.add_link(forged).unwrap_err(), TrustError::LinkUntrusted);
}

#[test]
fn revocation_lists_are_signed_and_never_go_back() {
    let (ours, theirs) = (kit(), kit_of(Curve::P256, Parameters::Named, 77));
    let mut store = store();
    store.add_csca(ours.csca.cert.clone()).unwrap();
    let list = |authority, number| crl::make(authority, number, Span::days(ours.now, 90), &BTreeMap::new()).unwrap();
    assert_eq!(store.add_crl(list(&theirs.csca, 1)).unwrap_err(), TrustError::CrlUntrusted);
    store.add_crl(list(&ours.csca, 5)).unwrap();
    let older = store.add_crl(list(&ours.csca, 4)).unwrap_err();
    assert_eq!((&older, older.reason()), (&TrustError::CrlRollback { stored: 5, found: 4 }, Reason::CrlRollback));
    store.add_crl(list(&ours.csca, 6)).unwrap();
    assert_eq!(store.crls().iter().map(Crl::number).collect::<Vec<_>>(), [6]);
}

#[test]
fn a_list_of_an_authority_that_may_sign_none_is_refused() {
    let kit = kit();
    let mut rng = DangerousSeededEntropy::new(51);
    let key = issue::default_key(&mut rng);
    let (name, spki) = (Name::new("ID", "Test", "No lists"), key.public_key().encode(Parameters::Named));
    let id = key.public_key().identifier();
    for (usage, accepted) in [(ext::KeyUsage::CERT_SIGN, false), (ext::KeyUsage::AUTHORITY, true)] {
        let extensions = vec![ext::key_usage(usage), ext::authority(0), ext::subject_key_id(&id)];
        let template = Template { issuer: &name, subject: &name, validity: Span::days(kit.now, 900), spki: &spki, extensions };
        let authority = issue::Credential { cert: template.sign(&key, &mut rng).unwrap(), key: key.clone() };
        let mut store = store();
        store.add_csca(authority.cert.clone()).unwrap();
        let added = store.add_crl(crl::make(&authority, 1, Span::days(kit.now, 90), &BTreeMap::new()).unwrap());
        let refused = TrustError::CrlSigner(name.to_string());
        assert_eq!(refused.reason(), Reason::CertificateInvalid);
        assert_eq!(added, if accepted { Ok(()) } else { Err(refused) });
    }
}

#[test]
fn a_list_of_tomorrow_is_not_taken_in() {
    let kit = kit();
    let mut store = store();
    store.add_csca(kit.csca.cert.clone()).unwrap();
    let list = |number, from| crl::make(&kit.csca, number, Span::days(from, 90), &BTreeMap::new()).unwrap();
    store.take_crl(list(1, kit.now), kit.now).unwrap();
    let tomorrow = crate::pki::time::plus_days(kit.now, 1);
    let error = store.take_crl(list(2, tomorrow), kit.now).unwrap_err();
    assert_eq!((&error, error.reason()), (&TrustError::CrlFromTheFuture(tomorrow), Reason::CrlInvalid));
    assert_eq!(store.crls().iter().map(Crl::number).collect::<Vec<_>>(), [1], "the list of today stays");
    store.take_crl(list(2, tomorrow), tomorrow).unwrap();
}

#[test]
fn sample_keys_go_into_sample_stores_alone() {
    let kit = kit();
    let mut rng = DangerousSeededEntropy::new(1);
    let name = Name::new("ID", mark::SAMPLE_ORGANIZATION, "CSCA");
    let plan = issue::AuthorityPlan { name: name.clone(), ..kit.plan };
    let csca = issue::csca(&kit.csca.key, &plan, &mut rng).unwrap();
    let error = store().add_csca(csca.clone()).unwrap_err();
    assert_eq!((&error, error.reason()), (&TrustError::SampleKey, Reason::SampleKey));
    TrustStore::new(Kind::Sample, "ID").add_csca(csca).unwrap();
}

#[test]
fn a_cvca_certificate_must_be_self_signed_and_of_the_country() {
    use crate::pki::cvc::{self, Chat, Date, Reference, Rights, Role};
    let day = |d| Date::new(jiff::civil::date(2026, 11, d)).unwrap();
    let key = crate::crypto::ec::PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(1));
    let other = crate::crypto::ec::PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(2));
    let body = |text: &[u8]| cvc::Body {
        car: Reference::new(text).unwrap(),
        public_key: cvc::PublicKey::ec(&key.public_key()),
        chr: Reference::new(text).unwrap(),
        chat: Chat::inspection(Role::Cvca, Rights { fingers: true }),
        effective: day(1),
        expiration: day(9),
        extensions: None,
    };
    let mut store = store();
    store.add_cvca(body(b"IDCVCA00001").sign(&key)).unwrap();
    assert!(matches!(store.add_cvca(body(b"IDCVCA00002").sign(&other)).unwrap_err(), TrustError::Cvca(_)));
    assert!(matches!(store.add_cvca(body(b"MYCVCA00001").sign(&key)).unwrap_err(), TrustError::WrongCountry { .. }));
    assert_eq!(store.add_cvca(body(b"IDSAMPLE00001").sign(&key)).unwrap_err(), TrustError::SampleKey);
    assert_eq!(store.cvcas().len(), 1);
}

#[cfg(feature = "store")]
#[test]
fn a_directory_loads_what_was_put_there_and_names_what_is_wrong() {
    let kit = kit();
    let dir = tempfile::tempdir().unwrap();
    let missing = directory::load(dir.path()).unwrap_err();
    let file = dir.path().join("trust.json").display().to_string();
    assert_eq!(missing, TrustError::Io { file: file.clone(), kind: std::io::ErrorKind::NotFound });
    assert_eq!(missing.reason(), Reason::FileUnreadable);
    for (text, line) in [("{\n}", 2), (r#"{"format": 9, "kind": "sample", "country": "ID"}"#, 1)] {
        std::fs::write(&file, text).unwrap();
        let error = directory::load(dir.path()).unwrap_err();
        assert!(matches!(&error, TrustError::Description { file: f, line: l, .. } if *f == file && *l == line), "{error}");
        assert_eq!(error.reason(), Reason::EncodingInvalid);
    }
    std::fs::remove_file(&file).unwrap();
    directory::create(dir.path(), Kind::Production, "ID").unwrap();
    let again = directory::create(dir.path(), Kind::Production, "ID").unwrap_err();
    assert!(matches!(again, TrustError::Io { .. }));
    assert_eq!(again.reason(), Reason::OutputExists);
    let put = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).unwrap();
    put("csca/1.pem", kit.csca.cert.to_pem().as_bytes());
    put("operations/1.der", kit.root.cert.as_der());
    let crl = crl::make(&kit.csca, 1, Span::days(kit.now, 90), &BTreeMap::new()).unwrap();
    put("crl/1.der", crl.as_der());
    let mut rng = DangerousSeededEntropy::new(1);
    // Two links in a chain, in the wrong order of names.
    let first = issue::default_key(&mut rng);
    let second = issue::default_key(&mut rng);
    let one = issue::link(&kit.csca, &first.public_key(), &kit.plan, &mut rng).unwrap();
    let middle = issue::Credential { cert: one.clone(), key: first };
    let two = issue::link(&middle, &second.public_key(), &kit.plan, &mut rng).unwrap();
    put("link/a.der", two.as_der());
    put("link/b.der", one.as_der());
    let store = directory::load(dir.path()).unwrap();
    assert_eq!((store.links().len(), store.crls().len(), store.country()), (2, 1, "ID"));
    std::fs::remove_file(dir.path().join("link/b.der")).unwrap();
    assert_eq!(directory::load(dir.path()).unwrap_err(), TrustError::LinkUntrusted);
    put("csca/2.pem", b"nonsense");
    assert!(matches!(directory::load(dir.path()).unwrap_err(), TrustError::File { .. }));
}

#[test]
fn a_sample_key_is_told_however_its_parameters_are_written() {
    let roots = crate::pki::sample::Roots::compiled().unwrap();
    for parameters in [Parameters::Named, Parameters::Explicit] {
        let plan = issue::AuthorityPlan { parameters, ..kit().plan };
        let renamed = issue::csca(&roots.csca.key, &plan, &mut DangerousSeededEntropy::new(3)).unwrap();
        assert_eq!(store().add_csca(renamed).unwrap_err(), TrustError::SampleKey, "{parameters:?}");
    }
}
