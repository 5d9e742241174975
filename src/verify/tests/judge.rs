//! What the judge must not take for a proof.

use super::kit::Card;
use crate::crypto::hash::HashAlg;
use crate::lds::dg13::Dg13;
use crate::lds::file_id::FileId;
use crate::pki::x509::issue::tests::ds_plan;
use crate::pki::x509::issue::{SignerPlan, document_signer};
use crate::reason::Reason;
use crate::verify::check::{Check, CheckName, CheckResult};
use crate::verify::evidence::{Content, Evidence};
use crate::verify::judge::{Mode, Policy, Purpose, judge};
use crate::world::DangerousSeededEntropy;

/// One check of a verdict over a file.
fn check(card: &Card, evidence: &Evidence, name: CheckName) -> Check {
    let policy = Policy { now: card.now, purpose: Purpose::Use, status_list: None, highest_list: None };
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
