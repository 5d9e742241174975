//! A journal in memory: what the engine asks of one, without SQLite, so that its cost can be told from the engine's.

use ektp::crypto::scp03::ChipSerial;
use ektp::perso::job::{JobId, NewJob};
use ektp::perso::journal::{ChainHead, End, Entry, Job, JournalError, Ledger, RegisteredKey};
use ektp::perso::receipt::Mode;
use ektp::perso::state::{Intent, State};
use ektp::reason::Reason;
use jiff::Timestamp;

/// One job and its receipt.
#[derive(Default)]
pub struct Memory {
    job: Option<Job>,
    receipt: Option<Entry>,
}

type Done<T = ()> = Result<T, JournalError>;

impl Memory {
    fn change(&mut self, id: &JobId, change: impl FnOnce(&mut Job)) -> Done {
        let job = self.job.as_mut().ok_or_else(|| JournalError::UnknownJob(id.to_string()))?;
        change(job);
        Ok(())
    }
}

impl Ledger for Memory {
    fn open_job(&mut self, new: &NewJob, mode: Mode, now: Timestamp) -> Done<Job> {
        let job = Job {
            id: new.id.clone(),
            state: State::AwaitCard,
            custody: State::AwaitCard.custody(),
            image_at: new.image_at.clone(),
            image_digest: new.image_digest,
            authorization_digest: new.authorization_digest,
            document_number: new.document_number.clone(),
            status_index: new.status_index,
            profile: new.profile.clone(),
            chip_date: new.chip_date,
            trust_point: new.trust_point.clone(),
            stream_digest: None,
            chip: None,
            reader: None,
            printer_job: None,
            blank_serial_read: None,
            blank_serial_expected: None,
            face_hash: None,
            mode: Some(mode),
            sod: None,
            keys: Vec::new(),
            intents: Vec::new(),
            reason: None,
            terminated: false,
            runs: 0,
            apdus: 0,
            sent_bytes: 0,
            received_bytes: 0,
            created_at: now,
            updated_at: now,
        };
        self.job = Some(job.clone());
        Ok(job)
    }

    fn job(&self, id: &JobId) -> Done<Job> {
        self.job.clone().ok_or_else(|| JournalError::UnknownJob(id.to_string()))
    }

    fn blocked(&self, _: ChipSerial) -> Done<Option<Reason>> {
        Ok(None)
    }

    fn block(&mut self, _: ChipSerial, _: Reason, _: Timestamp) -> Done {
        Ok(())
    }

    fn holder(&self, _: ChipSerial) -> Done<Option<JobId>> {
        Ok(None)
    }

    fn begin_run(&mut self, id: &JobId, reader: &str, _: Timestamp) -> Done {
        self.change(id, |job| {
            job.runs += 1;
            job.reader = Some(reader.to_owned());
        })
    }

    fn reserve(&mut self, id: &JobId, chip: ChipSerial, _: Timestamp) -> Done {
        self.change(id, |job| {
            job.chip = Some(chip);
            job.state = State::Reserved;
        })
    }

    fn bind_stream(&mut self, id: &JobId, digest: [u8; 32], _: Timestamp) -> Done {
        self.change(id, |job| job.stream_digest = Some(digest))
    }

    fn intend(&mut self, id: &JobId, intent: Intent, _: Timestamp) -> Done {
        self.change(id, |job| job.intents.push(intent))
    }

    fn advance(&mut self, id: &JobId, state: State, _: Timestamp) -> Done {
        self.change(id, |job| job.state = state)
    }

    fn register_keys(&mut self, id: &JobId, keys: &[RegisteredKey], _: Timestamp) -> Done {
        self.change(id, |job| {
            job.keys = keys.to_vec();
            job.state = State::Registered;
        })
    }

    fn store_sod(&mut self, id: &JobId, sod: &[u8], _: Timestamp) -> Done {
        self.change(id, |job| {
            job.sod = Some(sod.to_vec());
            job.state = State::Signed;
        })
    }

    fn count(&mut self, id: &JobId, apdus: u64, sent: u64, received: u64) -> Done {
        self.change(id, |job| {
            job.apdus += apdus;
            job.sent_bytes += sent;
            job.received_bytes += received;
        })
    }

    fn end(&mut self, id: &JobId, _: End, _: Timestamp) -> Done {
        self.change(id, |job| job.state = State::Void)
    }

    fn chain_head(&self) -> Done<ChainHead> {
        Ok(ChainHead { n: 0, head: [0; 32] })
    }

    fn issue(&mut self, id: &JobId, entry: &Entry, _: Timestamp) -> Done {
        self.receipt = Some(entry.clone());
        self.change(id, |job| job.state = State::Issued)
    }

    fn receipt(&self, _: &JobId) -> Done<Option<Entry>> {
        Ok(self.receipt.clone())
    }
}
