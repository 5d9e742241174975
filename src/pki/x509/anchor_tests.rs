//! Every way in which an authority's own certificate is not one of ours, by name.

use super::*;
use crate::crypto::ec::Curve;
use crate::pki::key::Parameters;
use crate::pki::x509::crl;
use crate::pki::x509::extensions as ext;
use crate::pki::x509::issue::tests::{TestKit, ds, kit, kit_of};
use crate::pki::x509::issue::{self, Credential, Span, Template};
use crate::pki::x509::path::{Revocation, RevocationGap};
use crate::world::DangerousSeededEntropy;
use std::collections::BTreeMap;

const CSCA: &str = "C=ID, O=Test, CN=CSCA 1";

fn store(kit: &TestKit) -> TrustStore {
    let mut store = TrustStore::new(Kind::Production, "ID");
    store.add_csca(kit.csca.cert.clone()).unwrap();
    store.add_operations_root(kit.root.cert.clone()).unwrap();
    store
}

/// The extensions of a CSCA, in the order of the standard's table.
fn extensions(kit: &TestKit) -> Vec<(&'static str, Vec<u8>)> {
    let id = kit.csca.cert.extensions().subject_key_id.clone().unwrap();
    vec![
        (oid::CE_BASIC, ext::authority(0)),
        (oid::CE_KEY_USAGE, ext::key_usage(KeyUsage::AUTHORITY)),
        (oid::CE_SKI, ext::subject_key_id(&id)),
        (oid::CE_PKUP, ext::private_key_usage(kit.plan.key_use.from, kit.plan.key_use.until)),
        (oid::CE_SAN, ext::alternative_name(oid::CE_SAN, "IDN")),
        (oid::CE_IAN, ext::alternative_name(oid::CE_IAN, "IDN")),
        (oid::CE_CRLDP, ext::crl_distribution_point("http://example.invalid/1")),
    ]
}

fn csca_with(kit: &TestKit, extensions: Vec<(&'static str, Vec<u8>)>) -> Certificate {
    let mut rng = DangerousSeededEntropy::new(60);
    let (name, spki) = (&kit.plan.name, kit.csca.key.public_key().encode(Parameters::Named));
    let extensions = extensions.into_iter().map(|(_, bytes)| bytes).collect();
    Template { issuer: name, subject: name, validity: kit.plan.validity, spki: &spki, extensions }
        .sign(&kit.csca.key, &mut rng)
        .unwrap()
}

fn judge(kit: &TestKit, cert: &Certificate) -> AnchorError {
    check_root(cert, Authority::Csca, &store(kit), kit.now).unwrap_err()
}

#[test]
fn the_roots_of_a_store_are_accepted() {
    let kit = kit();
    let store = store(&kit);
    assert!(is_authority(&kit.csca.cert) && is_root(&kit.csca.cert) && !is_authority(&ds(&kit).1));
    assert_eq!(check_root(&kit.csca.cert, Authority::Csca, &store, kit.now), Ok(()));
    assert_eq!(check_root(&kit.root.cert, Authority::Operations, &store, kit.now), Ok(()));
    let late = crate::pki::time::plus_days(kit.now, 5_001);
    let expired = check_root(&kit.csca.cert, Authority::Csca, &store, late).unwrap_err();
    assert!(matches!(&expired, AnchorError::Path(PathError::Expired { subject, .. }) if subject == CSCA));
    assert_eq!(expired.reason(), Reason::CertificateExpired);
}

#[test]
fn a_root_that_nobody_took_in_is_refused_although_it_is_sound() {
    let kit = kit();
    let sound = csca_with(&kit, extensions(&kit));
    let error = judge(&kit, &sound);
    assert_eq!((&error, error.reason()), (&AnchorError::NotInStore { subject: CSCA.into() }, Reason::UntrustedIssuer));
    // A root of operations is no CSCA, whatever the store says of it.
    let root = judge(&kit, &kit.root.cert);
    let subject = "C=ID, O=Test, CN=Operations".to_owned();
    assert_eq!(root, AnchorError::ExtensionMissing { subject, extension: "privateKeyUsagePeriod" });
}

#[test]
fn every_extension_of_the_table_is_demanded() {
    let kit = kit();
    let names = [
        "basicConstraints",
        "keyUsage",
        "subjectKeyIdentifier",
        "privateKeyUsagePeriod",
        "subjectAltName",
        "issuerAltName",
        "cRLDistributionPoints",
    ];
    for (index, extension) in names.into_iter().enumerate() {
        let mut all = extensions(&kit);
        all.remove(index);
        let error = judge(&kit, &csca_with(&kit, all));
        assert_eq!(error, AnchorError::ExtensionMissing { subject: CSCA.into(), extension });
        assert_eq!(error.reason(), Reason::CertificateUnfit);
    }
}

#[test]
fn an_extension_that_is_wrong_is_named() {
    let kit = kit();
    let with = |index: usize, bytes: Vec<u8>| {
        let mut all = extensions(&kit);
        all[index].1 = bytes;
        judge(&kit, &csca_with(&kit, all))
    };
    let soft = ext::extension(oid::CE_BASIC, false, &[0x30, 6, 1, 1, 0xFF, 2, 1, 0]);
    let subject = || CSCA.to_owned();
    assert_eq!(with(0, soft), AnchorError::NotCritical { subject: subject(), extension: "basicConstraints" });
    assert_eq!(with(0, ext::authority(1)), AnchorError::PathLength { subject: subject() });
    let leaf = ext::extension(oid::CE_BASIC, true, &[0x30, 0]);
    assert_eq!(with(0, leaf), PathError::NotAnAuthority { subject: subject() }.into());
    assert_eq!(with(1, ext::key_usage(KeyUsage::CERT_SIGN)), AnchorError::KeyUsage { subject: subject() });
    let unknown = with(4, ext::extension("1.2.3", true, &[5, 0]));
    assert_eq!(unknown, AnchorError::ExtensionMissing { subject: subject(), extension: "subjectAltName" });
    let mut more = extensions(&kit);
    more.push(("1.2.3", ext::extension("1.2.3", true, &[5, 0])));
    let error = judge(&kit, &csca_with(&kit, more));
    assert_eq!((&error, error.reason()), (&PathError::UnknownCritical("1.2.3".into()).into(), Reason::CertificateUnfit));
}

#[test]
fn a_root_signed_by_another_key_or_of_another_key_or_country_is_refused() {
    let (kit, other) = (kit(), kit_of(Curve::P256, Parameters::Named, 77));
    let signature_of_another = {
        let mut der = kit.csca.cert.as_der().to_vec();
        let last = der.len() - 1;
        der[last] ^= 1;
        Certificate::parse(&der).unwrap()
    };
    assert_eq!(judge(&kit, &signature_of_another), AnchorError::NotSelfSigned { subject: CSCA.into() });
    // The same name and key identifier with another key.
    let mut rng = DangerousSeededEntropy::new(61);
    let spki = other.csca.key.public_key().encode(Parameters::Named);
    let extensions = extensions(&kit).into_iter().map(|(_, bytes)| bytes).collect();
    let name = &kit.plan.name;
    let template = Template { issuer: name, subject: name, validity: kit.plan.validity, spki: &spki, extensions };
    let double = template.sign(&other.csca.key, &mut rng).unwrap();
    assert_eq!(judge(&kit, &double), PathError::LookAlike { issuer: CSCA.into() }.into());
    let abroad = TrustStore::new(Kind::Production, "MY");
    let error = check_root(&kit.csca.cert, Authority::Csca, &abroad, kit.now).unwrap_err();
    assert_eq!(error, PathError::WrongCountry { expected: "MY".into(), found: "ID".into() }.into());
}

#[test]
fn a_link_is_accepted_when_an_anchor_of_the_store_signed_it_and_its_list_says_so() {
    let (kit, other) = (kit(), kit_of(Curve::P256, Parameters::Named, 77));
    let mut rng = DangerousSeededEntropy::new(62);
    let link = |old: &Credential| issue::link(old, &other.csca.key.public_key(), &kit.plan, &mut DangerousSeededEntropy::new(63));
    let ours = link(&kit.csca).unwrap();
    assert!(is_authority(&ours) && !is_root(&ours));
    let mut store = store(&kit);
    let open = check_link(&ours, &store, kit.now).unwrap();
    assert_eq!(open.revocation(), &Revocation::Undecided(RevocationGap::Missing { issuer: CSCA.into() }));
    let revoked = BTreeMap::from([(ours.serial().to_vec(), kit.now)]);
    let list = |number, revoked: &BTreeMap<_, _>| crl::make(&kit.csca, number, Span::days(kit.now, 90), revoked).unwrap();
    store.add_crl(list(1, &BTreeMap::new())).unwrap();
    let path = check_link(&ours, &store, kit.now).unwrap();
    assert_eq!((path.anchor(), matches!(path.revocation(), Revocation::Checked { .. })), (&kit.csca.cert, true));
    store.add_crl(list(2, &revoked)).unwrap();
    let error = check_link(&ours, &store, kit.now).unwrap_err();
    assert_eq!(error, PathError::Revoked { subject: CSCA.into(), since: kit.now }.into());
    let stranger = kit_of(Curve::P256, Parameters::Named, 78);
    let theirs = check_link(&link(&stranger.csca).unwrap(), &store, kit.now).unwrap_err();
    assert_eq!((&theirs, theirs.reason()), (&PathError::Untrusted { issuer: CSCA.into() }.into(), Reason::UntrustedIssuer));
    // A link without the key identifier of whoever signed it.
    let spki = other.csca.key.public_key().encode(Parameters::Named);
    let extensions = extensions(&kit).into_iter().map(|(_, bytes)| bytes).collect();
    let name = &kit.plan.name;
    let bare = Template { issuer: name, subject: name, validity: kit.plan.validity, spki: &spki, extensions };
    let bare = check_link(&bare.sign(&kit.csca.key, &mut rng).unwrap(), &store, kit.now).unwrap_err();
    assert_eq!(bare, AnchorError::ExtensionMissing { subject: CSCA.into(), extension: "authorityKeyIdentifier" });
    // A root is no link, and a link is never an anchor.
    assert_eq!(
        check_root(&kit.csca.cert, Authority::Link, &store, kit.now),
        Err(AnchorError::NotInStore { subject: CSCA.into() })
    );
}

#[test]
fn a_sample_root_is_refused_by_a_store_for_real_cards() {
    let kit = kit();
    let plan =
        issue::AuthorityPlan { name: crate::pki::name::Name::new("ID", mark::SAMPLE_ORGANIZATION, "CSCA"), ..kit.plan.clone() };
    let csca = issue::csca(&kit.csca.key, &plan, &mut DangerousSeededEntropy::new(64)).unwrap();
    let error = judge(&kit, &csca);
    assert_eq!((&error, error.reason()), (&PathError::SampleKey.into(), Reason::SampleKey));
}
