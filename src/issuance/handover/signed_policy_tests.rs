//! A policy counts where, while and as the ministry signed it; each other is refused by its name.

use super::*;
use crate::issuance::handover::HandoverError;
use crate::issuance::officer::tests::{at, grant, key};
use crate::issuance::officer::{Ended, SignedGrant, StandingError};
use crate::reason::{Reason, Refusal as _};

const REGENCY: Office = Office::Regency(31, 71);
const POINT: Office = Office::ServicePoint(31, 71, 1);
const SEED: u64 = 16;

/// The centre's grant, until 2028; an approver's beside it.
fn centre() -> SignedGrant {
    grant(&key(SEED), "C-16", SIGNER, "2028-01-01").signed_by(&key(1))
}

fn roster() -> Roster {
    let mut roster = Roster::new(key(1).public_key());
    roster.add(centre()).unwrap();
    let approver = grant(&key(19), "N-19", (Role::Approver, Office::Ministry), "2028-01-01");
    roster.add(approver.signed_by(&key(1))).unwrap();
    roster
}

fn policy() -> TrialPolicy {
    TrialPolicy { captures: 2, ..TrialPolicy::default() }
}

fn time(until: &str) -> (Timestamp, Timestamp) {
    (at("2026-11-01"), at(until))
}

fn signed(office: Office) -> SignedPolicy {
    SignedPolicy::sign(&policy(), office, time("2027-01-01"), (&key(SEED), &roster())).unwrap()
}

fn json(of: &SignedPolicy) -> String {
    serde_json::to_string(of).unwrap()
}

fn read(text: &str) -> SignedPolicy {
    SignedPolicy::parse(text.as_bytes()).unwrap()
}

fn refused(of: &SignedPolicy, office: Office, day: &str) -> PolicyError {
    let error = of.check(&roster(), office, at(day)).unwrap_err();
    assert_eq!((error.reason(), HandoverError::from(error.clone()).reason()), (Reason::NotPermitted, Reason::NotPermitted));
    error
}

#[test]
fn what_the_ministry_signed_is_the_policy_of_its_offices_for_its_time() {
    let of = read(&json(&signed(REGENCY)));
    assert_eq!(of, signed(REGENCY));
    assert_eq!(of.by(), OfficerId::of(&key(SEED).public_key()));
    for office in [REGENCY, POINT] {
        for day in ["2026-11-01", "2026-12-31"] {
            let taken = of.check(&roster(), office, at(day)).unwrap();
            assert_eq!((taken, taken.digest()), (policy(), policy().digest()));
        }
    }
    assert_eq!(signed(Office::Ministry).check(&roster(), POINT, at("2026-12-01")), Ok(policy()), "of the whole country");
}

#[test]
fn another_offices_policy_is_none() {
    assert_eq!(refused(&signed(POINT), REGENCY, "2026-12-01"), PolicyError::Office(POINT));
    let neighbour = Office::Regency(31, 72);
    assert_eq!(refused(&signed(neighbour), POINT, "2026-12-01"), PolicyError::Office(neighbour));
}

#[test]
fn a_policy_whose_time_has_not_come_or_is_over_is_none() {
    assert_eq!(refused(&signed(REGENCY), POINT, "2026-10-31"), PolicyError::NotYet(at("2026-11-01")));
    assert_eq!(refused(&signed(REGENCY), POINT, "2027-01-01"), PolicyError::Expired(at("2027-01-01")));
}

#[test]
fn a_policy_that_was_altered_is_none() {
    let text = json(&signed(REGENCY));
    for (old, new) in [
        ("\"captures\":2", "\"captures\":3"),
        ("\"fmr\":\"1e-4\"", "\"fmr\":\"1e-3\""),
        ("\"rounds\":2", "\"rounds\":3"),
        ("\"31.71\"", "\"ministry\""),
        ("2027-01-01", "2037-01-01"),
        ("2026-11-01", "2025-11-01"),
    ] {
        assert!(text.contains(old), "{old} in {text}");
        assert_eq!(refused(&read(&text.replacen(old, new, 1)), POINT, "2026-12-01"), PolicyError::Signature, "{new}");
    }
    // Another purpose's signature, by the same key.
    let mut other = signed(REGENCY);
    other.signature = key(SEED).sign(b"ektp-officer-grant-1\0{}").into();
    assert_eq!(refused(&other, POINT, "2026-12-01"), PolicyError::Signature);
}

#[test]
fn who_has_no_right_to_it_signs_none_and_what_rests_on_a_right_ends_with_it() {
    let (stranger, approver) = (key(9), key(19));
    let id = |key: &PrivateKey| OfficerId::of(&key.public_key());
    let sign = |key: &PrivateKey, until| SignedPolicy::sign(&policy(), REGENCY, time(until), (key, &roster())).unwrap_err();
    let unknown = PolicyError::Signer(StandingError::Unknown(id(&stranger)));
    assert_eq!((sign(&stranger, "2027-01-01"), unknown.reason()), (unknown, Reason::NotPermitted));
    let wrong = PolicyError::Signer(StandingError::WrongRole(id(&approver), Role::Centre));
    assert_eq!(sign(&approver, "2027-01-01"), wrong);
    // Nobody signs for longer than the own grant lasts.
    let beyond = PolicyError::Signer(StandingError::Expired(id(&key(SEED))));
    assert_eq!(sign(&key(SEED), "2028-01-02"), beyond);
    assert!(SignedPolicy::sign(&policy(), REGENCY, time("2028-01-01"), (&key(SEED), &roster())).is_ok());
    // At the desk too: signed by somebody else's key, and by one whose grant was ended since.
    let mut other = signed(REGENCY);
    (other.by, other.signature) = (id(&approver), other.policy.sign(&approver));
    assert_eq!(refused(&other, POINT, "2026-12-01"), wrong_role(&approver));
    let mut ended = roster();
    ended.end(&Ended::of(&centre(), at("2026-11-20")).signed_by(&key(1))).unwrap();
    let at_desk = |day| signed(REGENCY).check(&ended, POINT, at(day));
    assert_eq!(at_desk("2026-11-19"), Ok(policy()));
    assert_eq!(at_desk("2026-11-20"), Err(PolicyError::Signer(StandingError::Ended(id(&key(SEED))))));
}

fn wrong_role(of: &PrivateKey) -> PolicyError {
    PolicyError::Signer(StandingError::WrongRole(OfficerId::of(&of.public_key()), Role::Centre))
}

#[test]
fn settings_alone_are_no_policy_and_neither_is_anything_else() {
    let unsigned = "format = 1\nfmr = \"1e-4\"\ncaptures = 3\nrounds = 2\nsittings = 3\nfingers = 2\n";
    let refused = |bytes: &[u8]| SignedPolicy::parse(bytes).unwrap_err();
    assert_eq!((refused(unsigned.as_bytes()), PolicyError::Unsigned.reason()), (PolicyError::Unsigned, Reason::NotPermitted));
    let (text, form) = (json(&signed(REGENCY)), "neither signed nor settings".to_owned());
    for other in [&b"garbage"[..], b"", b"\xFF", text.replace("\"by\"", "\"of\"").as_bytes()] {
        assert_eq!(refused(other), PolicyError::Form(form.clone()));
    }
    let newer = text.replacen("\"format\":1", "\"format\":2", 1);
    assert_eq!(refused(newer.as_bytes()), PolicyError::Form("another format".to_owned()));
    let never =
        SignedPolicy::sign(&policy(), REGENCY, (at("2027-01-01"), at("2027-01-01")), (&key(SEED), &roster())).unwrap_err();
    let expected = PolicyError::Time { from: at("2027-01-01"), until: at("2027-01-01") };
    assert_eq!((&never, never.reason()), (&expected, Reason::InputInvalid));
}

#[test]
fn the_ministry_too_signs_within_the_bounds() {
    let mut wide = signed(REGENCY);
    let settings = serde_json::json!({"format": 1, "fmr": "1e-4", "captures": 3, "rounds": 1, "sittings": 3, "fingers": 2});
    wide.policy.settings = serde_json::from_value(settings).unwrap();
    wide.signature = wide.policy.sign(&key(SEED));
    let error = wide.check(&roster(), POINT, at("2026-12-01")).unwrap_err();
    assert!(matches!(&error, PolicyError::Bounds { field: "rounds", .. }), "{error:?}");
}
