//! The card's state by the signed status list: active, not yet handed over, suspended, revoked.

use super::national::national;
use super::{Judgement, Policy, Purpose, revocation};
use crate::pki::status_list::{self, Answer, CardStatus, StatusListChecked};
use crate::pki::trust::TrustStore;
use crate::reason::{Reason, Refusal};
use crate::verify::check::{Check, CheckName};
use crate::verify::evidence::Evidence;
use crate::verify::verdict::ListSeen;

const NAME: CheckName = CheckName::Status;

/// The status list gives the state that the purpose asks for.
#[derive(Debug)]
pub struct StatusFits(());

/// Verifies the list and looks the card's index up.
pub(super) fn check(evidence: &Evidence, trust: &TrustStore, policy: &Policy<'_>, out: &mut Judgement) -> Option<StatusFits> {
    let found = look_up(evidence, trust, policy, out);
    let token = found.result == crate::verify::check::CheckResult::Passed;
    out.add(found);
    token.then_some(StatusFits(()))
}

fn look_up(evidence: &Evidence, trust: &TrustStore, policy: &Policy<'_>, out: &mut Judgement) -> Check {
    let Some(dg13) = national(evidence) else {
        return Check::undecided(NAME, Reason::GroupNotRead, "DG13, which holds the card's status index, was not read");
    };
    let Some(bytes) = policy.status_list else {
        return Check::undecided(NAME, Reason::StatusListStale, "there is no card status list");
    };
    let list = match status_list::verify(bytes, trust, policy.now, policy.seen.status_list.unwrap_or(0)) {
        Ok(list) => list,
        // A false or refused list says nothing about the card, so it cannot make the card false.
        Err(error) => return Check::undecided(NAME, error.reason(), error.to_string()),
    };
    out.findings.status_list = Some(ListSeen { number: list.number(), issued_at: list.issued_at() });
    if let Err(gap) = revocation::decide(list.path().revocation(), policy, out) {
        return Check::undecided(NAME, gap.reason, format!("the status list's signer: {}", gap.detail));
    }
    match list.answer(u64::from(dg13.status_index), policy.now) {
        Ok(answer) => weigh(&answer, &list, policy.purpose, out),
        Err(error) => Check::undecided(NAME, error.reason(), error.to_string()),
    }
}

fn weigh(answer: &Answer, list: &StatusListChecked, purpose: Purpose, out: &mut Judgement) -> Check {
    if !answer.fresh {
        out.findings.notes.push(format!("the status list is more than a day old: it was made at {}", list.issued_at()));
    }
    let failed = |reason| Check::failed(NAME, reason, format!("by list {} of {}", list.number(), list.issued_at()));
    match (answer.status, purpose) {
        (CardStatus::Active, Purpose::Use) => {
            Check::passed(NAME, format!("active by list {} of {}", list.number(), list.issued_at()))
        }
        (CardStatus::NotHandedOver, Purpose::Handover) => {
            Check::passed(NAME, format!("not yet handed over by list {} of {}", list.number(), list.issued_at()))
        }
        (CardStatus::NotHandedOver, Purpose::Use) => failed(Reason::CardNotHandedOver),
        (CardStatus::Active, Purpose::Handover) => failed(Reason::CardHandedOver),
        (CardStatus::Suspended, _) => failed(Reason::CardSuspended),
        (CardStatus::Revoked, _) => failed(Reason::CardRevoked),
    }
}
