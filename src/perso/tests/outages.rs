//! What a personalization leans on goes away at every call: journal, signer, key service, receipt key; and the clock is set back.

use super::matrix::{End, check};
use super::nth::Failing;
use super::trouble::{Trouble, Troubles};
use super::world::World;
use crate::perso::engine::Outcome;
use crate::perso::error::PersoError;
use crate::perso::journal::JournalError;
use crate::pki::key_service::KeyServiceError;
use crate::pki::signer::SignerError;
use crate::reason::{Reason, Refusal as _};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// Calls of each service in a run without trouble.
fn clean() -> Troubles {
    let troubles = Troubles::none();
    assert!(matches!(World::new(true).go(&troubles), Ok(Outcome::Issued(_))));
    troubles
}

/// Every way in which a call can fail: before or after its work, once or for good.
fn ways<E: Clone>(calls: u32, error: &E) -> Vec<Failing<E>> {
    let way = |at, after, lasting| Failing { at, after, lasting, error: error.clone() };
    (1..=calls).flat_map(|at| [(false, false), (false, true), (true, false), (true, true)].map(|(a, l)| way(at, a, l))).collect()
}

/// The first run's answer, and its reason if it is none.
fn first(world: &mut World, trouble: &Trouble) -> (Result<Outcome, PersoError>, Option<Reason>) {
    let outcome = world.go(&Troubles::of(std::slice::from_ref(trouble)));
    let reason = match &outcome {
        Ok(outcome) => outcome.reason(),
        Err(error) => Some(error.reason()),
    };
    (outcome, reason)
}

/// Runs every trouble, and holds the first run to an honest reason and the end to ISSUED: none of these is the chip's fault.
fn hold(what: &str, troubles: &[Trouble], honest: &[Reason]) {
    let mut told = BTreeMap::<&str, usize>::new();
    for trouble in troubles {
        let mut world = World::new(true);
        let (outcome, reason) = first(&mut world, trouble);
        assert!(reason.is_none_or(|r| honest.contains(&r)), "{trouble:?}: {reason:?}");
        assert!(!matches!(outcome, Ok(Outcome::Void { .. } | Outcome::Quarantined { .. })), "{trouble:?}: {outcome:?}");
        *told.entry(reason.map_or("issued", Reason::code)).or_default() += 1;
        let end = End::of(&world.resume(outcome));
        assert_eq!(end, Some(End::Issued), "{trouble:?}");
        assert_eq!(check(&world, End::Issued), Vec::<String>::new(), "{trouble:?}");
    }
    println!("outages, {what}: {} points, first run {told:?}, then all issued", troubles.len());
}

#[test]
fn a_disk_that_is_full_or_fails_at_any_call_of_the_journal_leaves_a_job_that_goes_on() {
    let calls = clean().journal.made();
    for (error, reason) in
        [(JournalError::Full, Reason::DiskFull), (JournalError::Unavailable("disk I/O error".into()), Reason::FileUnreadable)]
    {
        let troubles: Vec<_> = ways(calls, &error).into_iter().map(Trouble::Journal).collect();
        hold(reason.code(), &troubles, &[reason]);
    }
}

#[test]
fn a_signer_that_goes_down_at_any_call_leaves_a_job_that_waits() {
    let calls = clean().signer.made();
    for (error, reason) in [
        (SignerError::Unavailable, Reason::KeyStoreUnavailable),
        (SignerError::LoginNeeded, Reason::LoginNeeded),
        (SignerError::KeyMissing, Reason::KeyMissing),
    ] {
        assert_eq!(reason.exit(), 50);
        let troubles: Vec<_> = ways(calls, &error).into_iter().map(Trouble::Signer).collect();
        hold("signer", &troubles, &[reason]);
    }
    let troubles: Vec<_> = ways(calls, &SignerError::NoRoom).into_iter().map(Trouble::Signer).collect();
    hold("signer's register", &troubles, &[Reason::DiskFull]);
}

#[test]
fn a_key_service_that_goes_down_at_any_call_leaves_a_job_that_waits() {
    let calls = clean().keys.made();
    for (error, reason) in [
        (KeyServiceError::Unavailable, Reason::KeyStoreUnavailable),
        (KeyServiceError::LoginNeeded, Reason::LoginNeeded),
        (KeyServiceError::KeyMissing("of this version"), Reason::KeyMissing),
    ] {
        assert_eq!(reason.exit(), 50);
        let troubles: Vec<_> = ways(calls, &error).into_iter().map(Trouble::Keys).collect();
        hold("key service", &troubles, &[reason]);
    }
}

#[test]
fn a_receipt_that_cannot_be_signed_leaves_a_locked_card_that_is_held() {
    let troubles = clean();
    assert_eq!(troubles.notary.made(), 1);
    let error = PersoError::Receipt("the key is away".into());
    for failing in ways(1, &error) {
        let mut world = World::new(true);
        let (outcome, _) = first(&mut world, &Trouble::Notary(failing));
        assert_eq!(outcome, Ok(Outcome::Resumable(error.clone())));
        let job = world.job().unwrap();
        assert_eq!((job.state.name(), job.custody.name()), ("LOCKED", "HELD"), "a card without a receipt does not leave");
        assert_eq!(End::of(&world.resume(outcome)), Some(End::Issued));
        assert_eq!(check(&world, End::Issued), Vec::<String>::new());
    }
}

#[test]
fn a_clock_that_is_set_back_at_any_look_spoils_no_card() {
    let looks = clean().clock.looks();
    let steps = [SignedDuration::from_secs(1), SignedDuration::from_hours(24), SignedDuration::from_hours(24 * 3_650)];
    let troubles: Vec<_> = (1..=looks).flat_map(|look| steps.map(|by| Trouble::Clock(look, by))).collect();
    hold("clock", &troubles, &[Reason::TerminalNotAccepted, Reason::CertificateExpired]);
}

#[test]
fn times_in_a_receipt_do_not_go_back() {
    let looks = clean().clock.looks();
    for look in 3..looks {
        let mut world = World::new(false);
        let trouble = Trouble::Clock(look, SignedDuration::from_hours(1));
        if let (Ok(Outcome::Issued(receipt)), _) = first(&mut world, &trouble) {
            assert!(receipt.timings.steps_ms.iter().all(|s| s.ms >= 0), "set back at {look}: {:?}", receipt.timings);
            assert!(receipt.timings.issued_at >= receipt.timings.created_at, "set back at {look}: {:?}", receipt.timings);
        }
    }
}
