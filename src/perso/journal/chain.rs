//! The receipt chain: every receipt holds the head before it, so that a gap, a fork or an edit shows.

use super::JournalError;
use crate::crypto::hash::sha256;
use rusqlite::{Connection, OptionalExtension as _};

/// Where the chain stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    /// Number of entries.
    pub n: u64,
    /// Head after them; zero for an empty chain.
    pub head: [u8; 32],
}

/// One entry of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 1.
    pub n: u64,
    /// Head before it.
    pub previous: [u8; 32],
    /// The receipt, JSON as signed.
    pub body: Vec<u8>,
    /// The station's detached signature over it (CMS, DER).
    pub signature: Vec<u8>,
}

impl Entry {
    /// Head after this entry: `SHA-256("ektp-receipt-1" ‖ n ‖ previous ‖ SHA-256(body) ‖ SHA-256(signature))`.
    #[must_use]
    pub fn head(&self) -> [u8; 32] {
        sha256(
            &[b"ektp-receipt-1".as_slice(), &self.n.to_be_bytes(), &self.previous, &sha256(&self.body), &sha256(&self.signature)]
                .concat(),
        )
    }
}

/// The head, after checking that the newest entry is the one it names.
pub(super) fn head(db: &Connection) -> Result<ChainHead, JournalError> {
    let (n, bytes): (i64, Vec<u8>) = db.query_row("SELECT n, head FROM chain_head", [], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let n = u64::try_from(n).map_err(|_| JournalError::Damaged("chain_head.n"))?;
    let head = <[u8; 32]>::try_from(bytes).map_err(|_| JournalError::Damaged("chain_head.head"))?;
    let last: Option<(i64, Vec<u8>)> =
        db.query_row("SELECT n, head FROM receipt ORDER BY n DESC LIMIT 1", [], |r| Ok((r.get(0)?, r.get(1)?))).optional()?;
    let (last_n, last_head) = last.map_or((0, vec![0; 32]), |(n, h)| (u64::try_from(n).unwrap_or(0), h));
    if last_n != n || last_head != head {
        return Err(JournalError::ChainBroken(n));
    }
    Ok(ChainHead { n, head })
}

/// Appends `entry`, which must continue the chain exactly.
pub(super) fn append(db: &Connection, job: &str, entry: &Entry) -> Result<(), JournalError> {
    let at = head(db)?;
    if entry.n != at.n + 1 || entry.previous != at.head {
        return Err(JournalError::ChainBroken(entry.n));
    }
    let n = i64::try_from(entry.n).map_err(|_| JournalError::ChainBroken(entry.n))?;
    db.execute(
        "INSERT INTO receipt (n, job, previous, body, signature, head) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        rusqlite::params![n, job, entry.previous, entry.body, entry.signature, entry.head()],
    )?;
    db.execute("UPDATE chain_head SET n = ?1, head = ?2", rusqlite::params![n, entry.head()])?;
    Ok(())
}

/// The entry of a job.
pub(super) fn of_job(db: &Connection, job: &str) -> Result<Option<Entry>, JournalError> {
    db.query_row("SELECT n, previous, body, signature FROM receipt WHERE job = ?1", [job], |r| Ok(entry(r)))
        .optional()?
        .transpose()
}

/// Checks the whole chain, entry by entry, and returns its length.
pub(super) fn verify(db: &Connection) -> Result<u64, JournalError> {
    let mut statement = db.prepare("SELECT n, previous, body, signature FROM receipt ORDER BY n")?;
    let mut at = ChainHead { n: 0, head: [0; 32] };
    for row in statement.query_map([], |r| Ok(entry(r)))? {
        let entry = row??;
        if entry.n != at.n + 1 || entry.previous != at.head {
            return Err(JournalError::ChainBroken(at.n + 1));
        }
        at = ChainHead { n: entry.n, head: entry.head() };
    }
    let stated = head(db)?;
    if stated == at { Ok(at.n) } else { Err(JournalError::ChainBroken(stated.n)) }
}

fn entry(r: &rusqlite::Row<'_>) -> Result<Entry, JournalError> {
    let n: i64 = r.get(0)?;
    let previous: Vec<u8> = r.get(1)?;
    Ok(Entry {
        n: u64::try_from(n).map_err(|_| JournalError::Damaged("receipt.n"))?,
        previous: previous.try_into().map_err(|_| JournalError::Damaged("receipt.previous"))?,
        body: r.get(2)?,
        signature: r.get(3)?,
    })
}
