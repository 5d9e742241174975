//! The authority's register of numbers: no document number and no status index is given twice, whoever builds and whatever is killed.
//!
//! Numbers are drawn uniformly among those that are free, so that neither tells when a card was made or how many there are. They are
//! durable before anyone sees them. A job keeps its numbers for ever; what it was built from is bound to it before the image appears.
//! Its CAN is drawn at random and stored under a key that only the person's record gives, so that a card that is built again shows
//! what was printed and the register opens no card; once erased it is gone for good.

use super::build::{below, document_number};
use crate::reason::{Reason, Refusal};
use crate::secret::Secret;
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use hmac::{Hmac, Mac as _};
use rand_core::CryptoRng;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::path::Path;
use std::time::Duration;
use zeroize::Zeroizing;

const FORMAT: i64 = 2;
/// `EKNR`, so that another database is not taken for a register.
const APPLICATION: i64 = 0x454B_4E52;
const SCHEMA: &str = include_str!("numbers.sql");
/// From format 1, whose CANs were derived from one secret: that secret goes, and with it the CANs of cards that were built.
const FROM_1: &str = "ALTER TABLE given ADD COLUMN can BLOB; UPDATE given SET can = x'' WHERE content IS NOT NULL; \
    DELETE FROM seed; DROP TABLE seed; PRAGMA user_version = 2";
/// How long another process may hold the register.
const WAIT: Duration = Duration::from_secs(30);
/// Bytes of the nonce before a sealed CAN.
const NONCE: usize = 12;
/// Draws until the free indices are counted instead: at a register nine tenths full, one job in 800.
const DRAWS: usize = 64;

/// Why a register gives no numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NumbersError {
    /// Every status index of the profile's range is given.
    #[error("all {0} status indices of the profile are given")]
    UsedUp(u32),
    /// The job built another card before.
    #[error("the register holds this job with other content")]
    Conflict,
    /// The job's CAN was erased: its card is in use, and no other can be made under this job.
    #[error("the job's CAN was erased: its card is not built again")]
    Erased,
    /// The register gave no numbers to a job of this name.
    #[error("the register knows no such job")]
    Unknown,
    /// The file is no register of numbers, or of another format.
    #[error("not a register of numbers")]
    Malformed,
    /// The disk has no room for one job more.
    #[error("the register of numbers has no room left")]
    Full,
    /// The file cannot be read or written, or another process held it for too long.
    #[error("the register of numbers cannot be used")]
    Storage,
}

impl Refusal for NumbersError {
    fn reason(&self) -> Reason {
        match self {
            Self::UsedUp(_) => Reason::NumbersUsedUp,
            Self::Conflict => Reason::JobConflict,
            Self::Erased | Self::Unknown => Reason::WrongState,
            Self::Malformed => Reason::EncodingInvalid,
            Self::Full => Reason::DiskFull,
            Self::Storage => Reason::FileUnreadable,
        }
    }
}

impl From<rusqlite::Error> for NumbersError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => Self::Malformed,
            _ if crate::reason::is_out_of_room(&error) => Self::Full,
            _ => Self::Storage,
        }
    }
}

/// What a job was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Nine characters.
    pub document_number: String,
    /// A place in the status list.
    pub status_index: u32,
}

/// A register; several processes may use one file.
#[derive(Debug)]
pub struct Register {
    connection: Connection,
}

impl Register {
    /// Opens or makes the register in a file that its owner alone can read.
    ///
    /// # Errors
    /// [`NumbersError::Storage`] or [`NumbersError::Malformed`].
    pub fn open(path: &Path) -> Result<Self, NumbersError> {
        create_private(path).map_err(|_| NumbersError::Storage)?;
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(WAIT)?;
        // A rollback journal: the file alone is the register between two uses. EXTRA also syncs the folder when the journal goes.
        // What is erased is overwritten with zeros.
        connection.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON")?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let pragma = |name: &str| transaction.query_row(&format!("PRAGMA {name}"), [], |r| r.get::<_, i64>(0));
        let empty = transaction.query_row("SELECT count(*) FROM sqlite_master", [], |r| r.get::<_, i64>(0))? == 0;
        match (pragma("application_id")?, pragma("user_version")?) {
            (0, 0) if empty => {
                transaction.execute_batch(SCHEMA)?;
                transaction.execute_batch(&format!("PRAGMA application_id = {APPLICATION}"))?;
            }
            (APPLICATION, 1) => transaction.execute_batch(FROM_1)?,
            (APPLICATION, FORMAT) => {}
            _ => return Err(NumbersError::Malformed),
        }
        transaction.commit()?;
        Ok(Self { connection })
    }

    /// The numbers of a job: those it was given before, or new ones with an index below `range`. They are on the disk when this returns.
    ///
    /// # Errors
    /// [`NumbersError::UsedUp`], [`NumbersError::Storage`].
    pub fn give(&mut self, job: &str, range: u32, rng: &mut dyn CryptoRng) -> Result<Given, NumbersError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Some(given) = find(&transaction, job)? {
            return Ok(given);
        }
        let status_index = free_index(&transaction, range, rng)?;
        let document_number = free_number(&transaction, rng)?;
        let sql = "INSERT INTO given (job, document_number, status_index) VALUES (?1, ?2, ?3)";
        transaction.execute(sql, params![job, document_number, status_index])?;
        transaction.commit()?;
        Ok(Given { document_number, status_index })
    }

    /// The CAN of a job that was given numbers: six digits, drawn when it is first asked for and on the disk when this returns. `key`
    /// is the record's ([`crate::record::Record::seal_key`]).
    ///
    /// # Errors
    /// [`NumbersError::Conflict`] for another record than the one that it was drawn for, [`NumbersError::Erased`],
    /// [`NumbersError::Unknown`], [`NumbersError::Storage`].
    pub fn can(&mut self, job: &str, key: &[u8; 32], rng: &mut dyn CryptoRng) -> Result<Secret<String>, NumbersError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let sql = "SELECT can, content IS NOT NULL FROM given WHERE job = ?1";
        let row = |r: &rusqlite::Row<'_>| Ok((r.get::<_, Option<Vec<u8>>>(0)?, r.get::<_, bool>(1)?));
        let (sealed, bound) = transaction.query_row(sql, params![job], row).optional()?.ok_or(NumbersError::Unknown)?;
        match sealed {
            Some(sealed) if sealed.is_empty() => return Err(NumbersError::Erased),
            Some(sealed) => match unseal(job, key, &sealed) {
                Some(can) => return Ok(can),
                None if bound => return Err(NumbersError::Conflict),
                // No image was made with it: the record was mended.
                None => {}
            },
            None => {}
        }
        let can = Secret::new(format!("{:06}", below(1_000_000, rng)));
        transaction.execute("UPDATE given SET can = ?2 WHERE job = ?1", params![job, seal(job, key, &can, rng)])?;
        transaction.commit()?;
        Ok(can)
    }

    /// Erases the CAN of a job, as is due when its card becomes active. False if it was erased before.
    ///
    /// # Errors
    /// [`NumbersError::Unknown`], [`NumbersError::Storage`].
    pub fn erase_can(&mut self, job: &str) -> Result<bool, NumbersError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let sql = "SELECT can IS NOT NULL AND length(can) = 0 FROM given WHERE job = ?1";
        let before: bool = transaction.query_row(sql, params![job], |r| r.get(0)).optional()?.ok_or(NumbersError::Unknown)?;
        transaction.execute("UPDATE given SET can = x'' WHERE job = ?1", params![job])?;
        transaction.commit()?;
        Ok(!before)
    }

    /// Binds a job to the digest of what its card is made from; to be called before the image can be seen.
    ///
    /// # Errors
    /// [`NumbersError::Conflict`] if it is bound to something else or was given no numbers, [`NumbersError::Storage`].
    pub fn bind(&mut self, job: &str, content: &[u8; 32]) -> Result<(), NumbersError> {
        let sql = "UPDATE given SET content = ?2 WHERE job = ?1 AND (content IS NULL OR content = ?2)";
        match self.connection.execute(sql, params![job, content])? {
            1 => Ok(()),
            _ => Err(NumbersError::Conflict),
        }
    }

    /// How many jobs were given numbers.
    ///
    /// # Errors
    /// [`NumbersError::Storage`].
    pub fn count(&self) -> Result<u64, NumbersError> {
        let count: i64 = self.connection.query_row("SELECT count(*) FROM given", [], |r| r.get(0))?;
        u64::try_from(count).map_err(|_| NumbersError::Malformed)
    }
}

/// The cipher of one job's CAN: `HMAC-SHA-256(key, "ektp-can-2" ‖ job)`.
fn cipher(job: &str, key: &[u8; 32]) -> Aes256Gcm {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!("any length is a key"));
    mac.update(b"ektp-can-2");
    mac.update(job.as_bytes());
    let key = Zeroizing::new(<[u8; 32]>::from(mac.finalize().into_bytes()));
    Aes256Gcm::new_from_slice(&*key).unwrap_or_else(|_| unreachable!("a key of 32 bytes"))
}

fn seal(job: &str, key: &[u8; 32], can: &Secret<String>, rng: &mut dyn CryptoRng) -> Vec<u8> {
    let mut nonce = [0u8; NONCE];
    rng.fill_bytes(&mut nonce);
    let payload = Payload { msg: can.expose().as_bytes(), aad: job.as_bytes() };
    let sealed = cipher(job, key).encrypt(&nonce.into(), payload).unwrap_or_else(|_| unreachable!("six bytes"));
    [&nonce[..], &sealed].concat()
}

/// None if it is sealed under another record's key, or was altered.
fn unseal(job: &str, key: &[u8; 32], sealed: &[u8]) -> Option<Secret<String>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let payload = Payload { msg: sealed, aad: job.as_bytes() };
    let can = cipher(job, key).decrypt(&(*nonce).into(), payload).ok()?;
    String::from_utf8(can).ok().map(Secret::new)
}

fn find(transaction: &Transaction<'_>, job: &str) -> Result<Option<Given>, NumbersError> {
    let sql = "SELECT document_number, status_index FROM given WHERE job = ?1";
    let row = |r: &rusqlite::Row<'_>| Ok(Given { document_number: r.get(0)?, status_index: r.get(1)? });
    Ok(transaction.query_row(sql, params![job], row).optional()?)
}

/// A free index below `range`, uniformly: by drawing again while few are taken, else by its rank among the free.
fn free_index(transaction: &Transaction<'_>, range: u32, rng: &mut dyn CryptoRng) -> Result<u32, NumbersError> {
    let mut taken = transaction.prepare("SELECT 1 FROM given WHERE status_index = ?1")?;
    for _ in 0..DRAWS {
        let index = below(range, rng);
        if index < range && !taken.exists(params![index])? {
            return Ok(index);
        }
    }
    let sql = "SELECT status_index FROM given WHERE status_index < ?1 ORDER BY status_index";
    let mut statement = transaction.prepare(sql)?;
    let taken = statement.query_map(params![range], |r| r.get::<_, u32>(0))?.collect::<Result<Vec<_>, _>>()?;
    let free = range.saturating_sub(u32::try_from(taken.len()).unwrap_or(u32::MAX));
    if free == 0 {
        return Err(NumbersError::UsedUp(range));
    }
    // The free index of this rank: every taken one at or below it moves it on by one.
    Ok(taken.into_iter().fold(below(free, rng), |index, taken| if taken <= index { index + 1 } else { index }))
}

/// A document number that nobody has: among 5 × 10¹² a second draw is hardly ever needed.
fn free_number(transaction: &Transaction<'_>, rng: &mut dyn CryptoRng) -> Result<String, NumbersError> {
    let mut taken = transaction.prepare("SELECT 1 FROM given WHERE document_number = ?1")?;
    for _ in 0..DRAWS {
        let number = document_number(rng);
        if !taken.exists(params![number])? {
            return Ok(number);
        }
    }
    unreachable!("the entropy source repeats itself")
}

fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

#[cfg(test)]
#[path = "tests/numbers.rs"]
mod tests;
