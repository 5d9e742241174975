//! Officers, grants and acts: what counts, and every way in which something does not.

use super::roster::StandingError;
use super::*;
use crate::crypto::ec::Curve;
use crate::issuance::names::Named as _;
use crate::issuance::role::{Asked, Role, RoleError};
use crate::issuance::{Office, Place};
use crate::pki::key::PrivateKey;
use crate::reason::{Reason, Refusal as _};
use crate::world::DangerousSeededEntropy;
use jiff::Timestamp;

const REGENCY: Office = Office::Regency(31, 71);
const POINT: Office = Office::ServicePoint(31, 71, 1);

pub(in crate::issuance) fn key(seed: u64) -> PrivateKey {
    PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(seed))
}

pub(in crate::issuance) fn at(text: &str) -> Timestamp {
    format!("{text}T03:00:00Z").parse().unwrap()
}

pub(in crate::issuance) fn grant(holder: &PrivateKey, label: &str, place: (Role, Office), until: &str) -> Grant {
    Grant::new(&holder.public_key(), label, place, (at("2026-01-01"), at(until))).unwrap()
}

/// Root 1, head of registry 2, operator 3 at the service point.
pub(in crate::issuance) fn roster() -> Roster {
    let mut roster = Roster::new(key(1).public_key());
    let head = grant(&key(2), "H-2", (Role::HeadOfRegistry, REGENCY), "2028-01-01");
    roster.add(head.signed_by(&key(1))).unwrap();
    let operator = grant(&key(3), "O-3", (Role::Operator, POINT), "2027-01-01");
    roster.add(operator.signed_by(&key(2))).unwrap();
    roster
}

#[test]
fn a_grant_of_the_level_above_gives_a_standing_for_its_role_office_and_time() {
    let roster = roster();
    let id = OfficerId::of(&key(3).public_key());
    let standing = roster.standing(id, (Role::Operator, POINT), at("2026-06-01")).unwrap();
    assert_eq!((standing.officer(), standing.place(), standing.key()), (id, (Role::Operator, POINT), &key(3).public_key()));
    assert_eq!(roster.grants().count(), 2);
    let refused = |place, when| roster.standing(id, place, at(when)).unwrap_err();
    assert_eq!(refused((Role::Supervisor, POINT), "2026-06-01"), StandingError::WrongRole(id, Role::Supervisor));
    assert_eq!(refused((Role::Operator, REGENCY), "2026-06-01"), StandingError::WrongOffice(id, REGENCY));
    assert_eq!(refused((Role::Operator, POINT), "2025-12-31"), StandingError::NotYet(id));
    assert_eq!(refused((Role::Operator, POINT), "2027-01-01"), StandingError::Expired(id));
    let stranger = OfficerId::of(&key(9).public_key());
    let unknown = roster.standing(stranger, (Role::Operator, POINT), at("2026-06-01")).unwrap_err();
    assert_eq!((unknown, unknown.reason().exit()), (StandingError::Unknown(stranger), 11));
}

#[test]
fn a_grant_that_nobody_above_signed_is_not_taken() {
    let mut roster = roster();
    let add = |roster: &mut Roster, grant: Grant, by: u64| roster.add(grant.signed_by(&key(by))).unwrap_err();
    let operator = || grant(&key(4), "O-4", (Role::Operator, POINT), "2027-01-01");
    let id = |seed| OfficerId::of(&key(seed).public_key());
    assert_eq!(add(&mut roster, operator(), 9), GrantError::NotAbove(id(9)));
    assert_eq!(add(&mut roster, operator(), 3), GrantError::NotAbove(id(3)), "an operator grants nothing");
    let elsewhere = grant(&key(4), "O-4", (Role::Operator, Office::ServicePoint(32, 1, 1)), "2027-01-01");
    assert_eq!(add(&mut roster, elsewhere, 2), GrantError::NotAbove(id(2)), "another regency's office");
    let head = grant(&key(4), "H-4", (Role::HeadOfRegistry, REGENCY), "2027-01-01");
    assert_eq!(add(&mut roster, head, 2), GrantError::NotAbove(id(2)), "a head makes no head");
    let long = grant(&key(4), "O-4", (Role::Operator, POINT), "2028-01-02");
    assert_eq!(add(&mut roster, long, 2), GrantError::Beyond);
    let own = grant(&key(2), "H-2", (Role::Operator, POINT), "2027-01-01");
    assert_eq!(add(&mut roster, own, 2), GrantError::Own);
    let mut forged = operator().signed_by(&key(9));
    forged.by = id(2);
    assert_eq!(roster.add(forged).unwrap_err(), GrantError::Signature);
    assert_eq!(GrantError::Signature.reason(), Reason::NotPermitted);
    assert_eq!(roster.grants().count(), 2, "nothing of it was taken");
}

#[test]
fn a_grant_is_read_as_it_was_written_and_nothing_else_is_one() {
    let signed = grant(&key(3), "O-3", (Role::Operator, POINT), "2027-01-01").signed_by(&key(2));
    let json = serde_json::to_string(&signed).unwrap();
    assert_eq!(SignedGrant::parse(json.as_bytes()).unwrap(), signed);
    let with = |from: &str, to: &str| SignedGrant::parse(json.replace(from, to).as_bytes()).unwrap_err();
    assert!(json.contains("\"format\":1") && json.contains("\"31.71.01\""), "{json}");
    assert_eq!(with("\"format\":1", "\"format\":2"), GrantError::Field("format"));
    assert_eq!(with("\"key\":\"30", "\"key\":\"31"), GrantError::Field("key"));
    assert_eq!(with("\"O-3\"", "\"\""), GrantError::Field("label"));
    assert_eq!(with("\"operator\"", "\"approver\""), GrantError::Field("office"));
    assert_eq!(with("2027-01-01", "2025-01-01"), GrantError::Field("until"));
    assert_eq!(with("\"operator\"", "\"mayor\""), GrantError::Form);
    assert_eq!(with("\"by\"", "\"from_whom\""), GrantError::Form);
    assert_eq!("12".parse::<OfficerId>().unwrap_err(), GrantError::Field("officer"));
    assert_eq!(GrantError::Form.reason(), Reason::InputInvalid);
}

#[test]
fn an_end_takes_the_grant_and_what_rests_on_it() {
    let mut roster = roster();
    let id = |seed| OfficerId::of(&key(seed).public_key());
    let grants: Vec<SignedGrant> = roster.grants().map(|(_, signed, _)| signed.clone()).collect();
    let of = |seed| grants.iter().find(|g| OfficerId::of(&g.grant().key().unwrap()) == id(seed)).unwrap();
    let operators = Ended::of(of(3), at("2026-06-01"));
    assert_eq!(roster.end(&operators.clone().signed_by(&key(3))).unwrap_err(), GrantError::NotAbove(id(3)));
    roster.end(&operators.signed_by(&key(2))).unwrap();
    let may = |roster: &Roster, when| roster.standing(id(3), (Role::Operator, POINT), at(when)).map(drop);
    assert_eq!(may(&roster, "2026-05-31"), Ok(()));
    assert_eq!(may(&roster, "2026-06-01"), Err(StandingError::Ended(id(3))));
    roster.end(&Ended::of(of(3), at("2026-07-01")).signed_by(&key(2))).unwrap();
    assert_eq!(may(&roster, "2026-06-15"), Err(StandingError::Ended(id(3))), "the earliest counts");
    // The head's end takes what the head granted.
    roster.end(&Ended::of(of(2), at("2026-03-01")).signed_by(&key(1))).unwrap();
    assert_eq!(may(&roster, "2026-04-01"), Err(StandingError::Ended(id(3))));
    let other = grant(&key(7), "O-7", (Role::Operator, POINT), "2027-01-01").signed_by(&key(1));
    assert_eq!(roster.end(&Ended::of(&other, at("2026-06-01")).signed_by(&key(1))).unwrap_err(), GrantError::Unknown);
    assert_eq!(GrantError::Unknown.reason(), Reason::WrongState);
}

/// Two persons of whom the second is a supervisor: 3 operator, 5 supervisor, 6 a second key of the operator.
fn desk() -> Roster {
    let mut roster = roster();
    for (seed, label) in [(5, "S-5"), (6, "O-3")] {
        let supervisor = grant(&key(seed), label, (Role::Supervisor, POINT), "2027-01-01");
        roster.add(supervisor.signed_by(&key(2))).unwrap();
    }
    roster
}

const ALONE: Asked = Asked::one(&[Role::Operator]);
const TOGETHER: Asked = Asked::two(&[Role::Operator], &[Role::Operator, Role::Supervisor]);

fn step(asked: &Asked) -> act::Step<'_> {
    act::Step { name: "hand-over", subject: [7; 32], office: POINT, asked }
}

fn act() -> Act {
    Act::new("hand-over", [7; 32], POINT, at("2026-06-01")).unwrap()
}

#[test]
fn an_act_counts_if_those_who_may_have_signed_it() {
    let (roster, now) = (desk(), at("2026-06-02"));
    let alone = act().signed_by(&key(3), Role::Operator);
    let proven = alone.check(&step(&ALONE), &roster, now).unwrap();
    assert_eq!((proven.first().place(), proven.second(), proven.at()), ((Role::Operator, POINT), None, at("2026-06-01")));
    let together = act().signed_by(&key(3), Role::Operator).and_by(&key(5), Role::Supervisor);
    let proven = together.check(&step(&TOGETHER), &roster, now).unwrap();
    assert_eq!(proven.second().unwrap().officer(), OfficerId::of(&key(5).public_key()));
    let json = serde_json::to_vec(&together).unwrap();
    assert_eq!(Signed::parse(&json).unwrap(), together);
}

#[test]
fn an_act_of_those_who_may_not_is_refused_by_name() {
    let (roster, now) = (desk(), at("2026-06-02"));
    let id = |seed| OfficerId::of(&key(seed).public_key());
    let check = |signed: &Signed, asked: &Asked| signed.check(&step(asked), &roster, now).unwrap_err();
    let operators = |act: Act| act.signed_by(&key(3), Role::Operator);
    let unsigned = br#"{"act":{"format":1,"step":"hand-over","subject":"0707070707070707070707070707070707070707070707070707070707070707","office":"31.71.01","at":"2026-06-01T03:00:00Z"},"first":null,"second":null}"#;
    assert_eq!(check(&Signed::parse(unsigned).unwrap(), &ALONE), ActError::Unsigned);
    assert_eq!(check(&act().signed_by(&key(9), Role::Operator), &ALONE), ActError::Standing(StandingError::Unknown(id(9))));
    let role = act().signed_by(&key(5), Role::Supervisor);
    assert_eq!(check(&role, &ALONE), ActError::Role(RoleError::WrongRole(Role::Supervisor)));
    assert_eq!(
        check(&act().signed_by(&key(3), Role::Supervisor), &ALONE),
        StandingError::WrongRole(id(3), Role::Supervisor).into()
    );
    assert_eq!(check(&operators(act()), &TOGETHER), RoleError::SecondMissing.into());
    let twice = operators(act()).and_by(&key(3), Role::Operator);
    assert_eq!(check(&twice, &TOGETHER), RoleError::SamePerson.into());
    let other_key = operators(act()).and_by(&key(6), Role::Supervisor);
    assert_eq!(check(&other_key, &TOGETHER), RoleError::SamePerson.into(), "one person with two keys");
    let late = Act::new("hand-over", [7; 32], POINT, at("2027-01-01")).unwrap();
    assert_eq!(check(&operators(late.clone()), &ALONE), ActError::Future);
    let expired = operators(late).check(&step(&ALONE), &roster, at("2027-01-02")).unwrap_err();
    assert_eq!(expired, StandingError::Expired(id(3)).into());
    for other in [
        Act::new("hand-back", [7; 32], POINT, at("2026-06-01")),
        Act::new("hand-over", [8; 32], POINT, at("2026-06-01")),
        Act::new("hand-over", [7; 32], REGENCY, at("2026-06-01")),
    ] {
        assert_eq!(check(&operators(other.unwrap()), &ALONE), ActError::Other);
    }
    let json = serde_json::to_string(&operators(act())).unwrap().replace("2026-06-01", "2026-06-02");
    assert_eq!(check(&Signed::parse(json.as_bytes()).unwrap(), &ALONE), ActError::Signature(id(3)));
    assert_eq!(ActError::Unsigned.reason().exit(), 11);
}

#[test]
fn what_is_no_act_is_not_read() {
    let json = serde_json::to_string(&act().signed_by(&key(3), Role::Operator)).unwrap();
    for (from, to) in [("\"format\":1", "\"format\":2"), ("hand-over", "Hand over"), ("\"0707", "\"07"), ("\"act\"", "\"deed\"")]
    {
        assert_eq!(Signed::parse(json.replace(from, to).as_bytes()).unwrap_err(), ActError::Form, "{to}");
    }
    assert_eq!(Act::new("", [0; 32], POINT, at("2026-06-01")).unwrap_err(), ActError::Form);
    assert_eq!(ActError::Form.reason(), Reason::InputInvalid);
}

#[test]
fn every_role_sits_somewhere_and_its_name_is_its_json() {
    for role in Role::EVERY {
        assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{role}\""));
        assert!([Place::Ministry, Place::Regency, Place::ServicePoint].into_iter().any(|place| role.sits_at(place)), "{role}");
        assert!(!role.sits_at(Place::Home));
    }
}

#[test]
fn a_request_is_its_keys_own_and_becomes_a_grant() {
    let asked = SignedRequest::by(&key(3), "O-3", (Role::Operator, POINT)).unwrap();
    let json = serde_json::to_string(&asked).unwrap();
    let read = SignedRequest::parse(json.as_bytes()).unwrap();
    assert_eq!((&read, read.officer().unwrap()), (&asked, OfficerId::of(&key(3).public_key())));
    let granted = read.granted(at("2026-01-01"), at("2027-01-01")).unwrap();
    assert_eq!(granted, grant(&key(3), "O-3", (Role::Operator, POINT), "2027-01-01"));
    let with = |from: &str, to: &str| SignedRequest::parse(json.replace(from, to).as_bytes()).unwrap_err();
    assert_eq!(with("O-3", "O-4"), GrantError::Signature);
    assert_eq!(with("\"format\":1", "\"format\":2"), GrantError::Field("format"));
    assert_eq!(with("\"request\"", "\"wish\""), GrantError::Form);
    let nowhere = SignedRequest::by(&key(3), "O-3", (Role::Operator, Office::Ministry)).unwrap_err();
    assert_eq!(nowhere, GrantError::Field("office"));
}

#[test]
fn a_roster_that_is_full_takes_no_more_and_keeps_what_it_has() {
    let mut roster = Roster::with_room(key(1).public_key(), 1);
    let head = grant(&key(2), "H-2", (Role::HeadOfRegistry, REGENCY), "2028-01-01").signed_by(&key(1));
    let first = roster.add(head.clone()).unwrap();
    let more = grant(&key(3), "C-3", (Role::Courier, REGENCY), "2027-01-01").signed_by(&key(1));
    assert_eq!(roster.add(more).unwrap_err(), GrantError::TooMany);
    assert_eq!(roster.add(head), Ok(first));
    assert_eq!(GrantError::TooMany.reason(), Reason::InputInvalid);
}
