//! What proves a chip: keys and algorithms that policy accepts, and nothing weaker.

use super::kit::Card;
use crate::chip::aa::{self, signed};
use crate::crypto::hash::HashAlg;
use crate::lds::dg15::ActiveAuthenticationKey;
use crate::lds::file_id::FileId;
use crate::lds::security_infos::{
    ChipAuthenticationInfo, ChipAuthenticationPublicKeyInfo, PaceInfo, SecurityInfo, SecurityInfos,
};
use crate::lds::{der, dg14, dg15, tlv};
use crate::reason::Reason;
use crate::verify::check::{CheckName, CheckResult};
use crate::verify::evidence::{AaAnswer, Evidence};
use crate::verify::judge::{ListsSeen, Mode, Policy, Purpose, judge};
use crate::verify::live::LiveProof;
use crate::verify::state::{ChallengeUse, JudgeState, ThrowawayState};
use crate::verify::{Challenge, Decision, Verdict};
use crate::world::DangerousSeededEntropy;

type Outcome = (CheckResult, Option<Reason>);

fn outcome(verdict: &Verdict, name: CheckName) -> Outcome {
    let check = verdict.checks.iter().find(|c| c.name == name).unwrap();
    (check.result, check.reason)
}

fn weigh(card: &Card, evidence: &Evidence, mode: &Mode<'_>) -> Verdict {
    let policy = Policy { now: card.now, purpose: Purpose::Use, status_list: None, seen: ListsSeen::default() };
    judge(evidence, mode, &card.trust(), &policy)
}

fn rsa_group(key: &ActiveAuthenticationKey) -> Vec<u8> {
    let ActiveAuthenticationKey::Rsa { modulus, exponent } = key else { panic!("an RSA key") };
    let numbers = der::sequence(&[&der::unsigned(modulus), &der::unsigned(exponent)]);
    let algorithm = der::sequence(&[&der::oid("1.2.840.113549.1.1.1"), &tlv::encode(der::NULL, &[])]);
    tlv::encode(dg15::TAG, &der::sequence(&[&algorithm, &der::bit_string(&numbers)]))
}

/// A card whose chip answers with RSA, the challenge, and the evidence of its answer.
fn with_rsa(bits: usize, hash: HashAlg) -> (Card, Challenge, Evidence) {
    let mut card = Card::new();
    let challenge = Challenge::draw(&mut DangerousSeededEntropy::new(3), card.now);
    let (key, signature) = signed(bits, 65_537, hash, challenge.bytes());
    card.files.insert(FileId::Dg15, rsa_group(&key));
    card.sign();
    let mut evidence = card.evidence();
    let answer = AaAnswer { challenge: challenge.bytes().into(), signature: Some(signature.into()) };
    evidence.active_authentication = Some(answer);
    (card, challenge, evidence)
}

/// A challenge of this judge, spent for the first time.
fn drawn(challenge: &Challenge) -> ChallengeUse {
    let mut state = ThrowawayState::default();
    state.draw(challenge).unwrap();
    state.spend(challenge).unwrap()
}

#[test]
fn an_answer_to_a_challenge_that_this_judge_never_drew_proves_no_chip() {
    let card = Card::new();
    let challenge = Challenge::draw(&mut DangerousSeededEntropy::new(3), card.now);
    let mut evidence = card.evidence();
    let signature = aa::sign(&card.aa_key, HashAlg::Sha256, challenge.bytes());
    evidence.active_authentication = Some(AaAnswer { challenge: challenge.bytes().into(), signature: Some(signature.into()) });
    let unknown = ThrowawayState::default().spend(&challenge).unwrap();
    let verdict = weigh(&card, &evidence, &Mode::Challenged(&unknown));
    assert_eq!(outcome(&verdict, CheckName::Presence), (CheckResult::Undecided, Some(Reason::ChallengeUnknown)));
    assert_ne!(verdict.decision(), Decision::Genuine);
}

#[test]
fn a_weak_key_of_the_chip_proves_no_presence_though_the_authority_signed_it() {
    let weak = (CheckResult::Undecided, Some(Reason::WeakKey));
    let passed = (CheckResult::Passed, None);
    for (bits, hash, expected) in
        [(2048, HashAlg::Sha256, passed), (1024, HashAlg::Sha256, weak), (2048, HashAlg::Sha1, weak), (1024, HashAlg::Sha1, weak)]
    {
        let (card, challenge, mut evidence) = with_rsa(bits, hash);
        let spend = || drawn(&challenge);
        let verdict = weigh(&card, &evidence, &Mode::Challenged(&spend()));
        assert_eq!(outcome(&verdict, CheckName::ActiveAuthentication), expected, "{bits} {hash:?}");
        assert_eq!(outcome(&verdict, CheckName::Presence).0, expected.0, "{bits} {hash:?}");
        assert_ne!(verdict.decision(), Decision::Genuine);
        // The data are read all the same: what the authority signed is what it signed.
        assert!(verdict.hashed.contains(&FileId::Dg15) && verdict.hashed.contains(&FileId::Dg1));
        // A false signature is a copy's, whatever the key.
        let answer = evidence.active_authentication.as_mut().unwrap();
        answer.signature.as_mut().unwrap().0[9] ^= 1;
        let verdict = weigh(&card, &evidence, &Mode::Challenged(&spend()));
        let forged = outcome(&verdict, CheckName::ActiveAuthentication);
        assert_eq!(forged, (CheckResult::Failed, Some(Reason::CloneSuspected)), "{bits} {hash:?}");
    }
}

#[test]
fn a_weak_key_is_missed_only_where_presence_hangs_on_it() {
    let (card, _, evidence) = with_rsa(1024, HashAlg::Sha1);
    let idle = (CheckResult::NotApplicable, None);
    let verdict = weigh(&card, &evidence, &Mode::Data);
    assert_eq!(outcome(&verdict, CheckName::ActiveAuthentication), idle);
    assert_eq!(outcome(&verdict, CheckName::Presence), (CheckResult::Undecided, Some(Reason::PresenceNotProven)));
    // At the reader, Chip Authentication proved the chip.
    let own = evidence.active_authentication.as_ref().unwrap().challenge.0.as_slice().try_into().ok();
    let proof = LiveProof::new(&evidence, Some(card.ephemeral.clone()), own);
    let verdict = weigh(&card, &evidence, &Mode::Live(&proof));
    assert_eq!(outcome(&verdict, CheckName::ChipAuthentication), (CheckResult::Passed, None));
    assert_eq!(outcome(&verdict, CheckName::ActiveAuthentication), idle);
    assert_eq!(outcome(&verdict, CheckName::Presence), (CheckResult::Passed, None));
    // And where it did not, the weak key does not do instead.
    let mut silent = evidence;
    silent.chip_authentication = None;
    let proof = LiveProof::new(&silent, None, own);
    let verdict = weigh(&card, &silent, &Mode::Live(&proof));
    assert_eq!(outcome(&verdict, CheckName::ActiveAuthentication), (CheckResult::Undecided, Some(Reason::WeakKey)));
    assert_eq!(outcome(&verdict, CheckName::Presence), (CheckResult::Undecided, Some(Reason::PresenceNotProven)));
}

#[test]
fn the_honest_key_of_the_profile_is_accepted() {
    let card = Card::new();
    let challenge = Challenge::draw(&mut DangerousSeededEntropy::new(3), card.now);
    let mut evidence = card.evidence();
    let signature = aa::sign(&card.aa_key, HashAlg::Sha256, challenge.bytes());
    let answer = AaAnswer { challenge: challenge.bytes().into(), signature: Some(signature.into()) };
    evidence.active_authentication = Some(answer);
    let spent = drawn(&challenge);
    let verdict = weigh(&card, &evidence, &Mode::Challenged(&spent));
    assert_eq!(outcome(&verdict, CheckName::Presence), (CheckResult::Passed, None));
}

/// secp224r1 by name, with a point of the right length.
fn small_curve() -> SecurityInfo {
    let algorithm = der::sequence(&[&der::oid("1.2.840.10045.2.1"), &der::oid("1.3.132.0.33")]);
    let point = [&[4][..], &[7; 56]].concat();
    let key = der::sequence(&[&algorithm, &der::bit_string(&point)]);
    let oid = "0.4.0.127.0.7.2.2.1.2";
    SecurityInfo::Other { oid: oid.into(), der: der::sequence(&[&der::oid(oid), &key, &der::integer(1)]) }
}

#[test]
fn chip_authentication_of_a_weak_kind_is_none() {
    let ecdh = "0.4.0.127.0.7.2.2.3.2.";
    let info = |arc: &str| {
        let protocol = format!("{ecdh}{arc}");
        SecurityInfo::ChipAuthentication(ChipAuthenticationInfo { protocol, version: 1, key_id: Some(1) })
    };
    let weak = (CheckResult::Undecided, Some(Reason::WeakKey));
    let not_run = (CheckResult::Undecided, Some(Reason::PresenceNotProven));
    for (arc, small, expected) in [("2", false, not_run), ("1", false, weak), ("2", true, weak), ("1", true, weak)] {
        let mut card = Card::new();
        let good = ChipAuthenticationPublicKeyInfo { key: card.ca_key.public_key(), key_id: Some(1) };
        let key = if small { small_curve() } else { SecurityInfo::ChipAuthenticationPublicKey(good) };
        let pace = SecurityInfo::Pace(PaceInfo::ecdh_gm_aes_128(card.ca_key.public_key().curve()));
        let infos = SecurityInfos(vec![pace, info(arc), key]);
        card.files.insert(FileId::Dg14, tlv::encode(dg14::TAG, &infos.encode()));
        card.sign();
        let mut evidence = card.evidence();
        evidence.chip_authentication = None;
        let proof = LiveProof::new(&evidence, None, None);
        let verdict = weigh(&card, &evidence, &Mode::Live(&proof));
        assert_eq!(outcome(&verdict, CheckName::ChipAuthentication), expected, "{arc} {small}");
        assert_eq!(outcome(&verdict, CheckName::Presence), (CheckResult::Undecided, Some(Reason::PresenceNotProven)));
    }
}
