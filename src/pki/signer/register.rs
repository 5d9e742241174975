//! The signer's register on SQLite: what was signed, and what may never be used twice.

use super::{Order, Rule, SignRequest, SignerError};
use crate::crypto::hash::sha256;
use crate::crypto::scp03::ChipSerial;
use crate::reason::Reason;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::path::Path;

const FORMAT: i64 = 1;
const SCHEMA: &str = include_str!("register.sql");

/// A register. One process holds it; readers may look on.
#[derive(Debug)]
pub struct Register {
    connection: Connection,
}

/// One card in the register.
pub(super) struct Entry<'a> {
    pub(super) job: &'a str,
    pub(super) request: &'a SignRequest,
    /// SHA-256 of the document signer's certificate.
    pub(super) signer: [u8; 32],
    /// Seconds since 1970.
    pub(super) at: i64,
}

fn unavailable(error: rusqlite::Error) -> SignerError {
    if crate::reason::is_out_of_room(&error) { SignerError::NoRoom } else { SignerError::Unavailable }
}

impl Register {
    /// Opens or makes the register in a file that its owner alone can read.
    ///
    /// # Errors
    /// [`SignerError::Unavailable`] if the file cannot be used or is of another format, [`SignerError::NoRoom`].
    pub fn open(path: &Path) -> Result<Self, SignerError> {
        create_private(path).map_err(|e| match Reason::of_io(e.kind()) {
            Reason::DiskFull => SignerError::NoRoom,
            _ => SignerError::Unavailable,
        })?;
        Self::prepare(Connection::open(path).map_err(unavailable)?)
    }

    /// A register that forgets: for tests.
    ///
    /// # Errors
    /// [`SignerError::Unavailable`].
    pub fn in_memory() -> Result<Self, SignerError> {
        Self::prepare(Connection::open_in_memory().map_err(unavailable)?)
    }

    fn prepare(connection: Connection) -> Result<Self, SignerError> {
        let wait = std::time::Duration::from_secs(10);
        connection.busy_timeout(wait).map_err(unavailable)?;
        // The change to WAL does not wait for another who makes it, or who leaves: it is asked for again.
        let end = std::time::Instant::now() + wait;
        let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON";
        while let Err(error) = connection.execute_batch(settings) {
            let busy = error
                .sqlite_error_code()
                .is_some_and(|code| matches!(code, rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked));
            if !busy || std::time::Instant::now() >= end {
                return Err(unavailable(error));
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let mut register = Self { connection };
        register.migrate().map_err(unavailable)?.then_some(register).ok_or(SignerError::Unavailable)
    }

    /// Makes the tables, all of them or none, and once however many processes open a new register together. False for another
    /// format.
    fn migrate(&mut self) -> rusqlite::Result<bool> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let format: i64 = transaction.query_row("PRAGMA user_version", [], |r| r.get(0))?;
        if format == 0 {
            transaction.execute_batch(SCHEMA)?;
            transaction.commit()?;
        }
        Ok(matches!(format, 0 | FORMAT))
    }

    /// The stored EF.SOD of a repeated request; [`Rule::Spent`] if its authorization was spent on other content.
    pub(super) fn find(&self, request: &SignRequest) -> Result<Option<Vec<u8>>, SignerError> {
        find(&self.connection, request)
    }

    /// Checks that a card's authorization is unspent and its numbers are new, and counts the cards of the signer's key.
    pub(super) fn check(&self, job: &str, order: &Order, signer: [u8; 32]) -> Result<u64, SignerError> {
        let spent = "SELECT 1 FROM card WHERE authorization = ?1";
        if used(&self.connection, spent, &sha256(&order.authorization))? {
            return Err(SignerError::Refused(Rule::Spent));
        }
        check_new_card(&self.connection, job, order)?;
        signed_by(&self.connection, signer)
    }

    /// Checks that everything is new, has the EF.SOD made, and stores it before anyone sees it.
    pub(super) fn issue(
        &mut self,
        entry: &Entry<'_>,
        make: impl FnOnce(u64) -> Result<Vec<u8>, SignerError>,
    ) -> Result<Vec<u8>, SignerError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(unavailable)?;
        if let Some(sod) = find(&transaction, entry.request)? {
            return Ok(sod);
        }
        check_new(&transaction, entry)?;
        let sod = make(signed_by(&transaction, entry.signer)?)?;
        insert(&transaction, entry, &sod).map_err(unavailable)?;
        transaction.commit().map_err(unavailable)?;
        Ok(sod)
    }

    /// Notes that a chip failed authentication; it is never opened again.
    ///
    /// # Errors
    /// [`SignerError::Unavailable`].
    pub fn block(&self, chip: ChipSerial) -> Result<(), SignerError> {
        let sql = "INSERT OR IGNORE INTO blocked (chip) VALUES (?1)";
        self.connection.execute(sql, params![chip.0]).map(|_| ()).map_err(unavailable)
    }

    /// Whether a chip failed authentication before.
    ///
    /// # Errors
    /// [`SignerError::Unavailable`].
    pub fn is_blocked(&self, chip: ChipSerial) -> Result<bool, SignerError> {
        let sql = "SELECT 1 FROM blocked WHERE chip = ?1";
        let row = self.connection.query_row(sql, params![chip.0], |_| Ok(())).optional().map_err(unavailable)?;
        Ok(row.is_some())
    }

    #[cfg(test)]
    pub(super) fn pretend_cards(&mut self, signer: [u8; 32], count: u64) {
        let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
            INSERT INTO card SELECT CAST('a' || i AS BLOB), x'', 'j' || i, CAST('c' || i AS BLOB), 'n' || i, -i, ?1, 0, x'' FROM n";
        self.connection.execute(sql, params![signer, i64::try_from(count).unwrap()]).unwrap();
    }
}

fn find(connection: &Connection, request: &SignRequest) -> Result<Option<Vec<u8>>, SignerError> {
    let sql = "SELECT content, sod FROM card WHERE authorization = ?1";
    let row = |r: &rusqlite::Row<'_>| Ok((r.get::<_, Vec<u8>>(0)?, r.get::<_, Vec<u8>>(1)?));
    let found = connection.query_row(sql, params![sha256(&request.order.authorization)], row).optional().map_err(unavailable)?;
    match found {
        Some((content, sod)) if content == content_digest(request) => Ok(Some(sod)),
        Some(_) => Err(SignerError::Refused(Rule::Spent)),
        None => Ok(None),
    }
}

fn used(connection: &Connection, sql: &str, value: &dyn rusqlite::ToSql) -> Result<bool, SignerError> {
    connection.query_row(sql, [value], |_| Ok(())).optional().map(|r| r.is_some()).map_err(unavailable)
}

/// What a card brings with it before it has a chip.
fn check_new_card(connection: &Connection, job: &str, order: &Order) -> Result<(), SignerError> {
    let index = status_index(order)?;
    let refuse = |rule| Err(SignerError::Refused(rule));
    if used(connection, "SELECT 1 FROM card WHERE job = ?1", &job)? {
        return refuse(Rule::Job);
    }
    if used(connection, "SELECT 1 FROM card WHERE document_number = ?1", &order.document_number)? {
        return refuse(Rule::DocumentNumber);
    }
    if used(connection, "SELECT 1 FROM card WHERE status_index = ?1", &index)? {
        return refuse(Rule::StatusIndex);
    }
    Ok(())
}

fn check_new(transaction: &Transaction<'_>, entry: &Entry<'_>) -> Result<(), SignerError> {
    let request = entry.request;
    check_new_card(transaction, entry.job, &request.order)?;
    if used(transaction, "SELECT 1 FROM card WHERE chip = ?1", &request.chip.0)? {
        return Err(SignerError::Refused(Rule::ChipSerial));
    }
    for key in &request.keys {
        if used(transaction, "SELECT 1 FROM public_key WHERE point = ?1", &key.public_key)? {
            return Err(SignerError::Refused(Rule::PublicKey));
        }
    }
    Ok(())
}

/// Cards that a document signer key signed so far.
fn signed_by(connection: &Connection, signer: [u8; 32]) -> Result<u64, SignerError> {
    let count = "SELECT count(*) FROM card WHERE signer = ?1";
    let cards: i64 = connection.query_row(count, params![signer], |r| r.get(0)).map_err(unavailable)?;
    Ok(u64::try_from(cards).unwrap_or(u64::MAX))
}

fn insert(transaction: &Transaction<'_>, entry: &Entry<'_>, sod: &[u8]) -> rusqlite::Result<()> {
    let request = entry.request;
    let authorization = sha256(&request.order.authorization);
    let index = i64::try_from(request.order.status_index).map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))?;
    transaction.execute(
        "INSERT INTO card (authorization, content, job, chip, document_number, status_index, signer, made_at, sod)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            authorization,
            content_digest(request),
            entry.job,
            request.chip.0,
            request.order.document_number,
            index,
            entry.signer,
            entry.at,
            sod
        ],
    )?;
    for key in &request.keys {
        transaction
            .execute("INSERT INTO public_key (point, authorization) VALUES (?1, ?2)", params![key.public_key, authorization])?;
    }
    Ok(())
}

fn status_index(order: &Order) -> Result<i64, SignerError> {
    i64::try_from(order.status_index).map_err(|_| SignerError::Refused(Rule::StatusIndex))
}

/// What makes two requests the same. Proofs and signatures stand aside: a repeated proof may differ in its random part.
fn content_digest(request: &SignRequest) -> [u8; 32] {
    let mut bytes = Vec::new();
    let mut part = |data: &[u8]| {
        bytes.extend_from_slice(&(data.len() as u64).to_be_bytes());
        bytes.extend_from_slice(data);
    };
    part(&request.order.manifest);
    part(&request.order.authorization);
    part(&request.chip.0);
    part(request.order.document_number.as_bytes());
    part(&request.order.status_index.to_be_bytes());
    for (number, hash) in &request.order.hashes {
        part(&[*number]);
        part(hash);
    }
    for key in &request.keys {
        part(&[key.slot]);
        part(&key.public_key);
    }
    part(&request.dg14);
    part(request.dg15.as_deref().unwrap_or_default());
    sha256(&bytes)
}

/// SQLite takes the mode of the database for its other files too.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}
