//! The authority's register of numbers: no document number and no status index is given twice, whoever builds and whatever is killed.
//!
//! Numbers are drawn uniformly among those that are free, so that neither tells when a card was made or how many there are. They are
//! durable before anyone sees them. A job keeps its numbers for ever; what it was built from is bound to it before the image appears.
//! Its CAN is derived from the register's one secret, so that a card that is built again shows what was printed.

use super::build::{below, document_number};
use crate::reason::{Reason, Refusal};
use crate::secret::Secret;
use hmac::{Hmac, KeyInit, Mac};
use rand_core::CryptoRng;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::path::Path;
use std::time::Duration;
use zeroize::Zeroizing;

const FORMAT: i64 = 1;
/// `EKNR`, so that another database is not taken for a register.
const APPLICATION: i64 = 0x454B_4E52;
const SCHEMA: &str = include_str!("numbers.sql");
/// How long another process may hold the register.
const WAIT: Duration = Duration::from_secs(30);
/// Bytes of the secret that CANs are derived from.
const SEED: usize = 32;
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
        connection.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA")?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let pragma = |name: &str| transaction.query_row(&format!("PRAGMA {name}"), [], |r| r.get::<_, i64>(0));
        let empty = transaction.query_row("SELECT count(*) FROM sqlite_master", [], |r| r.get::<_, i64>(0))? == 0;
        match (pragma("application_id")?, pragma("user_version")?) {
            (0, 0) if empty => {
                transaction.execute_batch(SCHEMA)?;
                transaction.execute_batch(&format!("PRAGMA application_id = {APPLICATION}"))?;
            }
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
        let mut seed = Zeroizing::new([0; SEED]);
        rng.fill_bytes(&mut *seed);
        transaction.execute("INSERT INTO seed SELECT 1, ?1 WHERE NOT EXISTS (SELECT 1 FROM seed)", params![&seed[..]])?;
        let sql = "INSERT INTO given (job, document_number, status_index) VALUES (?1, ?2, ?3)";
        transaction.execute(sql, params![job, document_number, status_index])?;
        transaction.commit()?;
        Ok(Given { document_number, status_index })
    }

    /// The CAN of a job that was given numbers: six digits, `HMAC-SHA-256(seed, "ektp-can-1" ‖ job)` modulo a million.
    ///
    /// # Errors
    /// [`NumbersError::Conflict`] if it was given none, [`NumbersError::Storage`].
    pub fn can(&self, job: &str) -> Result<Secret<String>, NumbersError> {
        let sql = "SELECT seed FROM seed WHERE EXISTS (SELECT 1 FROM given WHERE job = ?1)";
        let seed: Option<Vec<u8>> = self.connection.query_row(sql, params![job], |r| r.get(0)).optional()?;
        let seed = Zeroizing::new(seed.ok_or(NumbersError::Conflict)?);
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&seed).map_err(|_| NumbersError::Malformed)?;
        mac.update(b"ektp-can-1");
        mac.update(job.as_bytes());
        let bytes = Zeroizing::new(<[u8; 32]>::from(mac.finalize().into_bytes()));
        // Of 64 bits, a remainder of a million is uniform to one part in 10¹³.
        let digits = bytes.iter().take(8).fold(0_u64, |n, byte| n << 8 | u64::from(*byte)) % 1_000_000;
        Ok(Secret::new(format!("{digits:06}")))
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
