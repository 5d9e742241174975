//! The receipt chains, one a station: every receipt holds the head before it, so that a gap, a fork or an edit shows.

use super::base::{self, Fault, Place, Row, Seals, Tx};
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

/// Most entries that are checked at once.
const PAGE: i64 = 200;

/// A station's chain from its beginning, if it has none yet.
pub(super) fn begin(tx: &mut dyn Tx, station: &str) -> Result<(), JournalError> {
    let sql = "INSERT INTO perso_chain (station, n, head) VALUES ($1, 0, $2) ON CONFLICT (station) DO NOTHING";
    Ok(tx.run(sql, &[station.into(), (&[0; 32]).into()])?)
}

/// The head, after checking that the newest entry is the one it names: one statement, so that no entry comes in between.
pub(super) fn head(tx: &mut dyn Tx, station: &str) -> Result<ChainHead, JournalError> {
    let sql = "SELECT c.n, c.head, r.n, r.head FROM perso_chain c LEFT JOIN perso_receipt r ON r.station = c.station \
               AND r.n = (SELECT max(x.n) FROM perso_receipt x WHERE x.station = c.station) WHERE c.station = $1";
    let found = base::one(tx, sql, &[station.into()], |row| {
        let last = (row.int(2)?.unwrap_or(0), row.bytes(3)?.unwrap_or_else(|| vec![0; 32]));
        Ok((count(row, 0, "perso_chain.n")?, digest(row, 1, "perso_chain.head")?, last))
    })?;
    let (n, head, (last_n, last_head)) =
        found.ok_or_else(|| JournalError::Unavailable("the receipt chain's head is gone".into()))?;
    if u64::try_from(last_n) != Ok(n) || last_head != head {
        return Err(JournalError::ChainBroken(n));
    }
    Ok(ChainHead { n, head })
}

/// Appends `entry`, which must continue the station's chain exactly.
pub(super) fn append(
    tx: &mut dyn Tx,
    seals: &dyn Seals,
    (station, job): (&str, &str),
    entry: &Entry,
) -> Result<(), JournalError> {
    // Held first, and read after: whoever waited here sees what the other wrote.
    let hold = format!("SELECT n FROM perso_chain WHERE station = $1{}", tx.held());
    base::one(tx, &hold, &[station.into()], |_| Ok(()))?;
    let at = head(tx, station)?;
    if entry.n != at.n + 1 || entry.previous != at.head {
        return Err(JournalError::ChainBroken(entry.n));
    }
    let n = i64::try_from(entry.n).map_err(|_| JournalError::ChainBroken(entry.n))?;
    let (body, head) = (seals.seal(place(job), &entry.body)?, entry.head());
    let receipt =
        "INSERT INTO perso_receipt (station, n, job, previous, body, signature, head) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = [
        station.into(),
        n.into(),
        job.into(),
        (&entry.previous).into(),
        body.as_slice().into(),
        entry.signature.as_slice().into(),
        (&head).into(),
    ];
    tx.run(receipt, &values).map_err(|fault| match fault {
        Fault::Unique => JournalError::ChainBroken(entry.n),
        Fault::Other(error) => error,
    })?;
    Ok(tx.run("UPDATE perso_chain SET n = $2, head = $3 WHERE station = $1", &[station.into(), n.into(), (&head).into()])?)
}

const fn place(job: &str) -> Place<'_> {
    Place { job, part: "receipt" }
}

/// The entry of a job, in whichever station's chain it is.
pub(super) fn of_job(tx: &mut dyn Tx, seals: &dyn Seals, job: &str) -> Result<Option<Entry>, JournalError> {
    let sql = "SELECT n, previous, body, signature, job FROM perso_receipt WHERE job = $1";
    Ok(base::one(tx, sql, &[job.into()], |row| entry(row, seals))?.map(|(entry, _)| entry))
}

/// Checks every chain, entry by entry: numbers and heads, the signature of every receipt, and that each says what its job's
/// row says; then that no issued job is without one. Returns how many there are.
pub(super) fn verify(tx: &mut dyn Tx, seals: &dyn Seals, trust: Option<&TrustStore>) -> Result<u64, JournalError> {
    let stations = base::all(tx, "SELECT station FROM perso_chain ORDER BY station", &[], |row| {
        row.text(0)?.ok_or(JournalError::Damaged("perso_chain.station"))
    })?;
    let mut all = 0;
    for station in stations {
        all += verify_one(tx, seals, &station, trust)?;
    }
    let issued = base::one(tx, "SELECT count(*) FROM perso_job WHERE state = $1", &[State::Issued.name().into()], |row| {
        count(row, 0, "perso_job")
    })?;
    // Every receipt's job is issued, so only the other way round is left to ask.
    match issued.unwrap_or(0).saturating_sub(all) {
        0 => Ok(all),
        cut => Err(JournalError::WithoutReceipt(cut)),
    }
}

fn verify_one(tx: &mut dyn Tx, seals: &dyn Seals, station: &str, trust: Option<&TrustStore>) -> Result<u64, JournalError> {
    let sql = "SELECT n, previous, body, signature, job FROM perso_receipt WHERE station = $1 AND n > $2 ORDER BY n LIMIT $3";
    let mut at = ChainHead { n: 0, head: [0; 32] };
    loop {
        let after = i64::try_from(at.n).map_err(|_| JournalError::ChainBroken(at.n))?;
        let page = base::all(tx, sql, &[station.into(), after.into(), PAGE.into()], |row| entry(row, seals))?;
        if page.is_empty() {
            break;
        }
        for (entry, job) in page {
            if entry.n != at.n + 1 || entry.previous != at.head {
                return Err(JournalError::ChainBroken(at.n + 1));
            }
            at = ChainHead { n: entry.n, head: entry.head() };
            let id = JobId::parse(&job).map_err(|_| JournalError::Damaged("perso_receipt.job"))?;
            let what = check(&entry, &super::row::find(tx, seals, &id)?, trust)?;
            what.map_or(Ok(()), |what| Err(JournalError::Contradicted { n: entry.n, what }))?;
        }
    }
    let stated = head(tx, station)?;
    if stated == at { Ok(at.n) } else { Err(JournalError::ChainBroken(stated.n)) }
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

fn entry(row: &dyn Row, seals: &dyn Seals) -> Result<(Entry, String), JournalError> {
    let job = row.text(4)?.ok_or(JournalError::Damaged("perso_receipt.job"))?;
    let entry = Entry {
        n: count(row, 0, "perso_receipt.n")?,
        previous: digest(row, 1, "perso_receipt.previous")?,
        body: seals.open(place(&job), &row.bytes(2)?.unwrap_or_default())?,
        signature: row.bytes(3)?.ok_or(JournalError::Damaged("perso_receipt.signature"))?,
    };
    Ok((entry, job))
}

fn count(row: &dyn Row, at: usize, field: &'static str) -> Result<u64, JournalError> {
    row.int(at)?.and_then(|n| u64::try_from(n).ok()).ok_or(JournalError::Damaged(field))
}

fn digest(row: &dyn Row, at: usize, field: &'static str) -> Result<[u8; 32], JournalError> {
    row.bytes(at)?.and_then(|bytes| bytes.try_into().ok()).ok_or(JournalError::Damaged(field))
}
