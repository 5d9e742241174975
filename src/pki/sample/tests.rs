//! The roots in the repository, kits under them, and their refusal elsewhere.

use super::*;
use crate::lds::sod::LdsSecurityObject;
use crate::pki::cvc::{Holder, TrustState, verify_chain};
use crate::pki::trust::mark::{is_sample, is_sample_cvca, is_sample_key};
use crate::pki::trust::{Kind, TrustStore};
use crate::pki::x509::issue::Purpose;
use crate::pki::x509::path::{self, Revocation};
use crate::pki::{sod, time};
use crate::secret::Secret;
use crate::world::{Clock, DangerousSeededEntropy, FixedClock};

fn clock() -> FixedClock {
    FixedClock("2026-11-23T12:00:00Z".parse().unwrap())
}

fn kit() -> Kit {
    Kit::mint(&clock(), &mut DangerousSeededEntropy::new(1)).unwrap()
}

#[test]
fn the_compiled_digests_are_those_of_the_roots() {
    let roots = Roots::compiled().unwrap();
    assert_eq!(roots.digests(), include_str!("../../../keys-sample/digests.txt"));
    assert!(is_sample_key(roots.csca.cert.spki()) && is_sample_key(roots.operations.cert.spki()));
    assert!(is_sample(&roots.csca.cert) && is_sample_cvca(&roots.cvca));
    assert!(roots.csca.cert.validity().1 > "2045-01-01T00:00:00Z".parse().unwrap());
}

#[test]
fn every_role_of_a_kit_is_accepted_by_its_store() {
    let (kit, now) = (kit(), clock().now());
    let store = kit.trust_store().unwrap();
    let roles = [
        (&kit.ds, Purpose::DocumentSigner),
        (&kit.approver, Purpose::Approver),
        (&kit.bureau, Purpose::Bureau),
        (&kit.receipt, Purpose::Receipt),
        (&kit.batch, Purpose::Batch),
        (&kit.status_list, Purpose::StatusList),
        (&kit.office, Purpose::Office),
    ];
    for (credential, purpose) in roles {
        let path = path::check(&credential.cert, purpose, &store, now, Some(now)).unwrap();
        assert!(path.is_sample() && matches!(path.revocation(), Revocation::Checked { .. }));
        assert_eq!(&credential.key.public_key(), credential.cert.public_key());
    }
    let object = LdsSecurityObject::over(crate::crypto::hash::HashAlg::Sha256, [(1, &b"x"[..])]);
    sod::verify(&sod::sign(&object, &kit.ds.key, &kit.ds.cert, now), &store, now).unwrap();
}

#[test]
fn both_terminals_chain_to_the_cvca() {
    let kit = kit();
    let date = cvc_date(clock().now());
    let state = TrustState::new(vec![Holder::trust_point(kit.roots.cvca.body()).unwrap()], date).unwrap();
    for terminal in [&kit.terminal, &kit.quality_control] {
        verify_chain(&state, &terminal.chain).unwrap();
    }
    let last = kit.quality_control.chain.last().unwrap().body();
    assert!(last.effective.days_until(last.expiration) <= 7);
}

fn cvc_date(at: jiff::Timestamp) -> crate::pki::cvc::Date {
    crate::pki::cvc::Date::new(time::date_of(at)).unwrap()
}

#[test]
fn a_production_store_refuses_every_sample_root() {
    let roots = Roots::compiled().unwrap();
    let mut store = TrustStore::new(Kind::Production, "ID");
    assert_eq!(store.add_csca(roots.csca.cert.clone()).unwrap_err(), TrustError::SampleKey);
    assert_eq!(store.add_operations_root(roots.operations.cert.clone()).unwrap_err(), TrustError::SampleKey);
    assert_eq!(store.add_cvca(roots.cvca.clone()).unwrap_err(), TrustError::SampleKey);
}

#[test]
fn a_sample_key_under_another_name_is_told_by_its_digest() {
    let roots = Roots::compiled().unwrap();
    let mut rng = DangerousSeededEntropy::new(1);
    let name = crate::pki::name::Name::new("ID", "Ministry", "CSCA");
    let span = crate::pki::x509::issue::Span::days(clock().now(), 100);
    let renamed = crate::pki::x509::issue::operations_root(&roots.csca.key, &name, span, &mut rng).unwrap();
    let mut store = TrustStore::new(Kind::Production, "ID");
    assert_eq!(store.add_csca(renamed).unwrap_err(), TrustError::SampleKey);
}

#[test]
fn damaged_files_and_impossible_dates_are_named() {
    let good = Roots::make(clock().now(), &mut DangerousSeededEntropy::new(1)).unwrap();
    let secret = Secret::new("sample".to_owned());
    let files = good.files(&secret, &mut DangerousSeededEntropy::new(2)).unwrap();
    let file = |name: &str| files.iter().find(|(n, _)| *n == name).unwrap().1.as_slice();
    let whole = RootFiles {
        csca: file("csca.cert.pem"),
        csca_key: file("csca.key.pem"),
        operations: file("operations.cert.pem"),
        operations_key: file("operations.key.pem"),
        cvca: file("cvca.cvcert"),
        cvca_key: file("cvca.key.pem"),
    };
    assert_eq!(Roots::open(&whole, &secret).unwrap().csca.cert, good.csca.cert);
    let error = Roots::open(&RootFiles { csca: b"x", ..whole }, &secret).unwrap_err();
    assert!(matches!(error, SampleError::Certificate(_)));
    let error = Roots::open(&RootFiles { cvca: b"x", ..whole }, &secret).unwrap_err();
    assert!(matches!(error, SampleError::Cvc(_)));
    let error = Roots::open(&whole, &Secret::new("wrong".to_owned())).unwrap_err();
    assert!(matches!(error, SampleError::Key(_)));
    let far = FixedClock("2150-01-01T00:00:00Z".parse().unwrap());
    let error = Kit::mint(&far, &mut DangerousSeededEntropy::new(1)).unwrap_err();
    assert!(matches!(error, SampleError::Cvc(_)));
}

#[cfg(feature = "store")]
#[test]
fn a_kit_in_a_directory_reads_back() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Kit::load(dir.path()).unwrap_err(), SampleError::Trust(_)));
    let kit = kit();
    kit.save(dir.path(), &mut DangerousSeededEntropy::new(1)).unwrap();
    let back = Kit::load(dir.path()).unwrap();
    assert_eq!((&back.ds.cert, back.bureau.key.public_key()), (&kit.ds.cert, kit.bureau.key.public_key()));
    assert_eq!(back.terminal.chain, kit.terminal.chain);
    assert!(kit.save(dir.path(), &mut DangerousSeededEntropy::new(1)).is_err(), "nothing is overwritten");
}

#[cfg(feature = "store")]
#[test]
fn a_kit_names_the_file_that_is_missing() {
    use crate::pki::keystore::KeystoreError;
    let dir = tempfile::tempdir().unwrap();
    let mut rng = DangerousSeededEntropy::new(1);
    let kit = Kit::mint(&crate::world::SystemClock, &mut rng).unwrap();
    kit.save(dir.path(), &mut rng).unwrap();
    for name in ["bureau.key.pem", "ds.cert.pem", "qc-is.cvcert"] {
        let path = dir.path().join(name);
        let kept = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let error = KeystoreError::Unreadable(std::io::ErrorKind::NotFound);
        let expected = SampleError::File { file: path.display().to_string(), error };
        assert_eq!(Kit::load(dir.path()).map(drop).unwrap_err(), expected);
        std::fs::write(&path, kept).unwrap();
    }
    assert!(matches!(kit.save(dir.path(), &mut rng), Err(SampleError::Trust(_))), "nothing is overwritten");
}

#[cfg(feature = "store")]
#[test]
fn a_kits_lists_are_known_by_who_signed_them_whatever_their_files_are_called() {
    use crate::pki::keystore::KeystoreError;
    let dir = tempfile::tempdir().unwrap();
    let mut rng = DangerousSeededEntropy::new(1);
    let kit = kit();
    kit.save(dir.path(), &mut rng).unwrap();
    let lists = dir.path().join("trust/crl");
    let span = crate::pki::x509::issue::Span::days(clock().now(), 30);
    let newer = crate::pki::x509::crl::make(&kit.roots.csca, 2, span, &std::collections::BTreeMap::new()).unwrap();
    std::fs::remove_file(lists.join("csca.crl")).unwrap();
    std::fs::write(lists.join("0000000002-csca.crl"), newer.as_der()).unwrap();
    assert_eq!(Kit::load(dir.path()).unwrap().crl, newer);
    std::fs::remove_file(lists.join("operations.crl")).unwrap();
    let error = KeystoreError::Unreadable(std::io::ErrorKind::NotFound);
    let expected = SampleError::File { file: lists.display().to_string(), error };
    assert_eq!(Kit::load(dir.path()).map(drop).unwrap_err(), expected);
}
