//! The receipt chain: every receipt holds the head before it, so that a gap, a fork or an edit shows.

use super::{Job, JournalError};
use crate::crypto::hash::sha256;
use crate::lds::file_id::FileId;
use crate::perso::job::JobId;
use crate::perso::receipt::Receipt;
use crate::perso::state::State;
use crate::pki::statement;
use crate::pki::trust::TrustStore;
use crate::pki::x509::issue::Purpose;
use jiff::Timestamp;
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

/// Checks the whole chain, entry by entry: numbers and heads, the signature of every receipt, and that each says what its job's
/// row says; then that no issued job is without one. Returns its length.
pub(super) fn verify(db: &Connection, trust: Option<&TrustStore>) -> Result<u64, JournalError> {
    let mut statement = db.prepare("SELECT n, previous, body, signature, job FROM receipt ORDER BY n")?;
    let mut at = ChainHead { n: 0, head: [0; 32] };
    for row in statement.query_map([], |r| Ok((entry(r), r.get::<_, String>(4)?)))? {
        let (entry, job) = row?;
        let entry = entry?;
        if entry.n != at.n + 1 || entry.previous != at.head {
            return Err(JournalError::ChainBroken(at.n + 1));
        }
        at = ChainHead { n: entry.n, head: entry.head() };
        let id = JobId::parse(&job).map_err(|_| JournalError::Damaged("receipt.job"))?;
        let what = check(&entry, &super::row::find(db, &id)?, trust)?;
        what.map_or(Ok(()), |what| Err(JournalError::Contradicted { n: entry.n, what }))?;
    }
    let stated = head(db)?;
    if stated != at {
        return Err(JournalError::ChainBroken(stated.n));
    }
    let issued: i64 = db.query_row("SELECT count(*) FROM job WHERE state = ?1", [State::Issued.name()], |r| r.get(0))?;
    // Every receipt's job is issued, so only the other way round is left to ask.
    match u64::try_from(issued).unwrap_or(0).saturating_sub(at.n) {
        0 => Ok(at.n),
        cut => Err(JournalError::WithoutReceipt(cut)),
    }
}

/// The receipt's signature, and the first thing in which it and its job's row differ.
fn check(entry: &Entry, job: &Job, trust: Option<&TrustStore>) -> Result<Option<&'static str>, JournalError> {
    let bad = |why| JournalError::BadReceipt { n: entry.n, why };
    let signed = statement::holds(&entry.body, &entry.signature).map_err(bad)?;
    let Ok(receipt) = Receipt::from_json(&entry.body) else { return Ok(Some("form")) };
    if let Some(trust) = trust {
        // By the time of signing: receipts are kept longer than their key's certificate lives.
        let at = signed.signed_at.or_else(|| receipt.timings.issued_at.parse().ok()).unwrap_or(Timestamp::UNIX_EPOCH);
        statement::verify(&entry.body, &entry.signature, Purpose::Receipt, trust, at).map_err(bad)?;
    }
    let hex = crate::verify::hex::encode;
    let same = [
        ("number", receipt.number == entry.n && receipt.previous == hex(&entry.previous)),
        ("receipt key", receipt.certificates.receipt == signed.signer.serial_hex()),
        ("job", receipt.job == job.id.as_str()),
        ("state", job.state == State::Issued),
        ("chip serial", job.chip.is_some_and(|c| c.to_string() == receipt.chip_serial)),
        ("document number", receipt.document_number == job.document_number),
        ("status index", receipt.status_index == job.status_index),
        ("profile", receipt.profile == job.profile),
        ("image", receipt.image == hex(&job.image_digest)),
        ("authorization", receipt.authorization == hex(&job.authorization_digest)),
        ("keys", receipt.keys.iter().map(|k| k.public_key.clone()).eq(job.keys.iter().map(|k| hex(&k.key)))),
        ("EF.SOD", job.sod.as_ref().is_some_and(|sod| receipt.file_sha256(FileId::Sod) == Some(&hex(&sha256(sod))))),
    ];
    Ok(same.into_iter().find(|(_, agrees)| !agrees).map(|(what, _)| what))
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
