//! A job as the journal holds it.

use super::JournalError;
use super::base::{self, Place, Row, Seals, Tx, Value};
use crate::crypto::scp03::ChipSerial;
use crate::perso::job::{JobId, Placement};
use crate::perso::receipt::Mode;
use crate::perso::state::{Custody, Intent, State};
use crate::reason::Reason;

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

/// The columns of a job, in the order in which they are read.
const COLUMNS: [&str; 28] = [
    "id",
    "state",
    "custody",
    "image_at",
    "image_digest",
    "authorization_digest",
    "document_number",
    "status_index",
    "profile",
    "chip_date",
    "trust_point",
    "stream_digest",
    "chip_serial",
    "reader_fingerprint",
    "printer_job",
    "blank_serial_read",
    "blank_serial_expected",
    "face_hash",
    "mode",
    "sod",
    "reason",
    "terminated",
    "runs",
    "apdus",
    "sent_bytes",
    "received_bytes",
    "created_at",
    "updated_at",
];

/// The job of an id; in a step, nobody else's until it ends.
pub(super) fn find(tx: &mut dyn Tx, seals: &dyn Seals, id: &JobId) -> Result<Job, JournalError> {
    let sql = format!("SELECT {} FROM perso_job WHERE id = $1{}", COLUMNS.join(", "), tx.held());
    let job = base::one(tx, &sql, &[id.as_str().into()], |row| scalars(row, seals))?;
    with_lists(tx, job.ok_or_else(|| JournalError::UnknownJob(id.to_string()))?)
}

/// Every job in the order of creation.
pub(super) fn all(tx: &mut dyn Tx, seals: &dyn Seals, limit: u32) -> Result<Vec<Job>, JournalError> {
    let sql = format!("SELECT {} FROM perso_job ORDER BY n LIMIT $1", COLUMNS.join(", "));
    let jobs = base::all(tx, &sql, &[i64::from(limit).into()], |row| scalars(row, seals))?;
    jobs.into_iter().map(|job| with_lists(tx, job)).collect()
}

/// Every chip that was set aside, in that order.
pub(super) fn set_aside(tx: &mut dyn Tx, limit: u32) -> Result<Vec<SetAside>, JournalError> {
    let sql = "SELECT serial, reason, at FROM perso_blocked ORDER BY n LIMIT $1";
    base::all(tx, sql, &[i64::from(limit).into()], |row| {
        let text = |at, field| row.text(at)?.ok_or(JournalError::Damaged(field));
        Ok(SetAside {
            chip: text(0, "perso_blocked.serial")?.parse().map_err(|_| JournalError::Damaged("perso_blocked.serial"))?,
            reason: Reason::from_code(&text(1, "perso_blocked.reason")?).ok_or(JournalError::Damaged("perso_blocked.reason"))?,
            at: text(2, "perso_blocked.at")?.parse().map_err(|_| JournalError::Damaged("perso_blocked.at"))?,
        })
    })
}

fn with_lists(tx: &mut dyn Tx, mut job: Job) -> Result<Job, JournalError> {
    let id: [Value<'_>; 1] = [job.id.as_str().into()];
    let keys = "SELECT slot, public_key, proof FROM perso_key WHERE job = $1 ORDER BY slot";
    let keys = base::all(tx, keys, &id, |row| {
        let damaged = || JournalError::Damaged("perso_key");
        let slot = row.int(0)?.and_then(|slot| u8::try_from(slot).ok()).ok_or_else(damaged)?;
        Ok(RegisteredKey { slot, key: row.bytes(1)?.ok_or_else(damaged)?, proof: row.bytes(2)?.ok_or_else(damaged)? })
    })?;
    let intents = base::all(tx, "SELECT kind FROM perso_intent WHERE job = $1 ORDER BY n", &id, |row| {
        row.text(0)?.as_deref().and_then(Intent::from_name).ok_or(JournalError::Damaged("perso_intent.kind"))
    })?;
    (job.keys, job.intents) = (keys, intents);
    Ok(job)
}

/// A row's columns by their names.
struct Columns<'a>(&'a dyn Row);

impl Columns<'_> {
    fn at(column: &'static str) -> usize {
        COLUMNS.iter().position(|name| *name == column).unwrap_or(COLUMNS.len())
    }

    fn text(&self, column: &'static str) -> Result<String, JournalError> {
        self.optional(column)?.ok_or(JournalError::Damaged(column))
    }

    fn optional(&self, column: &'static str) -> Result<Option<String>, JournalError> {
        self.0.text(Self::at(column)).map_err(|_| JournalError::Damaged(column))
    }

    fn bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, JournalError> {
        self.0.bytes(Self::at(column)).map_err(|_| JournalError::Damaged(column))
    }

    fn number(&self, column: &'static str) -> Result<u64, JournalError> {
        let n = self.0.int(Self::at(column)).ok().flatten();
        n.and_then(|n| u64::try_from(n).ok()).ok_or(JournalError::Damaged(column))
    }

    fn digest(&self, column: &'static str) -> Result<Option<[u8; 32]>, JournalError> {
        self.bytes(column)?.map(|b| <[u8; 32]>::try_from(b).map_err(|_| JournalError::Damaged(column))).transpose()
    }

    fn parsed<T: std::str::FromStr>(&self, column: &'static str) -> Result<T, JournalError> {
        self.text(column)?.parse().map_err(|_| JournalError::Damaged(column))
    }

    /// A word of a list, if there is one.
    fn word<T>(&self, column: &'static str, of: impl Fn(&str) -> Option<T>) -> Result<Option<T>, JournalError> {
        self.optional(column)?.map(|text| of(&text).ok_or(JournalError::Damaged(column))).transpose()
    }

    fn sod(&self, seals: &dyn Seals) -> Result<Option<Vec<u8>>, JournalError> {
        let job = self.text("id")?;
        self.bytes("sod")?.map(|sealed| seals.open(Place { job: &job, part: "sod" }, &sealed)).transpose()
    }
}

fn scalars(row: &dyn Row, seals: &dyn Seals) -> Result<Job, JournalError> {
    let r = Columns(row);
    Ok(Job {
        id: r.word("id", |text| JobId::parse(text).ok())?.ok_or(JournalError::Damaged("id"))?,
        state: r.word("state", State::from_name)?.ok_or(JournalError::Damaged("state"))?,
        custody: r.word("custody", Custody::from_name)?.ok_or(JournalError::Damaged("custody"))?,
        image_at: r.text("image_at")?,
        image_digest: r.digest("image_digest")?.ok_or(JournalError::Damaged("image_digest"))?,
        authorization_digest: r.digest("authorization_digest")?.ok_or(JournalError::Damaged("authorization_digest"))?,
        document_number: r.text("document_number")?,
        status_index: r.number("status_index")?,
        profile: r.text("profile")?,
        chip_date: r.parsed("chip_date")?,
        trust_point: r.bytes("trust_point")?.ok_or(JournalError::Damaged("trust_point"))?,
        stream_digest: r.digest("stream_digest")?,
        chip: r.word("chip_serial", |text| text.parse().ok())?,
        reader: r.optional("reader_fingerprint")?,
        printer_job: r.optional("printer_job")?,
        blank_serial_read: r.optional("blank_serial_read")?,
        blank_serial_expected: r.optional("blank_serial_expected")?,
        face_hash: r.digest("face_hash")?,
        mode: r.word("mode", Mode::from_name)?,
        sod: r.sod(seals)?,
        keys: Vec::new(),
        intents: Vec::new(),
        reason: r.word("reason", Reason::from_code)?,
        terminated: r.number("terminated")? != 0,
        runs: r.number("runs")?,
        apdus: r.number("apdus")?,
        sent_bytes: r.number("sent_bytes")?,
        received_bytes: r.number("received_bytes")?,
        created_at: r.parsed("created_at")?,
        updated_at: r.parsed("updated_at")?,
    })
}
