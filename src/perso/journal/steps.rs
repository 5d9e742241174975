//! The journal's steps on SQLite: each one transaction, durable when it returns.

use super::row::RegisteredKey;
use super::{ChainHead, End, Entry, Job, Journal, JournalError, Ledger, Unique, chain, row};
use crate::crypto::scp03::ChipSerial;
use crate::perso::job::{JobId, NewJob};
use crate::perso::receipt::Mode;
use crate::perso::state::{Intent, State};
use crate::pki::trust::TrustStore;
use crate::reason::Reason;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

impl Journal {
    /// One transaction that takes the write lock at once, so that what it reads is what it changes.
    fn step<T>(&mut self, f: impl FnOnce(&Transaction<'_>) -> Result<T, JournalError>) -> Result<T, JournalError> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let out = f(&tx)?;
        tx.commit()?;
        Ok(out)
    }

    /// Checks the receipt chain from its first entry and returns its length: numbers, heads, every signature, every job's row.
    ///
    /// Without `trust` a signature is judged by the certificate that it carries, which shows an altered receipt and not a forger
    /// who signs all of them anew; with it, that certificate must be a receipt key's of this store.
    ///
    /// # Errors
    /// [`JournalError::ChainBroken`], [`JournalError::BadReceipt`], [`JournalError::Contradicted`],
    /// [`JournalError::WithoutReceipt`].
    pub fn verify_chain(&self, trust: Option<&TrustStore>) -> Result<u64, JournalError> {
        chain::verify(&self.db, trust)
    }
}

impl Ledger for Journal {
    fn open_job(&mut self, new: &NewJob, mode: Mode, now: Timestamp) -> Result<Job, JournalError> {
        self.step(|tx| {
            let known: Option<Vec<u8>> =
                tx.query_row("SELECT content_digest FROM job WHERE id = ?1", [new.id.as_str()], |r| r.get(0)).optional()?;
            match known {
                Some(digest) if digest == new.content_digest() => {}
                Some(_) => return Err(JournalError::Conflict(new.id.to_string())),
                None => insert(tx, new, mode, now)?,
            }
            let job = row::find(tx, &new.id)?;
            let settled = job.chip.is_some() || job.state.is_final();
            match job.mode {
                Some(begun) if begun == mode => {}
                Some(begun) if settled => {
                    let job = new.id.to_string();
                    return Err(JournalError::OtherMode { job, begun: begun.name(), asked: mode.name() });
                }
                _ => {
                    tx.execute("UPDATE job SET mode = ?2 WHERE id = ?1", params![new.id.as_str(), mode.name()])?;
                }
            }
            if job.is_placed_as(&new.place) {
                return row::find(tx, &new.id);
            }
            // Until a chip is bound nothing was made of what printer and stock list said: a slip of the pen is mended.
            if settled {
                return Err(JournalError::Conflict(new.id.to_string()));
            }
            place_anew(tx, new, now)?;
            row::find(tx, &new.id)
        })
    }

    fn job(&self, id: &JobId) -> Result<Job, JournalError> {
        row::find(&self.db, id)
    }

    fn blocked(&self, chip: ChipSerial) -> Result<Option<Reason>, JournalError> {
        let code: Option<String> = self
            .db
            .query_row("SELECT reason FROM blocked_chip WHERE serial = ?1", [chip.to_string()], |r| r.get(0))
            .optional()?;
        code.map(|c| Reason::from_code(&c).ok_or(JournalError::Damaged("blocked_chip.reason"))).transpose()
    }

    fn block(&mut self, chip: ChipSerial, reason: Reason, now: Timestamp) -> Result<(), JournalError> {
        self.step(|tx| {
            tx.execute(
                "INSERT OR IGNORE INTO blocked_chip (serial, reason, at) VALUES (?1, ?2, ?3)",
                params![chip.to_string(), reason.code(), now.to_string()],
            )?;
            Ok(())
        })
    }

    fn holder(&self, chip: ChipSerial) -> Result<Option<JobId>, JournalError> {
        let id: Option<String> =
            self.db.query_row("SELECT id FROM job WHERE chip_serial = ?1", [chip.to_string()], |r| r.get(0)).optional()?;
        id.map(|t| JobId::parse(&t).map_err(|_| JournalError::Damaged("job.id"))).transpose()
    }

    fn begin_run(&mut self, id: &JobId, reader: &str, now: Timestamp) -> Result<(), JournalError> {
        self.step(|tx| {
            tx.execute(
                "UPDATE job SET runs = runs + 1, reader_fingerprint = ?2, updated_at = ?3 WHERE id = ?1",
                params![id.as_str(), reader, now.to_string()],
            )?;
            note(tx, id, "RUN", now)
        })
    }

    fn reserve(&mut self, id: &JobId, chip: ChipSerial, now: Timestamp) -> Result<(), JournalError> {
        self.step(|tx| {
            let job = row::find(tx, id)?;
            match job.chip {
                Some(bound) if bound == chip => return Ok(()),
                // Another run of this job bound a chip meanwhile: that run goes on, this one must not end its job.
                Some(_) => return Err(JournalError::Conflict(id.to_string())),
                None => live(&job, "a chip to be bound")?,
            }
            let serial = chip.to_string();
            tx.execute("UPDATE job SET chip_serial = ?2, blank_serial_read = ?2 WHERE id = ?1", params![id.as_str(), serial])
                .map_err(unique(Unique::ChipSerial))?;
            set_state(tx, id, State::Reserved, now)
        })
    }

    fn bind_stream(&mut self, id: &JobId, digest: [u8; 32], now: Timestamp) -> Result<(), JournalError> {
        self.step(|tx| match row::find(tx, id)?.stream_digest {
            Some(known) if known == digest => Ok(()),
            Some(_) => Err(JournalError::Conflict(id.to_string())),
            None => {
                tx.execute(
                    "UPDATE job SET stream_digest = ?2, updated_at = ?3 WHERE id = ?1",
                    params![id.as_str(), digest, now.to_string()],
                )?;
                Ok(())
            }
        })
    }

    fn intend(&mut self, id: &JobId, intent: Intent, now: Timestamp) -> Result<(), JournalError> {
        self.step(|tx| {
            let job = row::find(tx, id)?;
            // A void job may still have to terminate its chip.
            if !(intent == Intent::Terminate && job.state == State::Void) {
                live(&job, intent.name())?;
            }
            tx.execute(
                "INSERT OR IGNORE INTO intent (job, kind, at) VALUES (?1, ?2, ?3)",
                params![id.as_str(), intent.name(), now.to_string()],
            )?;
            note(tx, id, &format!("INTENT {}", intent.name()), now)
        })
    }

    fn advance(&mut self, id: &JobId, state: State, now: Timestamp) -> Result<(), JournalError> {
        self.step(|tx| {
            let job = row::find(tx, id)?;
            live(&job, state.name())?;
            if state.is_final() {
                return Err(JournalError::WrongState { at: job.state.name(), step: state.name() });
            }
            if state <= job.state { Ok(()) } else { set_state(tx, id, state, now) }
        })
    }

    fn register_keys(&mut self, id: &JobId, keys: &[RegisteredKey], now: Timestamp) -> Result<(), JournalError> {
        self.step(|tx| {
            let job = row::find(tx, id)?;
            live(&job, State::Registered.name())?;
            for new in keys {
                match job.key(new.slot) {
                    Some(known) if known.key == new.key => {}
                    Some(_) => return Err(JournalError::Conflict(id.to_string())),
                    None => {
                        tx.execute(
                            "INSERT INTO public_key (key, job, slot, proof) VALUES (?1, ?2, ?3, ?4)",
                            params![new.key, id.as_str(), new.slot, new.proof],
                        )
                        .map_err(unique(Unique::PublicKey))?;
                    }
                }
            }
            if job.state < State::Registered { set_state(tx, id, State::Registered, now) } else { Ok(()) }
        })
    }

    fn store_sod(&mut self, id: &JobId, sod: &[u8], now: Timestamp) -> Result<(), JournalError> {
        self.step(|tx| {
            let job = row::find(tx, id)?;
            live(&job, State::Signed.name())?;
            match job.sod {
                Some(known) if known == sod => Ok(()),
                Some(_) => Err(JournalError::Conflict(id.to_string())),
                None => {
                    tx.execute("UPDATE job SET sod = ?2 WHERE id = ?1", params![id.as_str(), sod])?;
                    if job.state < State::Signed { set_state(tx, id, State::Signed, now) } else { Ok(()) }
                }
            }
        })
    }

    fn count(&mut self, id: &JobId, apdus: u64, sent: u64, received: u64) -> Result<(), JournalError> {
        let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        self.step(|tx| {
            tx.execute(
                "UPDATE job SET apdus = apdus + ?2, sent_bytes = sent_bytes + ?3, received_bytes = received_bytes + ?4 \
                 WHERE id = ?1",
                params![id.as_str(), signed(apdus), signed(sent), signed(received)],
            )?;
            Ok(())
        })
    }

    fn end(&mut self, id: &JobId, end: End, now: Timestamp) -> Result<(), JournalError> {
        let (state, reason, terminated) = match end {
            End::Void { reason, terminated } => (State::Void, reason, terminated),
            End::Quarantined { reason } => (State::Quarantined, reason, false),
        };
        self.step(|tx| {
            let job = row::find(tx, id)?;
            if job.state.is_final() && job.state != state {
                return Err(JournalError::WrongState { at: job.state.name(), step: state.name() });
            }
            // The first reason stands; a chip once seen terminated stays so.
            tx.execute(
                "UPDATE job SET reason = coalesce(reason, ?2), terminated = max(terminated, ?3) WHERE id = ?1",
                params![id.as_str(), reason.code(), terminated],
            )?;
            set_state(tx, id, state, now)
        })
    }

    fn chain_head(&self) -> Result<ChainHead, JournalError> {
        chain::head(&self.db)
    }

    fn issue(&mut self, id: &JobId, entry: &Entry, now: Timestamp) -> Result<(), JournalError> {
        self.step(|tx| {
            let job = row::find(tx, id)?;
            match job.state {
                State::Issued => Ok(()),
                State::Locked => {
                    chain::append(tx, id.as_str(), entry)?;
                    set_state(tx, id, State::Issued, now)
                }
                other => Err(JournalError::WrongState { at: other.name(), step: State::Issued.name() }),
            }
        })
    }

    fn receipt(&self, id: &JobId) -> Result<Option<Entry>, JournalError> {
        chain::of_job(&self.db, id.as_str())
    }
}

fn insert(db: &Connection, new: &NewJob, mode: Mode, now: Timestamp) -> Result<(), JournalError> {
    let index = i64::try_from(new.status_index).map_err(|_| JournalError::Damaged("status_index"))?;
    let taken = |column: &str, value: &dyn rusqlite::ToSql| {
        db.query_row(&format!("SELECT 1 FROM job WHERE {column} = ?1"), [value], |_| Ok(())).optional()
    };
    if taken("document_number", &new.document_number)?.is_some() {
        return Err(JournalError::Duplicate(Unique::DocumentNumber));
    }
    if taken("status_index", &index)?.is_some() {
        return Err(JournalError::Duplicate(Unique::StatusIndex));
    }
    db.execute(
        "INSERT INTO job (id, content_digest, state, custody, image_at, image_digest, authorization_digest, document_number, \
         status_index, profile, chip_date, trust_point, printer_job, blank_serial_expected, face_hash, mode, created_at, \
         updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?17)",
        params![
            new.id.as_str(),
            new.content_digest(),
            State::AwaitCard.name(),
            State::AwaitCard.custody().name(),
            new.image_at,
            new.image_digest,
            new.authorization_digest,
            new.document_number,
            index,
            new.profile,
            new.chip_date.to_string(),
            new.trust_point,
            new.place.printer_job,
            new.place.blank_serial_expected,
            new.place.face_hash,
            mode.name(),
            now.to_string(),
        ],
    )?;
    note(db, &new.id, State::AwaitCard.name(), now)
}

/// What printer and stock list say now; what they leave unsaid stays as it was.
fn place_anew(db: &Connection, new: &NewJob, now: Timestamp) -> Result<(), JournalError> {
    let place = &new.place;
    db.execute(
        "UPDATE job SET printer_job = coalesce(?2, printer_job), blank_serial_expected = coalesce(?3, blank_serial_expected), \
         face_hash = coalesce(?4, face_hash), updated_at = ?5 WHERE id = ?1",
        params![new.id.as_str(), place.printer_job, place.blank_serial_expected, place.face_hash, now.to_string()],
    )?;
    note(db, &new.id, "PLACED ANEW", now)
}

fn set_state(db: &Connection, id: &JobId, state: State, now: Timestamp) -> Result<(), JournalError> {
    db.execute(
        "UPDATE job SET state = ?2, custody = ?3, updated_at = ?4 WHERE id = ?1",
        params![id.as_str(), state.name(), state.custody().name(), now.to_string()],
    )?;
    note(db, id, state.name(), now)
}

fn note(db: &Connection, id: &JobId, what: &str, now: Timestamp) -> Result<(), JournalError> {
    db.execute("INSERT INTO history (job, what, at) VALUES (?1, ?2, ?3)", params![id.as_str(), what, now.to_string()])?;
    Ok(())
}

fn live(job: &Job, step: &'static str) -> Result<(), JournalError> {
    if job.state.is_final() { Err(JournalError::WrongState { at: job.state.name(), step }) } else { Ok(()) }
}

/// A constraint violation as the name of what must be unique.
fn unique(what: Unique) -> impl Fn(rusqlite::Error) -> JournalError {
    move |e| match e.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => JournalError::Duplicate(what),
        _ => e.into(),
    }
}
