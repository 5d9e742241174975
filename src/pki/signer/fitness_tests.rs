//! A document signer that must not sign, one test a reason, and what the signer makes of it.

use super::{UnfitSigner, check};
use crate::pki::key::{Parameters, PrivateKey};
use crate::pki::sample::{Kit, sample_name};
use crate::pki::trust::TrustStore;
use crate::pki::x509::issue::{self, Credential, SignerPlan, Span};
use crate::pki::x509::path::PathError;
use crate::pki::x509::{Certificate, crl};
use crate::reason::{Reason, Refusal as _};
use crate::world::{DangerousSeededEntropy, FixedClock};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::OnceLock;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn kit() -> &'static Kit {
    static KIT: OnceLock<Kit> = OnceLock::new();
    KIT.get_or_init(|| Kit::mint(&FixedClock(now()), &mut DangerousSeededEntropy::new(9)).unwrap())
}

fn trust() -> TrustStore {
    kit().trust_store().unwrap()
}

fn days_ago(days: i64) -> Timestamp {
    now() - SignedDuration::from_hours(24 * days)
}

/// A document signer under the sample CSCA, made so many days ago, whose key may be used for so many days.
fn document_signer(ago: i64, key_days: i64, types: &[&str]) -> (PrivateKey, Certificate) {
    issued_by(&kit().roots.csca, ago, key_days, types)
}

fn issued_by(authority: &Credential, ago: i64, key_days: i64, types: &[&str]) -> (PrivateKey, Certificate) {
    let mut rng = DangerousSeededEntropy::new(12);
    let key = issue::default_key(&mut rng);
    let plan = SignerPlan {
        name: sample_name("SAMPLE document signer"),
        state: "IDN".into(),
        validity: Span::days(days_ago(ago), 3_750),
        key_use: Span::days(days_ago(ago), key_days),
        document_types: types.iter().map(|t| (*t).to_owned()).collect(),
        parameters: Parameters::Named,
        crl_url: "http://example.invalid/crl".into(),
    };
    let cert = issue::document_signer(authority, &key.public_key(), &plan, &mut rng).unwrap();
    (key, cert)
}

fn fitness(signer: &(PrivateKey, Certificate)) -> Result<(), UnfitSigner> {
    check(&signer.0, &signer.1, &trust(), now())
}

#[test]
fn a_document_signer_of_our_own_is_fit() {
    assert_eq!(check(&kit().ds.key, &kit().ds.cert, &trust(), now()), Ok(()));
    for types in [&["I"][..], &["P", "ID"], &[]] {
        assert_eq!(fitness(&document_signer(1, 90, types)), Ok(()), "{types:?}");
    }
}

#[test]
fn a_key_past_its_own_period_is_unfit_though_its_certificate_lives_ten_years() {
    assert_eq!(fitness(&document_signer(89, 90, &["I"])), Ok(()));
    let unfit = fitness(&document_signer(91, 90, &["I"])).unwrap_err();
    assert!(matches!(&unfit, UnfitSigner::Path(PathError::KeyUsedOutsidePeriod { .. })), "{unfit:?}");
    assert_eq!(unfit.reason(), Reason::CertificateUnfit);
}

#[test]
fn another_key_than_the_certificates_is_unfit() {
    let other = document_signer(1, 90, &["I"]);
    let unfit = check(&other.0, &kit().ds.cert, &trust(), now()).unwrap_err();
    assert_eq!((unfit.clone(), unfit.reason()), (UnfitSigner::OtherKey, Reason::CertificateUnfit));
}

#[test]
fn a_certificate_for_other_documents_is_unfit() {
    for types in [&["P"][..], &["V", "IP"]] {
        let unfit = fitness(&document_signer(1, 90, types)).unwrap_err();
        assert_eq!((unfit.clone(), unfit.reason()), (UnfitSigner::DocumentType(types.join(", ")), Reason::CertificateUnfit));
    }
}

#[test]
fn a_revoked_document_signer_is_unfit() {
    let mut store = kit().roots.trust_store().unwrap();
    let revoked = BTreeMap::from([(kit().ds.cert.serial().to_vec(), days_ago(1))]);
    store.add_crl(crl::make(&kit().roots.csca, 2, Span::days(days_ago(1), 30), &revoked).unwrap()).unwrap();
    let unfit = check(&kit().ds.key, &kit().ds.cert, &store, now()).unwrap_err();
    assert!(matches!(&unfit, UnfitSigner::Path(PathError::Revoked { .. })), "{unfit:?}");
    assert_eq!(unfit.reason(), Reason::CertificateRevoked);
}

#[test]
fn an_approver_or_a_signer_of_the_operations_root_is_no_document_signer() {
    let approver = &kit().approver;
    let unfit = check(&approver.key, &approver.cert, &trust(), now()).unwrap_err();
    assert!(matches!(&unfit, UnfitSigner::Path(PathError::WrongPurpose { .. })), "{unfit:?}");
    assert_eq!(unfit.reason(), Reason::CertificateUnfit);
    let unfit = fitness(&issued_by(&kit().roots.operations, 1, 90, &["I"])).unwrap_err();
    assert!(matches!(&unfit, UnfitSigner::Path(PathError::Untrusted { .. })), "{unfit:?}");
    assert_eq!(unfit.reason(), Reason::UntrustedIssuer);
}
