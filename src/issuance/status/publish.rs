//! The list given out from the store itself: what became of cards since the last time is found by the audit, and signed under the next
//! number. The heads of the audit up to which that was done are kept with the register: they say where the next time begins, and show a
//! store that was put back.
//!
//! Nothing is missed and no number given twice, whenever it is cut short: signed files are staged, then the register is stored with their
//! number, then they are shown. Before the register is stored nothing happened; after it, the next run shows what is staged.

use super::StatusError;
use crate::crypto::hash::sha256;
use crate::issuance::handover::status::{bring as bring_all, one};
use crate::issuance::store::{Head, Id, Kind, Office, Row, Store, StoreError, StoreKey, audit};
use crate::limits::STORE_PAGE_ROWS;
use crate::pki::status_list::folder::{Folder, Signed};
use crate::pki::status_list::register::{AuditHead, Held, Register};
use crate::pki::status_list::{self, StatusListError, delta};
use crate::pki::x509::issue::Credential;
use crate::verify::hex;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What was given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Under which number.
    pub number: u64,
    /// How many statuses changed in the register by it.
    pub changed: usize,
    /// Indices in the delta, and its bytes; none where there was no list that it could go on from.
    pub delta: Option<(usize, usize)>,
    /// Indices of the whole list, and its bytes; none where there was no need of one.
    pub whole: Option<(u64, usize)>,
}

/// The heads that a register keeps.
///
/// # Errors
/// [`StatusListError::Register`] if they are none.
pub fn witnessed(register: &Register) -> Result<Vec<Head>, StatusError> {
    let one = |kept: &AuditHead| {
        let head = hex::decode(&kept.head).and_then(|bytes| bytes.try_into().ok());
        let office = Office::parse(&kept.office).ok();
        office.zip(head).map(|(office, head)| Head { office, n: kept.n, head }).ok_or(StatusListError::Register)
    };
    Ok(register.heads().iter().map(one).collect::<Result<_, _>>()?)
}

/// Brings a register to where the cards of the store stand: those that the audit has steps of since the heads that the register keeps, or
/// all. How many statuses changed. The register then keeps the heads as they were before.
///
/// # Errors
/// [`StoreError::RolledBack`] or [`StoreError::Forked`] for a store that is older than the register saw it, or another; what the store
/// says; [`StatusListError::IndexTooLarge`] for a card whose index the list has not.
pub fn bring(store: &mut dyn Store, key: &StoreKey, register: &mut Register, all: bool) -> Result<usize, StatusError> {
    let known = witnessed(register)?;
    audit::witness(store, &known)?;
    // First: what is committed while the cards are looked at belongs to the next time.
    let heads = store.heads()?;
    let changed = if all || known.is_empty() {
        bring_all(store, key, register)?
    } else {
        let mut changed = 0;
        for card in since(store, &known, &heads)? {
            let standing = store.standing(Kind::Card, &card)?.ok_or(StoreError::Damaged("card"))?;
            changed += usize::from(one(store, key, register, &standing)?);
        }
        changed
    };
    let kept = |head: &Head| AuditHead { office: head.office.to_string(), n: head.n, head: hex::encode(&head.head) };
    register.keep_heads(heads.iter().map(kept).collect());
    Ok(changed)
}

/// Cards of which the audit has steps between these heads.
fn since(store: &mut dyn Store, known: &[Head], heads: &[Head]) -> Result<BTreeSet<Id>, StatusError> {
    let mut cards = BTreeSet::new();
    each_since(store, known, heads, &mut |row| {
        if row.kind == Kind::Card {
            cards.insert(row.id.clone());
        }
    })?;
    Ok(cards)
}

/// Each row that the audit has between these heads.
pub(super) fn each_since(
    store: &mut dyn Store,
    known: &[Head],
    heads: &[Head],
    each: &mut dyn FnMut(&Row),
) -> Result<(), StatusError> {
    for head in heads {
        let mut after = known.iter().find(|known| known.office == head.office).map_or(0, |known| known.n);
        while after < head.n {
            let rows = store.rows(&head.office, after, STORE_PAGE_ROWS)?;
            let Some(last) = rows.last() else { return Err(StoreError::Damaged("audit").into()) };
            after = last.n;
            rows.iter().for_each(&mut *each);
        }
    }
    Ok(())
}

/// Gives the list out: finishes what an earlier run left, brings the register to the store, and signs what is next. `asked` is for a whole
/// list beside the delta.
///
/// # Errors
/// As [`bring`]; [`StatusListError::Exists`] for a folder of another list, [`StatusListError::Behind`] for a register that was put back,
/// [`StatusListError::Signature`] for a key that signs no lists, [`StatusListError::Io`].
pub fn publish(
    (store, key): (&mut dyn Store, &StoreKey),
    (held, folder): (&mut Held, &Folder),
    signer: &Credential,
    (at, asked): (Timestamp, bool),
) -> Result<Published, StatusError> {
    let staged = stage((store, key), (&mut held.register, folder), signer, (at, asked))?;
    held.save()?;
    show(&held.register, folder, staged)
}

/// What is staged, and up to which number deltas are of no use any more.
#[derive(Debug)]
pub(super) struct Staged {
    published: Published,
    obsolete: u64,
}

/// Everything before the register is stored: nobody has seen anything yet.
pub(super) fn stage(
    (store, key): (&mut dyn Store, &StoreKey),
    (register, folder): (&mut Register, &Folder),
    signer: &Credential,
    (at, asked): (Timestamp, bool),
) -> Result<Staged, StatusError> {
    folder.belongs(register.uri(), register.number())?;
    folder.settle(register.number())?;
    let stranded = register.number() > 0 && !folder.shows(register.number())?;
    let changed = bring(store, key, register, asked)?;
    let next = register.next(at, &hex::encode(&sha256(signer.cert.as_der())), asked || stranded);
    // From a list that this folder never had nobody can go on.
    let delta = next.delta.filter(|_| !stranded);
    let signed = Signed {
        delta: delta.as_ref().map(|delta| delta::sign(delta, signer)).transpose()?,
        whole: next.whole.as_ref().map(|whole| status_list::sign(whole, signer)).transpose()?,
    };
    folder.stage(next.number, &signed)?;
    let size = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::len);
    let published = Published {
        number: next.number,
        changed,
        delta: delta.map(|delta| (delta.changes.len(), size(&signed.delta))),
        whole: next.whole.map(|whole| (whole.bits.len(), size(&signed.whole))),
    };
    Ok(Staged { published, obsolete: next.obsolete })
}

fn show(register: &Register, folder: &Folder, staged: Staged) -> Result<Published, StatusError> {
    folder.settle(register.number())?;
    folder.prune(staged.obsolete)?;
    Ok(staged.published)
}
