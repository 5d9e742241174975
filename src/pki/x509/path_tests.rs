//! Attack family K: every way in which a signer is not ours, by name.

use super::*;
use crate::crypto::ec::Curve;
use crate::crypto::hash::HashAlg;
use crate::lds::tlv;
use crate::pki::key::{Parameters, PrivateKey};
use crate::pki::name::Name;
use crate::pki::x509::extensions as ext;
use crate::pki::x509::issue::tests::{TestKit, ds, ds_plan, kit, kit_of, leaf};
use crate::pki::x509::issue::{self, Credential, Span, Template};
use crate::pki::{openssl, x509::crl};
use crate::world::DangerousSeededEntropy;
use std::collections::BTreeMap;

fn store(kit: &TestKit) -> TrustStore {
    let mut store = TrustStore::new(Kind::Production, "ID");
    store.add_csca(kit.csca.cert.clone()).unwrap();
    store.add_operations_root(kit.root.cert.clone()).unwrap();
    store
}

fn check_ds(cert: &Certificate, store: &TrustStore, at: Timestamp) -> Result<CheckedPath, PathError> {
    check(cert, Purpose::DocumentSigner, store, at, None)
}

fn me(cert: &Certificate) -> String {
    cert.subject().to_string()
}

/// A document signer with these extensions, signed by the kit's CSCA.
fn ds_with(kit: &TestKit, name: &Name, extensions: Vec<Vec<u8>>) -> Certificate {
    let mut rng = DangerousSeededEntropy::new(30);
    let spki = issue::default_key(&mut rng).public_key().encode(Parameters::Named);
    let validity = Span::days(kit.now, 100);
    Template { issuer: kit.csca.cert.subject(), subject: name, validity, spki: &spki, extensions }
        .sign(&kit.csca.key, &mut rng)
        .unwrap()
}

fn usual() -> Vec<Vec<u8>> {
    vec![ext::key_usage(ext::KeyUsage::DIGITAL_SIGNATURE)]
}

#[test]
fn an_honest_signer_passes_until_its_last_second() {
    let kit = kit();
    let (_, cert) = ds(&kit);
    let store = store(&kit);
    let (from, until) = cert.validity();
    let second = jiff::SignedDuration::from_secs(1);
    for at in [from, kit.now, until] {
        let path = check_ds(&cert, &store, at).unwrap();
        assert_eq!((path.leaf(), path.anchor(), path.links(), path.is_sample()), (&cert, &kit.csca.cert, 0, false));
    }
    let expired = check_ds(&cert, &store, until + second).unwrap_err();
    assert_eq!(expired, PathError::Expired { subject: me(&cert), at: until });
    let early = check_ds(&cert, &store, from - second).unwrap_err();
    assert_eq!(early, PathError::NotYetValid { subject: me(&cert), at: from });
}

#[test]
fn an_unknown_issuer_is_untrusted_and_a_look_alike_is_told() {
    let (ours, theirs) = (kit(), kit_of(Curve::P256, Parameters::Named, 99));
    let (_, cert) = ds(&ours);
    let issuer = cert.issuer().to_string();
    let empty = TrustStore::new(Kind::Production, "ID");
    assert_eq!(check_ds(&cert, &empty, ours.now).unwrap_err(), PathError::Untrusted { issuer: issuer.clone() });
    // Same subject as our CSCA, and our key identifier copied, under another key.
    let extensions =
        [usual(), vec![ext::authority_key_id(ours.csca.cert.extensions().subject_key_id.as_ref().unwrap())]].concat();
    let spki = theirs.csca.key.public_key().encode(Parameters::Named);
    let name = Name::new("ID", "Test", "DS 9");
    let template =
        Template { issuer: ours.csca.cert.subject(), subject: &name, validity: Span::days(ours.now, 9), spki: &spki, extensions };
    let forged = template.sign(&theirs.csca.key, &mut DangerousSeededEntropy::new(1)).unwrap();
    assert_eq!(check_ds(&forged, &store(&ours), ours.now).unwrap_err(), PathError::LookAlike { issuer });
}

#[test]
fn a_revoked_signer_is_refused_and_the_age_of_the_list_is_told() {
    let kit = kit();
    let (_, cert) = ds(&kit);
    let mut trusted = store(&kit);
    let known = |trusted: &TrustStore, at| check_ds(&cert, trusted, at).unwrap().revocation().clone();
    let missing = RevocationGap::Missing { issuer: me(&kit.csca.cert) };
    assert_eq!(known(&trusted, kit.now), Revocation::Undecided(missing.clone()));
    trusted.add_crl(crl::make(&kit.csca, 1, Span::days(kit.now, 90), &BTreeMap::new()).unwrap()).unwrap();
    let used = ListUsed { authority: kit.csca.cert.public_key().digest(), number: 1, this_update: kit.now };
    assert_eq!(known(&trusted, kit.now), Revocation::Checked { lists: vec![used] });
    let late = time::plus_days(kit.now, 91);
    let stale = RevocationGap::Stale { held_until: time::plus_days(kit.now, 90) };
    assert_eq!(known(&trusted, late), Revocation::Undecided(stale.clone()));
    assert_eq!([missing.reason(), stale.reason()], [Reason::CrlStale; 2]);
    let revoked = BTreeMap::from([(cert.serial().to_vec(), kit.now)]);
    trusted.add_crl(crl::make(&kit.csca, 2, Span::days(kit.now, 90), &revoked).unwrap()).unwrap();
    for at in [kit.now, late] {
        let error = check_ds(&cert, &trusted, at).unwrap_err();
        assert_eq!(error, PathError::Revoked { subject: me(&cert), since: kit.now });
    }
}

#[test]
fn a_list_of_tomorrow_proves_nothing_today_and_revokes_all_the_same() {
    let kit = kit();
    let (_, cert) = ds(&kit);
    let minutes = |n| kit.now.checked_add(jiff::SignedDuration::from_mins(n)).unwrap();
    for (made, ahead) in [(minutes(5), false), (minutes(6), true)] {
        let mut trusted = store(&kit);
        trusted.add_crl(crl::make(&kit.csca, 1, Span::days(made, 90), &BTreeMap::new()).unwrap()).unwrap();
        let known = check_ds(&cert, &trusted, kit.now).unwrap().revocation().clone();
        let gap = RevocationGap::FromTheFuture { this_update: made };
        assert_eq!(known == Revocation::Undecided(gap.clone()), ahead, "{known:?}");
        assert_eq!(gap.reason(), Reason::CrlInvalid);
    }
    let mut trusted = store(&kit);
    let revoked = BTreeMap::from([(cert.serial().to_vec(), kit.now)]);
    trusted.add_crl(crl::make(&kit.csca, 1, Span::days(minutes(60), 90), &revoked).unwrap()).unwrap();
    assert!(matches!(check_ds(&cert, &trusted, kit.now).unwrap_err(), PathError::Revoked { .. }));
}

#[test]
fn a_list_signed_with_an_old_hash_proves_nothing() {
    use crate::pki::algorithm::AlgorithmError;
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let make = "req -x509 -newkey rsa:2048 -nodes -days 3650 -sha256 -subj /C=ID/O=Test/CN=RSA -addext keyUsage=critical,keyCertSign,cRLSign";
    let Some(ca) = openssl::run(&format!("{make} -keyout {}", path("ca.key")), &[]) else { return };
    std::fs::write(path("ca.pem"), &ca).unwrap();
    let ca = Certificate::from_file(&ca).unwrap();
    std::fs::write(path("index.txt"), "").unwrap();
    std::fs::write(path("number"), "01\n").unwrap();
    let config = format!(
        "[ca]\ndefault_ca=d\n[d]\ndatabase={}\ncrlnumber={}\ndefault_crl_days=30\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n",
        path("index.txt"),
        path("number")
    );
    std::fs::write(path("cnf"), config).unwrap();
    for (hash, decides) in [("sha256", true), ("sha1", false)] {
        let args = format!("ca -gencrl -config {} -keyfile {} -cert {} -md {hash}", path("cnf"), path("ca.key"), path("ca.pem"));
        let list = Crl::from_file(&openssl::run(&args, &[]).unwrap()).unwrap();
        let now = list.this_update();
        let found = holds(&list, now).map(Crl::number);
        match found {
            Ok(_) => assert!(decides, "{hash}"),
            Err(gap) => {
                assert!(matches!(gap, RevocationGap::Algorithm(AlgorithmError::HashTooOld { .. })), "{gap:?}");
                assert_eq!((gap.reason(), decides), (Reason::CrlInvalid, false));
            }
        }
        let mut trusted = TrustStore::new(Kind::Production, "ID");
        trusted.add_csca(ca.clone()).unwrap();
        trusted.add_crl(list).unwrap();
    }
}

#[test]
fn a_certificate_serves_its_purpose_alone() {
    let kit = kit();
    let store = store(&kit);
    for purpose in Purpose::OPERATIONS {
        let (_, cert) = leaf(&kit, purpose);
        check(&cert, purpose, &store, kit.now, None).unwrap();
        for other in Purpose::OPERATIONS.into_iter().filter(|o| *o != purpose) {
            let error = check(&cert, other, &store, kit.now, None).unwrap_err();
            let agrees = |p| matches!(p, Purpose::Bureau | Purpose::Office);
            let usage = agrees(purpose) != agrees(other);
            let expected = if usage {
                PathError::WrongKeyUsage { subject: me(&cert) }
            } else {
                PathError::WrongPurpose { subject: me(&cert) }
            };
            assert_eq!(error, expected);
        }
        assert!(check_ds(&cert, &store, kit.now).is_err(), "an operations certificate signs no card");
    }
    let (_, cert) = ds(&kit);
    let error = check(&cert, Purpose::Receipt, &store, kit.now, None).unwrap_err();
    assert_eq!(error, PathError::WrongPurpose { subject: me(&cert) });
}

#[test]
fn key_usage_and_constraints_of_the_leaf_are_held() {
    let kit = kit();
    let name = Name::new("ID", "Test", "DS 2");
    let refused = |extensions: Vec<Vec<u8>>| check_ds(&ds_with(&kit, &name, extensions), &store(&kit), kit.now).unwrap_err();
    let subject = name.to_string();
    assert_eq!(refused(vec![]), PathError::WrongKeyUsage { subject: subject.clone() });
    let agreement = vec![ext::key_usage(ext::KeyUsage::KEY_AGREEMENT)];
    assert_eq!(refused(agreement), PathError::WrongKeyUsage { subject: subject.clone() });
    assert_eq!(refused([usual(), vec![ext::authority(0)]].concat()), PathError::LeafIsAuthority { subject });
    let unknown = [usual(), vec![ext::extension("1.2.3.4", true, &[5, 0])]].concat();
    assert_eq!(refused(unknown), PathError::UnknownCritical("1.2.3.4".into()));
}

#[test]
fn a_signer_of_another_country_is_refused() {
    let kit = kit();
    let cert = ds_with(&kit, &Name::new("MY", "Test", "DS 2"), usual());
    let error = check_ds(&cert, &store(&kit), kit.now).unwrap_err();
    assert_eq!(error, PathError::WrongCountry { expected: "ID".into(), found: "MY".into() });
}

#[test]
fn a_sample_certificate_is_refused_outside_a_sample_store() {
    let kit = kit();
    let cert = ds_with(&kit, &Name::new("ID", mark::SAMPLE_ORGANIZATION, "DS 2"), usual());
    let error = check_ds(&cert, &store(&kit), kit.now).unwrap_err();
    assert_eq!((&error, error.reason()), (&PathError::SampleKey, Reason::SampleKey));
    let mut sample = TrustStore::new(Kind::Sample, "ID");
    sample.add_csca(kit.csca.cert.clone()).unwrap();
    assert!(check_ds(&cert, &sample, kit.now).unwrap().is_sample());
}

/// A second CSCA key of the same name, and the link certificate to it.
fn rollover(kit: &TestKit, path_len: u64, name: &Name) -> (Credential, Certificate) {
    let mut rng = DangerousSeededEntropy::new(40);
    let key = issue::default_key(&mut rng);
    let plan = issue::AuthorityPlan { name: name.clone(), ..kit.plan.clone() };
    let cert = issue::csca(&key, &plan, &mut rng).unwrap();
    let id = key.public_key().identifier();
    let extensions = vec![
        ext::key_usage(ext::KeyUsage::AUTHORITY),
        ext::authority(path_len),
        ext::subject_key_id(&id),
        ext::authority_key_id(kit.csca.cert.extensions().subject_key_id.as_ref().unwrap()),
    ];
    let spki = key.public_key().encode(Parameters::Named);
    let template =
        Template { issuer: kit.csca.cert.subject(), subject: name, validity: kit.plan.validity, spki: &spki, extensions };
    let link = template.sign(&kit.csca.key, &mut rng).unwrap();
    (Credential { cert, key }, link)
}

#[test]
fn a_link_certificate_carries_trust_to_the_new_key() {
    let kit = kit();
    let mut rng = DangerousSeededEntropy::new(41);
    let new_key = issue::default_key(&mut rng);
    let link = issue::link(&kit.csca, &new_key.public_key(), &kit.plan, &mut rng).unwrap();
    let new = Credential { cert: issue::csca(&new_key, &kit.plan, &mut rng).unwrap(), key: new_key };
    let ds_key = issue::default_key(&mut rng).public_key();
    let cert = issue::document_signer(&new, &ds_key, &ds_plan(&kit), &mut rng).unwrap();
    let mut trusted = store(&kit);
    assert!(matches!(check_ds(&cert, &trusted, kit.now).unwrap_err(), PathError::Untrusted { .. }));
    trusted.add_link(link).unwrap();
    let path = check_ds(&cert, &trusted, kit.now).unwrap();
    assert_eq!((path.links(), path.anchor()), (1, &kit.csca.cert));
}

#[test]
fn a_link_to_another_name_is_longer_than_the_anchor_allows() {
    let kit = kit();
    let (new, link) = rollover(&kit, 0, &Name::new("ID", "Test", "CSCA 2"));
    let mut rng = DangerousSeededEntropy::new(42);
    let ds_key = issue::default_key(&mut rng).public_key();
    let cert = issue::document_signer(&new, &ds_key, &ds_plan(&kit), &mut rng).unwrap();
    let mut trusted = store(&kit);
    trusted.add_link(link).unwrap();
    let error = check_ds(&cert, &trusted, kit.now).unwrap_err();
    assert_eq!(error, PathError::PathTooLong { subject: me(&kit.csca.cert) });
}

#[test]
fn an_issuer_that_may_not_issue_is_refused() {
    let kit = kit();
    let key = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(1));
    let (_, signer) = ds(&kit);
    // An anchor without keyCertSign: basic constraints alone do not make an authority.
    let extensions = vec![ext::key_usage(ext::KeyUsage::DIGITAL_SIGNATURE), ext::authority(0)];
    let spki = key.public_key().encode(Parameters::Named);
    let name = Name::new("ID", "Test", "Odd");
    let template = Template { issuer: &name, subject: &name, validity: kit.plan.validity, spki: &spki, extensions };
    let odd = Credential { cert: template.sign(&key, &mut DangerousSeededEntropy::new(2)).unwrap(), key };
    let cert = issue::document_signer(&odd, signer.public_key(), &ds_plan(&kit), &mut DangerousSeededEntropy::new(3)).unwrap();
    let mut trusted = TrustStore::new(Kind::Production, "ID");
    trusted.add_csca(odd.cert.clone()).unwrap();
    let error = check_ds(&cert, &trusted, kit.now).unwrap_err();
    assert_eq!(error, PathError::NotAnAuthority { subject: me(&odd.cert) });
}

#[test]
fn a_key_used_outside_its_period_is_told() {
    let kit = kit();
    let (_, cert) = ds(&kit);
    let store = store(&kit);
    let at = time::plus_days(kit.now, 100);
    let used = |signed_at| check(&cert, Purpose::DocumentSigner, &store, at, Some(signed_at));
    used(time::plus_days(kit.now, 89)).unwrap();
    let error = used(time::plus_days(kit.now, 91)).unwrap_err();
    assert_eq!(error, PathError::KeyUsedOutsidePeriod { subject: me(&cert), at: time::plus_days(kit.now, 91) });
}

/// A self-signed RSA authority and a leaf made by OpenSSL.
fn rsa(bits: u32, exponent: u32, extra: &str) -> Option<(Certificate, Certificate)> {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let new = format!("-newkey rsa:{bits} -pkeyopt rsa_keygen_pubexp:{exponent} -nodes -days 3650");
    let subject = "-subj /C=ID/O=Test/CN=RSA";
    let ca = openssl::run(
        &format!("req -x509 {new} {subject} -keyout {} {extra} -addext keyUsage=critical,keyCertSign,cRLSign", path("ca.key")),
        &[],
    )?;
    std::fs::write(path("ca.pem"), &ca).unwrap();
    let request = openssl::run(&format!("req -new {new} {subject}-DS -keyout {} {extra}", path("ds.key")), &[])?;
    std::fs::write(path("ext"), "keyUsage=critical,digitalSignature\nauthorityKeyIdentifier=keyid\n").unwrap();
    let (ca_pem, ca_key, ext) = (path("ca.pem"), path("ca.key"), path("ext"));
    let leaf = openssl::run(
        &format!("x509 -req -CA {ca_pem} -CAkey {ca_key} -CAcreateserial -days 3000 -extfile {ext} {extra}"),
        &request,
    )?;
    Some((Certificate::from_file(&ca).unwrap(), Certificate::from_file(&leaf).unwrap()))
}

fn check_rsa((ca, leaf): &(Certificate, Certificate)) -> Result<CheckedPath, PathError> {
    let mut store = TrustStore::new(Kind::Production, "ID");
    store.add_csca(ca.clone()).unwrap();
    check_ds(leaf, &store, leaf.validity().0)
}

#[test]
fn rsa_and_rsa_pss_chains_verify() {
    for extra in ["-sha256", "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32"] {
        let Some(chain) = rsa(2048, 65_537, extra) else { return };
        check_rsa(&chain).unwrap();
        assert_eq!(chain.1.algorithm().hash(), HashAlg::Sha256);
    }
}

#[test]
fn weak_rsa_keys_and_old_hashes_are_refused() {
    use crate::pki::algorithm::AlgorithmError;
    let Some(short) = rsa(1024, 65_537, "-sha256") else { return };
    assert_eq!(check_rsa(&short).unwrap_err(), PathError::Algorithm(AlgorithmError::WeakKey { bits: 1024 }));
    let old = rsa(2048, 65_537, "-sha1").unwrap();
    assert!(matches!(check_rsa(&old).unwrap_err(), PathError::Algorithm(AlgorithmError::HashTooOld { .. })));
    let exponent = rsa(2048, 3, "-sha256").unwrap();
    assert_eq!(check_rsa(&exponent).unwrap_err(), PathError::Algorithm(AlgorithmError::WeakKey { bits: 2048 }));
}

#[test]
fn parameters_that_are_not_a_curve_of_ours_do_not_parse() {
    let kit = kit_of(Curve::P256, Parameters::Explicit, 7);
    let (_, cert) = ds(&kit);
    let mut forged = cert.as_der().to_vec();
    // The generator replaced by another point: what CVE-2020-0601 was about.
    let base = &Curve::P256.domain().base[..33];
    let at = forged.windows(33).position(|w| w == base).unwrap();
    forged[at + 40] ^= 1;
    assert!(Certificate::parse(&forged).is_err());
    assert!(tlv::check(&forged).is_ok());
}
