//! What a path's revocation lists are worth to this judge: they decide, and none is older than one that it has seen.

use super::{Judgement, Policy};
use crate::pki::x509::path::Revocation;
use crate::reason::{Reason, Refusal};
use crate::verify::told::Told;
use crate::verify::verdict::RevocationListSeen;
use jiff::Timestamp;

/// Why the lists do not decide.
pub(super) struct Undecided {
    pub reason: Reason,
    pub detail: Told,
}

/// When the oldest of the lists was made, if they decide; the judge then remembers their numbers.
pub(super) fn decide(known: &Revocation, policy: &Policy<'_>, out: &mut Judgement) -> Result<Timestamp, Undecided> {
    let lists = match known {
        Revocation::Checked { lists } => lists,
        Revocation::Undecided(gap) => return Err(Undecided { reason: gap.reason(), detail: Told::error(gap) }),
    };
    for list in lists {
        if let Some(seen) = policy.seen.crls.get(&list.authority).filter(|seen| **seen > list.number) {
            let number = list.number;
            let detail = Told::both(
                format!("the revocation list has number {number}, {seen} was seen before"),
                format!("daftar pencabutan bernomor {number}, padahal {seen} pernah dilihat"),
            );
            return Err(Undecided { reason: Reason::CrlRollback, detail });
        }
    }
    for list in lists {
        let authority = list.authority.as_slice().into();
        let seen = RevocationListSeen { authority, number: list.number, this_update: list.this_update };
        if !out.findings.revocation_lists.contains(&seen) {
            out.findings.revocation_lists.push(seen);
        }
    }
    let oldest = lists.iter().map(|list| list.this_update).min();
    oldest.ok_or_else(|| Undecided {
        reason: Reason::CrlStale,
        detail: Told::both("there is no revocation list", "tidak ada daftar pencabutan"),
    })
}
