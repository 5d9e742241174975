//! The card's state by the signed status list: active, not yet handed over, suspended, revoked.

use super::national::national;
use super::{Judgement, Policy, Purpose, revocation};
use crate::pki::status_list::{self, Answer, CardStatus, StatusListChecked};
use crate::pki::trust::TrustStore;
use crate::reason::{Reason, Refusal};
use crate::verify::check::{Check, CheckName};
use crate::verify::evidence::Evidence;
use crate::verify::told::Told;
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
        return Check::undecided(
            NAME,
            Reason::GroupNotRead,
            Told::both(
                "DG13, which holds the card's status index, was not read",
                "DG13, yang memuat indeks status kartu, tidak dibaca",
            ),
        );
    };
    let Some(bytes) = policy.status_list else {
        return Check::undecided(
            NAME,
            Reason::StatusListStale,
            Told::both("there is no card status list", "tidak ada daftar status kartu"),
        );
    };
    let list = match status_list::verify(bytes, trust, policy.now, policy.seen.status_list.unwrap_or(0)) {
        Ok(list) => list,
        // A false or refused list says nothing about the card, so it cannot make the card false.
        Err(error) => return Check::undecided(NAME, error.reason(), Told::error(&error)),
    };
    out.findings.status_list = Some(ListSeen { number: list.number(), issued_at: list.issued_at() });
    if let Err(gap) = revocation::decide(list.path().revocation(), policy, out) {
        return Check::undecided(
            NAME,
            gap.reason,
            gap.detail.after("the status list's signer: ", "penanda tangan daftar status: "),
        );
    }
    match list.answer(u64::from(dg13.status_index), policy.now) {
        Ok(answer) => weigh(&answer, &list, policy.purpose, out),
        Err(error) => Check::undecided(NAME, error.reason(), Told::error(&error)),
    }
}

fn weigh(answer: &Answer, list: &StatusListChecked, purpose: Purpose, out: &mut Judgement) -> Check {
    if !answer.fresh {
        out.findings.notes.push(Told::both(
            format!("the status list is more than a day old: it was made at {}", list.issued_at()),
            format!("daftar status lebih tua dari satu hari: dibuat {}", list.issued_at()),
        ));
    }
    let failed = |reason| Check::failed(NAME, reason, by("by list", "menurut daftar", list));
    match (answer.status, purpose) {
        (CardStatus::Active, Purpose::Use) => Check::passed(NAME, by("active by list", "aktif menurut daftar", list)),
        (CardStatus::NotHandedOver, Purpose::Handover) => {
            Check::passed(NAME, by("not yet handed over by list", "belum diserahkan menurut daftar", list))
        }
        (CardStatus::NotHandedOver, Purpose::Use) => failed(Reason::CardNotHandedOver),
        (CardStatus::Active, Purpose::Handover) => failed(Reason::CardHandedOver),
        (CardStatus::Suspended, _) => failed(Reason::CardSuspended),
        (CardStatus::Revoked, _) => failed(Reason::CardRevoked),
    }
}

fn by(en: &str, id: &str, list: &StatusListChecked) -> Told {
    let (number, at) = (list.number(), list.issued_at());
    Told::both(format!("{en} {number} of {at}"), format!("{id} {number} tanggal {at}"))
}
