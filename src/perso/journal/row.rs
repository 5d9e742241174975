//! A job as the journal holds it.

use super::JournalError;
use crate::crypto::scp03::ChipSerial;
use crate::perso::job::{JobId, Placement};
use crate::perso::receipt::Mode;
use crate::perso::state::{Custody, Intent, State};
use crate::reason::Reason;
use rusqlite::{Connection, OptionalExtension as _, Row};

/// A public key born on the job's chip, with the chip's proof of origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredKey {
    /// Slot on the chip: 1 Chip Authentication, 2 Active Authentication.
    pub slot: u8,
    /// The point, uncompressed.
    pub key: Vec<u8>,
    /// The chip's answer to PROOF.
    pub proof: Vec<u8>,
}

/// A chip that must never be tried again, whatever the job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Its serial, as it told it.
    pub chip: ChipSerial,
    /// Why it was refused.
    pub reason: Reason,
    /// When.
    pub at: jiff::Timestamp,
}

/// A job and all that is durable about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// How far it came.
    pub state: State,
    /// Where the card is.
    pub custody: Custody,
    /// Where the sealed image lies.
    pub image_at: String,
    /// SHA-256 of the image's manifest.
    pub image_digest: [u8; 32],
    /// SHA-256 of the authorization.
    pub authorization_digest: [u8; 32],
    /// Document number.
    pub document_number: String,
    /// Status index.
    pub status_index: u64,
    /// Card profile.
    pub profile: String,
    /// First date of the chip.
    pub chip_date: jiff::civil::Date,
    /// The chip's first trust point, a CV certificate body.
    pub trust_point: Vec<u8>,
    /// SHA-256 of the pass 1 stream, once it was made.
    pub stream_digest: Option<[u8; 32]>,
    /// The chip bound to the job.
    pub chip: Option<ChipSerial>,
    /// Fingerprint of the last run's reader.
    pub reader: Option<String>,
    /// The printer's job number.
    pub printer_job: Option<String>,
    /// Serial that was read from the blank.
    pub blank_serial_read: Option<String>,
    /// Serial that the stock list expects.
    pub blank_serial_expected: Option<String>,
    /// SHA-256 of the printed face.
    pub face_hash: Option<[u8; 32]>,
    /// The mode that it was begun in; none for a job of format 1 that was not run since.
    pub mode: Option<Mode>,
    /// EF.SOD as signed.
    pub sod: Option<Vec<u8>>,
    /// Keys born on the chip, by slot.
    pub keys: Vec<RegisteredKey>,
    /// Intents written so far.
    pub intents: Vec<Intent>,
    /// Why it ended, if it did without a card.
    pub reason: Option<Reason>,
    /// Whether the chip of a void job was seen TERMINATED.
    pub terminated: bool,
    /// Runs begun.
    pub runs: u64,
    /// Command APDUs over all finished runs.
    pub apdus: u64,
    /// Bytes to the chip over all finished runs.
    pub sent_bytes: u64,
    /// Bytes from the chip over all finished runs.
    pub received_bytes: u64,
    /// When it was taken in.
    pub created_at: jiff::Timestamp,
    /// When it last changed.
    pub updated_at: jiff::Timestamp,
}

impl Job {
    /// Whether an intent was written.
    #[must_use]
    pub fn intended(&self, intent: Intent) -> bool {
        self.intents.contains(&intent)
    }

    /// Whether what a run says of printer, blank and face is what the job has from the start; what it does not say is no matter.
    #[must_use]
    pub fn is_placed_as(&self, place: &Placement) -> bool {
        let agrees = |said: &Option<String>, known: &Option<String>| said.is_none() || said == known;
        agrees(&place.printer_job, &self.printer_job)
            && agrees(&place.blank_serial_expected, &self.blank_serial_expected)
            && (place.face_hash.is_none() || place.face_hash == self.face_hash)
    }

    /// The key of a slot.
    #[must_use]
    pub fn key(&self, slot: u8) -> Option<&RegisteredKey> {
        self.keys.iter().find(|k| k.slot == slot)
    }
}

/// The job of an id.
pub(super) fn find(db: &Connection, id: &JobId) -> Result<Job, JournalError> {
    let row = db
        .query_row("SELECT * FROM job WHERE id = ?1", [id.as_str()], |r| Ok(scalars(r)))
        .optional()?
        .ok_or_else(|| JournalError::UnknownJob(id.to_string()))?;
    with_lists(db, row?)
}

/// Every job in the order of creation.
pub(super) fn all(db: &Connection, limit: u32) -> Result<Vec<Job>, JournalError> {
    let mut statement = db.prepare("SELECT * FROM job ORDER BY rowid LIMIT ?1")?;
    let rows = statement.query_map([limit], |r| Ok(scalars(r)))?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().map(|row| with_lists(db, row?)).collect()
}

/// Every chip that was set aside, in that order.
pub(super) fn set_aside(db: &Connection, limit: u32) -> Result<Vec<SetAside>, JournalError> {
    let mut statement = db.prepare("SELECT serial, reason, at FROM blocked_chip ORDER BY rowid LIMIT ?1")?;
    let row = |r: &Row<'_>| {
        Ok(SetAside {
            chip: text(r, "serial")?.parse().map_err(|_| JournalError::Damaged("blocked_chip.serial"))?,
            reason: Reason::from_code(&text(r, "reason")?).ok_or(JournalError::Damaged("blocked_chip.reason"))?,
            at: text(r, "at")?.parse().map_err(|_| JournalError::Damaged("blocked_chip.at"))?,
        })
    };
    statement.query_map([limit], |r| Ok(row(r)))?.collect::<Result<Result<_, _>, _>>()?
}

fn with_lists(db: &Connection, mut job: Job) -> Result<Job, JournalError> {
    let mut keys = db.prepare_cached("SELECT slot, key, proof FROM public_key WHERE job = ?1 ORDER BY slot")?;
    job.keys = keys
        .query_map([job.id.as_str()], |r| Ok(RegisteredKey { slot: r.get(0)?, key: r.get(1)?, proof: r.get(2)? }))?
        .collect::<Result<_, _>>()?;
    let mut intents = db.prepare_cached("SELECT kind FROM intent WHERE job = ?1 ORDER BY rowid")?;
    let names = intents.query_map([job.id.as_str()], |r| r.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    job.intents =
        names.iter().map(|n| Intent::from_name(n).ok_or(JournalError::Damaged("intent.kind"))).collect::<Result<_, _>>()?;
    Ok(job)
}

fn scalars(r: &Row<'_>) -> Result<Job, JournalError> {
    Ok(Job {
        id: JobId::parse(&text(r, "id")?).map_err(|_| JournalError::Damaged("job.id"))?,
        state: State::from_name(&text(r, "state")?).ok_or(JournalError::Damaged("job.state"))?,
        custody: Custody::from_name(&text(r, "custody")?).ok_or(JournalError::Damaged("job.custody"))?,
        image_at: text(r, "image_at")?,
        image_digest: digest(r, "image_digest")?.ok_or(JournalError::Damaged("job.image_digest"))?,
        authorization_digest: digest(r, "authorization_digest")?.ok_or(JournalError::Damaged("job.authorization_digest"))?,
        document_number: text(r, "document_number")?,
        status_index: number(r, "status_index")?,
        profile: text(r, "profile")?,
        chip_date: text(r, "chip_date")?.parse().map_err(|_| JournalError::Damaged("job.chip_date"))?,
        trust_point: r.get("trust_point")?,
        stream_digest: digest(r, "stream_digest")?,
        chip: optional(r, "chip_serial")?.map(|t| t.parse().map_err(|_| JournalError::Damaged("job.chip_serial"))).transpose()?,
        reader: optional(r, "reader_fingerprint")?,
        printer_job: optional(r, "printer_job")?,
        blank_serial_read: optional(r, "blank_serial_read")?,
        blank_serial_expected: optional(r, "blank_serial_expected")?,
        face_hash: digest(r, "face_hash")?,
        mode: optional(r, "mode")?.map(|t| Mode::from_name(&t).ok_or(JournalError::Damaged("job.mode"))).transpose()?,
        sod: r.get("sod")?,
        keys: Vec::new(),
        intents: Vec::new(),
        reason: optional(r, "reason")?.map(|t| Reason::from_code(&t).ok_or(JournalError::Damaged("job.reason"))).transpose()?,
        terminated: r.get("terminated")?,
        runs: number(r, "runs")?,
        apdus: number(r, "apdus")?,
        sent_bytes: number(r, "sent_bytes")?,
        received_bytes: number(r, "received_bytes")?,
        created_at: text(r, "created_at")?.parse().map_err(|_| JournalError::Damaged("job.created_at"))?,
        updated_at: text(r, "updated_at")?.parse().map_err(|_| JournalError::Damaged("job.updated_at"))?,
    })
}

fn text(r: &Row<'_>, column: &'static str) -> Result<String, JournalError> {
    r.get(column).map_err(|_| JournalError::Damaged(column))
}

fn optional(r: &Row<'_>, column: &'static str) -> Result<Option<String>, JournalError> {
    r.get(column).map_err(|_| JournalError::Damaged(column))
}

fn number(r: &Row<'_>, column: &'static str) -> Result<u64, JournalError> {
    r.get::<_, i64>(column).ok().and_then(|n| u64::try_from(n).ok()).ok_or(JournalError::Damaged(column))
}

fn digest(r: &Row<'_>, column: &'static str) -> Result<Option<[u8; 32]>, JournalError> {
    let bytes: Option<Vec<u8>> = r.get(column).map_err(|_| JournalError::Damaged(column))?;
    bytes.map(|b| <[u8; 32]>::try_from(b).map_err(|_| JournalError::Damaged(column))).transpose()
}
