//! The card's state by the signed status list: active, not yet handed over, suspended, revoked.

use super::{Judgement, Policy, national::national};
use crate::pki::sod::SodChecked;
use crate::pki::trust::TrustStore;
use crate::reason::Reason;
use crate::verify::check::{Check, CheckName};
use crate::verify::evidence::Evidence;

/// The status list gives the state that the purpose asks for.
#[derive(Debug)]
pub struct StatusFits(());

/// Looks the card's index up.
pub(super) fn check(
    evidence: &Evidence,
    _sod: &SodChecked,
    _trust: &TrustStore,
    policy: &Policy<'_>,
    out: &mut Judgement,
) -> Option<StatusFits> {
    let name = CheckName::Status;
    let Some(_dg13) = national(evidence) else {
        out.add(Check::undecided(name, Reason::GroupNotRead, "DG13, which holds the card's status index, was not read"));
        return None;
    };
    let Some(_list) = policy.status_list else {
        out.add(Check::undecided(name, Reason::StatusListStale, "there is no card status list"));
        return None;
    };
    None
}
