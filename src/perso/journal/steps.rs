//! The journal's steps, the same on every database: each one transaction, durable when it returns.

use super::base::{self, Fault, Place, Tx, Value};
use super::row::RegisteredKey;
use super::{ChainHead, End, Entry, Job, Journal, JournalError, Ledger, Unique, chain, row};
use crate::crypto::scp03::ChipSerial;
use crate::perso::job::{JobId, NewJob};
use crate::perso::receipt::Mode;
use crate::perso::state::{Intent, State};
use crate::pki::trust::TrustStore;
use crate::reason::Reason;
use jiff::Timestamp;

impl Journal {
    /// One transaction, and what it answers.
    fn step<T>(&mut self, mut f: impl FnMut(&mut dyn Tx) -> Result<T, JournalError>) -> Result<T, JournalError> {
        let mut out = None;
        self.base.step(&mut |tx| {
            out = Some(f(tx)?);
            Ok(())
        })?;
        out.ok_or_else(|| JournalError::Unavailable("a step was not taken".into()))
    }

    /// A question, and its answer.
    pub(super) fn look<T>(&self, mut f: impl FnMut(&mut dyn Tx) -> Result<T, JournalError>) -> Result<T, JournalError> {
        let mut out = None;
        self.base.look(&mut |tx| {
            out = Some(f(tx)?);
            Ok(())
        })?;
        out.ok_or_else(|| JournalError::Unavailable("a question was not asked".into()))
    }

    /// A step of one job, which is read first.
    fn of_job<T>(
        &mut self,
        id: &JobId,
        mut f: impl FnMut(&mut dyn Tx, Job) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let seals = std::sync::Arc::clone(&self.seals);
        self.step(|tx| {
            let job = row::find(tx, seals.as_ref(), id)?;
            f(tx, job)
        })
    }

    /// Opens a job as it stands at this moment.
    fn opened(&mut self, new: &NewJob, mode: Mode, now: Timestamp) -> Result<Job, JournalError> {
        let seals = std::sync::Arc::clone(&self.seals);
        self.step(|tx| {
            let sql = "SELECT content_digest FROM perso_job WHERE id = $1";
            match base::one(tx, sql, &[new.id.as_str().into()], |row| row.bytes(0))?.flatten() {
                Some(digest) if digest == new.content_digest() => {}
                Some(_) => return Err(JournalError::Conflict(new.id.to_string())),
                None => insert(tx, new, mode, now)?,
            }
            let job = row::find(tx, seals.as_ref(), &new.id)?;
            let settled = job.chip.is_some() || job.state.is_final();
            match job.mode {
                Some(begun) if begun == mode => {}
                Some(begun) if settled => {
                    let job = new.id.to_string();
                    return Err(JournalError::OtherMode { job, begun: begun.name(), asked: mode.name() });
                }
                _ => tx.run("UPDATE perso_job SET mode = $2 WHERE id = $1", &[new.id.as_str().into(), mode.name().into()])?,
            }
            if !job.is_placed_as(&new.place) {
                // Until a chip is bound nothing was made of what printer and stock list said: a slip of the pen is mended.
                if settled {
                    return Err(JournalError::Conflict(new.id.to_string()));
                }
                place_anew(tx, new, now)?;
            }
            row::find(tx, seals.as_ref(), &new.id)
        })
    }

    /// Checks the receipt chains from their first entries and returns how many there are: numbers, heads, every signature, every
    /// job's row.
    ///
    /// Without `trust` a signature is judged by the certificate that it carries, which shows an altered receipt and not a forger
    /// who signs all of them anew; with it, that certificate must be a receipt key's of this store.
    ///
    /// # Errors
    /// [`JournalError::ChainBroken`], [`JournalError::BadReceipt`], [`JournalError::Contradicted`],
    /// [`JournalError::WithoutReceipt`].
    pub fn verify_chain(&self, trust: Option<&TrustStore>) -> Result<u64, JournalError> {
        self.look(|tx| chain::verify(tx, self.seals.as_ref(), trust))
    }
}

impl Ledger for Journal {
    fn open_job(&mut self, new: &NewJob, mode: Mode, now: Timestamp) -> Result<Job, JournalError> {
        match self.opened(new, mode, now) {
            // Another station may have opened this very job at the same instant: it is there now, or its number is another's.
            Err(JournalError::Duplicate(_)) => self.opened(new, mode, now),
            other => other,
        }
    }

    fn job(&self, id: &JobId) -> Result<Job, JournalError> {
        self.look(|tx| row::find(tx, self.seals.as_ref(), id))
    }

    fn blocked(&self, chip: ChipSerial) -> Result<Option<Reason>, JournalError> {
        let serial = chip.to_string();
        let sql = "SELECT reason FROM perso_blocked WHERE serial = $1";
        let code = self.look(|tx| base::one(tx, sql, &[serial.as_str().into()], |row| row.text(0)))?.flatten();
        code.map(|c| Reason::from_code(&c).ok_or(JournalError::Damaged("perso_blocked.reason"))).transpose()
    }

    fn block(&mut self, chip: ChipSerial, reason: Reason, now: Timestamp) -> Result<(), JournalError> {
        let (serial, at) = (chip.to_string(), now.to_string());
        let sql = "INSERT INTO perso_blocked (serial, reason, at) VALUES ($1, $2, $3) ON CONFLICT (serial) DO NOTHING";
        self.step(|tx| Ok(tx.run(sql, &[serial.as_str().into(), reason.code().into(), at.as_str().into()])?))
    }

    fn holder(&self, chip: ChipSerial) -> Result<Option<JobId>, JournalError> {
        let (serial, sql) = (chip.to_string(), "SELECT id FROM perso_job WHERE chip_serial = $1");
        let id = self.look(|tx| base::one(tx, sql, &[serial.as_str().into()], |row| row.text(0)))?.flatten();
        id.map(|t| JobId::parse(&t).map_err(|_| JournalError::Damaged("perso_job.id"))).transpose()
    }

    fn begin_run(&mut self, id: &JobId, reader: &str, now: Timestamp) -> Result<(), JournalError> {
        let at = now.to_string();
        let sql = "UPDATE perso_job SET runs = runs + 1, reader_fingerprint = $2, updated_at = $3 WHERE id = $1";
        self.step(|tx| {
            tx.run(sql, &[id.as_str().into(), reader.into(), at.as_str().into()])?;
            note(tx, id, "RUN", now)
        })
    }

    fn reserve(&mut self, id: &JobId, chip: ChipSerial, now: Timestamp) -> Result<(), JournalError> {
        let serial = chip.to_string();
        self.of_job(id, |tx, job| {
            match job.chip {
                Some(bound) if bound == chip => return Ok(()),
                // Another run of this job bound a chip meanwhile: that run goes on, this one must not end its job.
                Some(_) => return Err(JournalError::Conflict(id.to_string())),
                None => live(&job, "a chip to be bound")?,
            }
            let sql = "UPDATE perso_job SET chip_serial = $2, blank_serial_read = $2 WHERE id = $1";
            tx.run(sql, &[id.as_str().into(), serial.as_str().into()]).map_err(unique(Unique::ChipSerial))?;
            set_state(tx, id, State::Reserved, now)
        })
    }

    fn bind_stream(&mut self, id: &JobId, digest: [u8; 32], now: Timestamp) -> Result<(), JournalError> {
        let at = now.to_string();
        let sql = "UPDATE perso_job SET stream_digest = $2, updated_at = $3 WHERE id = $1";
        self.of_job(id, |tx, job| match job.stream_digest {
            Some(known) if known == digest => Ok(()),
            Some(_) => Err(JournalError::Conflict(id.to_string())),
            None => Ok(tx.run(sql, &[id.as_str().into(), (&digest).into(), at.as_str().into()])?),
        })
    }

    fn intend(&mut self, id: &JobId, intent: Intent, now: Timestamp) -> Result<(), JournalError> {
        let at = now.to_string();
        let sql = "INSERT INTO perso_intent (job, kind, at) VALUES ($1, $2, $3) ON CONFLICT (job, kind) DO NOTHING";
        self.of_job(id, |tx, job| {
            // A void job may still have to terminate its chip.
            if !(intent == Intent::Terminate && job.state == State::Void) {
                live(&job, intent.name())?;
            }
            tx.run(sql, &[id.as_str().into(), intent.name().into(), at.as_str().into()])?;
            note(tx, id, &format!("INTENT {}", intent.name()), now)
        })
    }

    fn advance(&mut self, id: &JobId, state: State, now: Timestamp) -> Result<(), JournalError> {
        self.of_job(id, |tx, job| {
            live(&job, state.name())?;
            if state.is_final() {
                return Err(JournalError::WrongState { at: job.state.name(), step: state.name() });
            }
            if state <= job.state { Ok(()) } else { set_state(tx, id, state, now) }
        })
    }

    fn register_keys(&mut self, id: &JobId, keys: &[RegisteredKey], now: Timestamp) -> Result<(), JournalError> {
        let sql = "INSERT INTO perso_key (public_key, job, slot, proof) VALUES ($1, $2, $3, $4)";
        self.of_job(id, |tx, job| {
            live(&job, State::Registered.name())?;
            for new in keys {
                match job.key(new.slot) {
                    Some(known) if known.key == new.key => {}
                    Some(_) => return Err(JournalError::Conflict(id.to_string())),
                    None => {
                        let slot = i64::from(new.slot);
                        let values = [new.key.as_slice().into(), id.as_str().into(), slot.into(), new.proof.as_slice().into()];
                        tx.run(sql, &values).map_err(unique(Unique::PublicKey))?;
                    }
                }
            }
            if job.state < State::Registered { set_state(tx, id, State::Registered, now) } else { Ok(()) }
        })
    }

    fn store_sod(&mut self, id: &JobId, sod: &[u8], now: Timestamp) -> Result<(), JournalError> {
        let sealed = self.seals.seal(Place { job: id.as_str(), part: "sod" }, sod)?;
        self.of_job(id, |tx, job| {
            live(&job, State::Signed.name())?;
            match job.sod {
                Some(known) if known == sod => Ok(()),
                Some(_) => Err(JournalError::Conflict(id.to_string())),
                None => {
                    let sql = "UPDATE perso_job SET sod = $2 WHERE id = $1";
                    tx.run(sql, &[id.as_str().into(), sealed.as_slice().into()])?;
                    if job.state < State::Signed { set_state(tx, id, State::Signed, now) } else { Ok(()) }
                }
            }
        })
    }

    fn count(&mut self, id: &JobId, apdus: u64, sent: u64, received: u64) -> Result<(), JournalError> {
        let signed = |n: u64| Value::from(i64::try_from(n).unwrap_or(i64::MAX));
        let sql = "UPDATE perso_job SET apdus = apdus + $2, sent_bytes = sent_bytes + $3, received_bytes = received_bytes + $4 \
                   WHERE id = $1";
        self.step(|tx| Ok(tx.run(sql, &[id.as_str().into(), signed(apdus), signed(sent), signed(received)])?))
    }

    fn end(&mut self, id: &JobId, end: End, now: Timestamp) -> Result<(), JournalError> {
        let (state, reason, terminated) = match end {
            End::Void { reason, terminated } => (State::Void, reason, terminated),
            End::Quarantined { reason } => (State::Quarantined, reason, false),
        };
        // The first reason stands; a chip once seen terminated stays so.
        let sql = "UPDATE perso_job SET reason = coalesce(reason, $2), \
                   terminated = CASE WHEN terminated > $3 THEN terminated ELSE $3 END WHERE id = $1";
        self.of_job(id, |tx, job| {
            if job.state.is_final() && job.state != state {
                return Err(JournalError::WrongState { at: job.state.name(), step: state.name() });
            }
            tx.run(sql, &[id.as_str().into(), reason.code().into(), i64::from(terminated).into()])?;
            set_state(tx, id, state, now)
        })
    }

    fn chain_head(&self) -> Result<ChainHead, JournalError> {
        self.look(|tx| chain::head(tx, &self.station))
    }

    fn issue(&mut self, id: &JobId, entry: &Entry, now: Timestamp) -> Result<(), JournalError> {
        let (seals, station) = (std::sync::Arc::clone(&self.seals), self.station.clone());
        self.of_job(id, |tx, job| match job.state {
            State::Issued => Ok(()),
            State::Locked => {
                chain::append(tx, seals.as_ref(), (&station, id.as_str()), entry)?;
                set_state(tx, id, State::Issued, now)
            }
            other => Err(JournalError::WrongState { at: other.name(), step: State::Issued.name() }),
        })
    }

    fn receipt(&self, id: &JobId) -> Result<Option<Entry>, JournalError> {
        self.look(|tx| chain::of_job(tx, self.seals.as_ref(), id.as_str()))
    }
}

fn insert(tx: &mut dyn Tx, new: &NewJob, mode: Mode, now: Timestamp) -> Result<(), JournalError> {
    let index = i64::try_from(new.status_index).map_err(|_| JournalError::Damaged("status_index"))?;
    let mut taken = |column: &str, value: Value<'_>| {
        let sql = format!("SELECT n FROM perso_job WHERE {column} = $1");
        base::one(tx, &sql, &[value], |_| Ok(())).map(|found| found.is_some())
    };
    if taken("document_number", new.document_number.as_str().into())? {
        return Err(JournalError::Duplicate(Unique::DocumentNumber));
    }
    if taken("status_index", index.into())? {
        return Err(JournalError::Duplicate(Unique::StatusIndex));
    }
    let (digest, date, at) = (new.content_digest(), new.chip_date.to_string(), now.to_string());
    let sql = "INSERT INTO perso_job (id, content_digest, state, custody, image_at, image_digest, authorization_digest, \
               document_number, status_index, profile, chip_date, trust_point, printer_job, blank_serial_expected, face_hash, mode, \
               created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17)";
    let values = [
        new.id.as_str().into(),
        (&digest).into(),
        State::AwaitCard.name().into(),
        State::AwaitCard.custody().name().into(),
        new.image_at.as_str().into(),
        (&new.image_digest).into(),
        (&new.authorization_digest).into(),
        new.document_number.as_str().into(),
        index.into(),
        new.profile.as_str().into(),
        date.as_str().into(),
        new.trust_point.as_slice().into(),
        (&new.place.printer_job).into(),
        (&new.place.blank_serial_expected).into(),
        Value::Bytes(new.place.face_hash.as_ref().map(<[u8; 32]>::as_slice)),
        mode.name().into(),
        at.as_str().into(),
    ];
    tx.run(sql, &values)?;
    note(tx, &new.id, State::AwaitCard.name(), now)
}

/// What printer and stock list say now; what they leave unsaid stays as it was.
fn place_anew(tx: &mut dyn Tx, new: &NewJob, now: Timestamp) -> Result<(), JournalError> {
    let (place, at) = (&new.place, now.to_string());
    let sql = "UPDATE perso_job SET printer_job = coalesce($2, printer_job), \
               blank_serial_expected = coalesce($3, blank_serial_expected), face_hash = coalesce($4, face_hash), updated_at = $5 \
               WHERE id = $1";
    let face = Value::Bytes(place.face_hash.as_ref().map(<[u8; 32]>::as_slice));
    let values =
        [new.id.as_str().into(), (&place.printer_job).into(), (&place.blank_serial_expected).into(), face, at.as_str().into()];
    tx.run(sql, &values)?;
    note(tx, &new.id, "PLACED ANEW", now)
}

fn set_state(tx: &mut dyn Tx, id: &JobId, state: State, now: Timestamp) -> Result<(), JournalError> {
    let at = now.to_string();
    let sql = "UPDATE perso_job SET state = $2, custody = $3, updated_at = $4 WHERE id = $1";
    tx.run(sql, &[id.as_str().into(), state.name().into(), state.custody().name().into(), at.as_str().into()])?;
    note(tx, id, state.name(), now)
}

fn note(tx: &mut dyn Tx, id: &JobId, what: &str, now: Timestamp) -> Result<(), JournalError> {
    let at = now.to_string();
    let sql = "INSERT INTO perso_history (job, what, at) VALUES ($1, $2, $3)";
    Ok(tx.run(sql, &[id.as_str().into(), what.into(), at.as_str().into()])?)
}

fn live(job: &Job, step: &'static str) -> Result<(), JournalError> {
    if job.state.is_final() { Err(JournalError::WrongState { at: job.state.name(), step }) } else { Ok(()) }
}

/// A constraint violation as the name of what must be unique.
fn unique(what: Unique) -> impl Fn(Fault) -> JournalError {
    move |fault| match fault {
        Fault::Unique => JournalError::Duplicate(what),
        Fault::Other(error) => error,
    }
}
