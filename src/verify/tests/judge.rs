//! What the judge must not take for a proof.

use super::kit::Card;
use crate::crypto::hash::HashAlg;
use crate::lds::dg13::Dg13;
use crate::lds::file_id::FileId;
use crate::pki::trust::{Kind, TrustStore};
use crate::pki::x509::crl;
use crate::pki::x509::issue::tests::ds_plan;
use crate::pki::x509::issue::{SignerPlan, Span, document_signer};
use crate::reason::Reason;
use crate::verify::check::{Check, CheckName, CheckResult};
use crate::verify::evidence::{Content, Evidence};
use crate::verify::judge::{ListsSeen, Mode, Policy, Purpose, judge};
use crate::verify::state::{ThrowawayState, judge_with};
use crate::world::DangerousSeededEntropy;
use std::collections::BTreeMap;

/// One check of a verdict over a file.
fn check(card: &Card, evidence: &Evidence, name: CheckName) -> Check {
    let policy = Policy { now: card.now, purpose: Purpose::Use, status_list: None, seen: crate::verify::ListsSeen::default() };
    let verdict = judge(evidence, &Mode::Data, &card.trust(), &policy);
    verdict.checks.into_iter().find(|c| c.name == name).unwrap()
}

fn result(card: &Card, evidence: &Evidence, name: CheckName) -> (CheckResult, Option<Reason>) {
    let check = check(card, evidence, name);
    (check.result, check.reason)
}

#[test]
fn a_signer_of_other_documents_signs_no_card() {
    let rows = [
        (vec![], CheckResult::Passed),
        (vec!["I"], CheckResult::Passed),
        (vec!["P", "ID"], CheckResult::Passed),
        (vec!["P"], CheckResult::Failed),
        (vec!["P", "IR"], CheckResult::Failed),
    ];
    for (types, expected) in rows {
        let mut card = Card::new();
        let document_types = types.iter().map(|t| (*t).to_owned()).collect();
        let plan = SignerPlan { document_types, ..ds_plan(&card.authority) };
        let key = card.signer.0.public_key();
        card.signer.1 = document_signer(&card.authority.csca, &key, &plan, &mut DangerousSeededEntropy::new(8)).unwrap();
        card.sign();
        assert_eq!(result(&card, &card.evidence(), CheckName::Consistency).0, expected, "{types:?}");
    }
}

#[test]
fn keys_that_are_kept_as_digests_were_not_read() {
    let card = Card::new();
    assert_eq!(result(&card, &card.evidence(), CheckName::GroupsPresent).0, CheckResult::Passed);
    for (group, expected) in [
        (FileId::Dg14, (CheckResult::Undecided, Some(Reason::GroupNotRead))),
        (FileId::Dg15, (CheckResult::Undecided, Some(Reason::GroupNotRead))),
        (FileId::Dg2, (CheckResult::Passed, None)),
    ] {
        let mut evidence = card.evidence();
        let content = evidence.files.get_mut(&group).unwrap();
        *content = content.without_bytes(HashAlg::Sha256);
        assert_eq!(result(&card, &evidence, CheckName::GroupsPresent), expected, "{group}");
    }
}

#[test]
fn prints_of_other_fingers_than_dg13_names_are_not_the_holders() {
    use crate::finger::FingerPosition::{LeftIndex, RightIndex};
    use crate::finger::image_record::{Compression, ImageRecord, ImageView, Sampling};
    use crate::lds::dg3;
    let print = |position: crate::finger::FingerPosition| {
        let sampling = Sampling::per_centimetre(197, Compression::Jpeg2000);
        (position, ImageRecord::new_2005(vec![ImageView::new(position.code(), (9, 9), sampling, vec![1])]))
    };
    let mut card = Card::new();
    let mut national = Dg13::parse(card.files.0.get(&FileId::Dg13).unwrap()).unwrap();
    national.fingers = vec![(RightIndex.code(), 80)];
    card.files.insert(FileId::Dg13, national.encode());
    card.sign();
    let inconsistent = (CheckResult::Failed, Some(Reason::DataInconsistent));
    for (group, expected) in [
        (dg3::build(&[print(RightIndex)]).unwrap(), (CheckResult::Passed, None)),
        (dg3::build(&[print(LeftIndex)]).unwrap(), inconsistent),
        (dg3::build(&[print(RightIndex), print(LeftIndex)]).unwrap(), inconsistent),
        (dg3::build(&[]).unwrap(), inconsistent),
        (vec![0x63, 0], inconsistent),
    ] {
        let mut evidence = card.evidence();
        evidence.files.insert(FileId::Dg3, Content::Bytes(group.into()));
        assert_eq!(result(&card, &evidence, CheckName::Consistency), expected);
    }
}

#[test]
fn an_emptied_group_is_not_shown_present() {
    let card = Card::new();
    let mut evidence = card.evidence();
    evidence.files.remove(&FileId::Dg2);
    for (status, expected) in [(0x9000, CheckResult::Passed), (0x6282, CheckResult::Undecided), (0x6A82, CheckResult::Failed)] {
        evidence.probes.insert(FileId::Dg2, status);
        assert_eq!(result(&card, &evidence, CheckName::GroupsPresent).0, expected, "{status:04X}");
    }
}

#[test]
fn an_end_of_stay_that_is_no_day_is_not_passed_over() {
    for (day, expected) in [
        (None, (CheckResult::Passed, None)),
        (Some("20301231"), (CheckResult::Passed, None)),
        (Some("20261122"), (CheckResult::Failed, Some(Reason::CardExpired))),
        (Some("20260230"), (CheckResult::Failed, Some(Reason::DataInconsistent))),
    ] {
        let mut card = Card::new();
        let mut national = Dg13::parse(card.files.get(FileId::Dg13).unwrap()).unwrap();
        national.valid_until = day.map(str::to_owned);
        card.files.insert(FileId::Dg13, national.encode());
        card.sign();
        assert_eq!(result(&card, &card.evidence(), CheckName::CardValidity), expected, "{day:?}");
    }
}

#[test]
fn a_digest_of_fingers_shows_nothing_that_was_read() {
    let card = Card::new();
    assert_eq!(result(&card, &card.evidence(), CheckName::Fingers).0, CheckResult::Passed);
    let stored = card.evidence().without_fingers();
    assert_eq!(result(&card, &stored, CheckName::Fingers).0, CheckResult::NotApplicable);
}

/// A store with this card's authority and a revocation list of a number and a date.
fn trust_with(card: &Card, number: u64, from: jiff::Timestamp) -> TrustStore {
    let mut store = TrustStore::new(Kind::Production, "ID");
    store.add_csca(card.authority.csca.cert.clone()).unwrap();
    store.add_crl(crl::make(&card.authority.csca, number, Span::days(from, 90), &BTreeMap::new()).unwrap()).unwrap();
    store
}

#[test]
fn a_revocation_list_brought_back_decides_nothing() {
    let card = Card::new();
    let policy = Policy { now: card.now, purpose: Purpose::Use, status_list: None, seen: ListsSeen::default() };
    let mut state = ThrowawayState::default();
    let revocation = |number, state: &mut ThrowawayState| {
        let trust = trust_with(&card, number, card.now);
        let verdict = judge_with(&card.evidence(), &Mode::Data, &trust, &policy, state).unwrap();
        let check = verdict.checks.iter().find(|c| c.name == CheckName::Revocation).unwrap();
        (check.result, check.reason, verdict.revocation_lists.iter().map(|l| l.number).collect::<Vec<_>>())
    };
    assert_eq!(revocation(7, &mut state), (CheckResult::Passed, None, vec![7]));
    let brought_back = (CheckResult::Undecided, Some(Reason::CrlRollback), vec![]);
    assert_eq!(revocation(6, &mut state), brought_back);
    assert_eq!(revocation(6, &mut state), brought_back, "a list that was refused is not remembered");
    assert_eq!(revocation(7, &mut state).0, CheckResult::Passed);
    assert_eq!(revocation(8, &mut state), (CheckResult::Passed, None, vec![8]));
    assert_eq!(revocation(7, &mut state), brought_back);
    // Another judge never saw it, and the caller's own memory counts as well.
    assert_eq!(revocation(6, &mut ThrowawayState::default()).0, CheckResult::Passed);
    let seen = ListsSeen { crls: [(card.authority.csca.cert.public_key().digest(), 9)].into(), ..ListsSeen::default() };
    let verdict = judge(&card.evidence(), &Mode::Data, &trust_with(&card, 8, card.now), &Policy { seen, ..policy });
    assert!(verdict.checks.iter().any(|c| c.reason == Some(Reason::CrlRollback)));
}

#[test]
fn a_revocation_list_of_tomorrow_decides_nothing_and_is_not_remembered() {
    let card = Card::new();
    let policy = Policy { now: card.now, purpose: Purpose::Use, status_list: None, seen: ListsSeen::default() };
    let mut state = ThrowawayState::default();
    let tomorrow = crate::pki::time::plus_days(card.now, 1);
    let verdict = judge_with(&card.evidence(), &Mode::Data, &trust_with(&card, 9, tomorrow), &policy, &mut state).unwrap();
    let check = verdict.checks.iter().find(|c| c.name == CheckName::Revocation).unwrap();
    assert_eq!((check.result, check.reason), (CheckResult::Undecided, Some(Reason::CrlInvalid)));
    let verdict = judge_with(&card.evidence(), &Mode::Data, &trust_with(&card, 1, card.now), &policy, &mut state).unwrap();
    assert!(verdict.checks.iter().any(|c| c.name == CheckName::Revocation && c.result == CheckResult::Passed));
}

#[test]
fn a_card_is_good_to_the_end_of_its_last_day_everywhere_in_indonesia() {
    let mut card = Card::new();
    let mut national = Dg13::parse(card.files.get(FileId::Dg13).unwrap()).unwrap();
    national.valid_until = Some("20261124".into());
    card.files.insert(FileId::Dg13, national.encode());
    card.sign();
    for (now, expired) in [
        ("2026-11-24T00:00:00+09:00", false),
        ("2026-11-24T23:59:59+09:00", false),
        ("2026-11-24T23:59:59+08:00", false),
        ("2026-11-24T23:59:59+07:00", false),
        ("2026-11-25T01:59:59+09:00", false),
        ("2026-11-25T02:00:00+09:00", true),
        ("2026-11-25T00:00:00+07:00", true),
    ] {
        card.now = now.parse().unwrap();
        let expected = if expired { (CheckResult::Failed, Some(Reason::CardExpired)) } else { (CheckResult::Passed, None) };
        assert_eq!(result(&card, &card.evidence(), CheckName::CardValidity), expected, "{now}");
    }
}
