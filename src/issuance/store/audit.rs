//! The audit: one hash chain an office, written with each step, and read back as a judge would.

use super::Store;
use super::copies;
use super::error::{Broken, StoreError};
use super::rule::{self, Kind};
pub use super::statement::Signatory;
use super::statement::{self, OPEN};
use super::word::{Id, Office};
use crate::crypto::hash::sha256;
use crate::crypto::symmetric::same;
use crate::issuance::officer::{ActError, OfficerId};
use crate::limits::STORE_PAGE_ROWS;
use crate::verify::hex;

/// First bytes of what is hashed.
pub(super) const LABEL: &[u8] = b"ektp-audit-1";

/// A row of the audit, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Whose chain.
    pub office: Office,
    /// Its number there, from 1.
    pub n: u64,
    /// Of what.
    pub kind: Kind,
    /// Of which.
    pub id: Id,
    /// How many steps the thing has taken with this one.
    pub revision: u64,
    /// State before; empty at the beginning.
    pub was: String,
    /// State after.
    pub now: String,
    /// When, by the clock of who took it, in microseconds since 1970. The order is `n`; a clock that went back shows here.
    pub at: i64,
    /// The job of the change.
    pub job: Id,
    /// Which step of it, from 0.
    pub part: u32,
    /// What was signed, JSON.
    pub statement: String,
    /// By whom, JSON with the signatures.
    pub hands: String,
    /// Head of the chain after this row.
    pub head: [u8; 32],
}

/// Where a chain stands. Public: it tells nothing of anybody, and held elsewhere it shows that a store was put back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    /// Whose chain.
    pub office: Office,
    /// Rows.
    pub n: u64,
    /// Head after them.
    pub head: [u8; 32],
}

/// The head before the first row, which no other office has: `SHA-256("ektp-audit-1" ‖ office)`.
#[must_use]
pub fn genesis(office: &Office) -> [u8; 32] {
    sha256(&[LABEL, office.as_str().as_bytes()].concat())
}

/// What of a row is hashed besides its number and the head before it.
#[derive(Clone, Copy)]
pub(super) struct Hashed<'a> {
    pub revision: u64,
    pub was: &'a str,
    pub now: &'a str,
    pub statement: &'a str,
    pub hands: &'a str,
}

/// `SHA-256("ektp-audit-1" ‖ n ‖ previous ‖ revision ‖ SHA-256(was) ‖ SHA-256(now) ‖ SHA-256(statement) ‖ SHA-256(hands))`, numbers as
/// eight bytes, big-endian. PostgreSQL computes the same (`postgres/row.sql`).
pub(super) fn next(n: u64, previous: &[u8; 32], of: Hashed<'_>) -> [u8; 32] {
    let text = |text: &str| sha256(text.as_bytes());
    let parts: [&[u8]; 8] = [
        LABEL,
        &n.to_be_bytes(),
        previous,
        &of.revision.to_be_bytes(),
        &text(of.was),
        &text(of.now),
        &text(of.statement),
        &text(of.hands),
    ];
    sha256(&parts.concat())
}

/// Why the signatures of a row do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// Statement or hands do not parse, or an office is none of the procedures'.
    #[error("its signatures cannot be read")]
    Form,
    /// An officer of an office that is not above that of the row.
    #[error("officer {0} is of another office")]
    Elsewhere(OfficerId),
    /// A step of a copy, in the centre's own store.
    #[error("the centre's own store holds no copies")]
    Copy,
    /// A signature does not hold, or its officer was not entitled.
    #[error(transparent)]
    Act(#[from] ActError),
}

impl Row {
    /// The head after this row, if `previous` is the one before it.
    #[must_use]
    pub fn follows(&self, previous: &[u8; 32]) -> [u8; 32] {
        let Self { revision, was, now, statement, hands, .. } = self;
        next(self.n, previous, Hashed { revision: *revision, was, now, statement, hands })
    }

    /// The act that its officers signed: the step's name, and the SHA-256 of the statement.
    #[must_use]
    pub fn act(&self) -> Option<(String, [u8; 32])> {
        let read = statement::Read::parse(&self.statement)?;
        Some((statement::act_name(&read.kind, &read.step), sha256(self.statement.as_bytes())))
    }

    /// Who signed it: id, role, office of the grant, signature.
    #[must_use]
    pub fn signatories(&self) -> Option<Vec<Signatory>> {
        statement::read_signatories(&self.hands)
    }

    /// What was signed, besides what the columns say.
    fn read(&self) -> Option<statement::Read> {
        statement::Read::parse(&self.statement)
    }

    /// The word of the step; `open` for a beginning.
    #[must_use]
    pub fn step(&self) -> Option<String> {
        self.read().map(|read| read.step)
    }

    /// Why, if a reason was given.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        self.read()?.reason
    }

    /// On which device or at which station, if it was said.
    #[must_use]
    pub fn device(&self) -> Option<String> {
        self.read()?.device
    }

    /// SHA-256 of the paper, receipt, minutes or result by which it was taken.
    #[must_use]
    pub fn evidence(&self) -> Option<[u8; 32]> {
        hex::decode(&self.read()?.evidence?)?.try_into().ok()
    }

    /// What is wrong with the row itself, wherever it stands.
    fn judge(&self) -> Result<(), Broken> {
        let read = statement::Read::parse(&self.statement).ok_or(Broken::Columns)?;
        let columns = read.job == self.job.as_str()
            && read.part == self.part
            && read.office == self.office.as_str()
            && read.kind == self.kind.name()
            && read.id == self.id.as_str()
            && read.at() == Some(self.at);
        let hands = statement::read_hands(&self.hands).filter(|_| columns).ok_or(Broken::Columns)?;
        let ruled = if read.step == OPEN {
            let first = self.was.is_empty() && self.revision == 1 && read.begins.as_deref() == Some(self.now.as_str());
            first && rule::begins(self.kind, &self.now, &hands)
        } else {
            rule::has(self.kind, &read.step, &self.was, &self.now, &hands)
        };
        if ruled { Ok(()) } else { Err(Broken::Rule) }
    }
}

/// What a verification went through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// The heads, by office.
    pub heads: Vec<Head>,
    /// All rows.
    pub rows: u64,
    /// Rows whose clock stands before that of the row they follow: of stations that differ by a little, or of a clock put back.
    pub clock_back: u64,
}

/// Verifies every chain, row by row: numbers and heads, columns, rules; then that the things of the store stand where the rows left
/// them. `known` are heads seen before: a store that does not hold them is an older one, or another. Memory does not grow with rows.
///
/// # Errors
/// [`StoreError::AuditBroken`] with the first row that is wrong, [`StoreError::Unaccounted`], [`StoreError::RolledBack`],
/// [`StoreError::Forked`].
pub fn verify(store: &mut dyn Store, known: &[Head]) -> Result<Verified, StoreError> {
    verify_with(store, known, &|_| Ok(()))
}

/// What judges the signatures of a row.
pub type Judge<'a> = dyn Fn(&Row) -> Result<(), SignatureError> + 'a;

/// The same, and what a judge says of the signatures of every row ([`crate::issuance::desk::signatures::row`]).
///
/// # Errors
/// As [`verify`]; [`Broken::Signature`].
pub fn verify_with(store: &mut dyn Store, known: &[Head], judge: &Judge<'_>) -> Result<Verified, StoreError> {
    let heads = store.heads()?;
    let mut verified = Verified::default();
    let is_the_centres = heads.iter().any(|head| head.office == copies::centre());
    // Where the centre's own chain is, nothing follows the centre.
    let judge: &Judge<'_> = &|row| if is_the_centres && copies::is_any(row) { Err(SignatureError::Copy) } else { judge(row) };
    for head in &heads {
        chain(store, head, judge, &mut verified)?;
    }
    for kind in Kind::ALL {
        if let Some(id) = store.unaccounted(kind)? {
            return Err(StoreError::Unaccounted { kind, id: id.to_string() });
        }
    }
    witness(store, known)?;
    verified.heads = heads;
    Ok(verified)
}

fn chain(store: &mut dyn Store, head: &Head, judge: &Judge<'_>, verified: &mut Verified) -> Result<(), StoreError> {
    let office = &head.office;
    let broken = |n, why| StoreError::AuditBroken { office: office.to_string(), n, why };
    let (mut n, mut at, mut clock) = (0, genesis(office), i64::MIN);
    loop {
        let rows = store.rows(office, n, STORE_PAGE_ROWS)?;
        for row in &rows {
            n += 1;
            if row.n != n {
                return Err(broken(n, Broken::Missing));
            }
            at = row.follows(&at);
            if !same(&at, &row.head) {
                return Err(broken(n, Broken::Head));
            }
            row.judge().map_err(|why| broken(n, why))?;
            judge(row).map_err(|why| broken(n, Broken::Signature(why)))?;
            if row.revision == 1 {
                began(store, row)?;
            }
            verified.rows += 1;
            verified.clock_back += u64::from(row.at < clock);
            clock = row.at;
        }
        if rows.len() < usize::try_from(STORE_PAGE_ROWS).unwrap_or(usize::MAX) {
            break;
        }
    }
    if n == head.n && same(&at, &head.head) { Ok(()) } else { Err(broken(n.min(head.n) + 1, Broken::End)) }
}

/// Whether the thing that a row began still is what it began as.
fn began(store: &mut dyn Store, row: &Row) -> Result<(), StoreError> {
    let standing = store.standing(row.kind, &row.id)?;
    let read = statement::Read::parse(&row.statement);
    match (standing, read) {
        (Some(standing), Some(read)) if read.began(&standing) => Ok(()),
        _ => Err(StoreError::Unaccounted { kind: row.kind, id: row.id.to_string() }),
    }
}

/// Holds a store against heads seen before.
///
/// # Errors
/// [`StoreError::RolledBack`] if it ends earlier, [`StoreError::Forked`] if it has another row there.
pub fn witness(store: &mut dyn Store, known: &[Head]) -> Result<(), StoreError> {
    if known.is_empty() {
        return Ok(());
    }
    let heads = store.heads()?;
    for seen in known {
        let found = heads.iter().find(|head| head.office == seen.office).map_or(0, |head| head.n);
        let office = seen.office.to_string();
        if found < seen.n {
            return Err(StoreError::RolledBack { office, known: seen.n, found });
        }
        let Some(before) = seen.n.checked_sub(1) else { continue };
        let row = store.rows(&seen.office, before, 1)?;
        if row.first().is_none_or(|row| row.n != seen.n || !same(&row.head, &seen.head)) {
            return Err(StoreError::Forked { office, n: seen.n });
        }
    }
    Ok(())
}
