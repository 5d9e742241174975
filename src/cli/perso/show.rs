//! What a run tells: progress while it goes, the receipt or the refusal at its end.

use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome as Told, Output};
use crate::perso::engine::{Outcome, Progress};
use crate::perso::journal::{Job, JournalError};
use crate::perso::receipt::Mode;
use crate::perso::state::State;
use crate::reason::{Lang, Reason};
use serde_json::{Value, json};

/// Tells states and bytes as they become durable.
pub(super) struct Watcher<'a> {
    pub(super) out: &'a mut Output,
}

impl Progress for Watcher<'_> {
    fn reached(&mut self, state: State) {
        self.out.event("state", json!({"state": state.name(), "custody": state.custody().name()}));
    }

    fn written(&mut self, done: usize, total: usize) {
        self.out.progress("writing", done as u64, total as u64);
    }
}

/// The answer of a run.
pub(super) fn answer(outcome: Outcome, job: &Job, out: &mut Output) -> Answer {
    let reason = outcome.reason();
    match outcome {
        Outcome::Issued(_) => issued(job.clone(), out),
        Outcome::Resumable(error) => Err(Failure::from(error).with_data(facts(job))),
        Outcome::Void { error, .. } => {
            let why = error.map_or_else(|| "the job is void".to_owned(), |e| e.to_string());
            Err(Failure::new(reason.unwrap_or(Reason::JobVoid), why).with_data(facts(job)))
        }
        Outcome::Quarantined { .. } => {
            Err(Failure::new(Reason::JobQuarantined, "the chip's state is unknown").with_data(facts(job)))
        }
    }
}

/// The answer of a job that is issued, now or before.
pub(super) fn issued(job: Job, out: &mut Output) -> Answer {
    if job.state != State::Issued {
        return Err(JournalError::WrongState { at: job.state.name(), step: State::Issued.name() }.into());
    }
    let chip = job.chip.map(|c| c.to_string()).unwrap_or_default();
    out.line(match out.lang() {
        Lang::En => format!("issued: job {}, chip {chip}, {} APDUs in {} runs; not handed over", job.id, job.apdus, job.runs),
        Lang::Id => {
            format!("jadi: pekerjaan {}, cip {chip}, {} APDU, {} kali jalan; belum diserahkan", job.id, job.apdus, job.runs)
        }
    });
    Ok(Told::yes(facts(&job)))
}

/// The answer to giving up a job that is void now: what was asked is done, and it says what to do with the chip.
pub(super) fn given_up(job: &Job, out: &mut Output) -> Told {
    let chip = match (job.chip, job.terminated, out.lang()) {
        (None, _, Lang::En) => "no chip was bound to it".to_owned(),
        (None, _, Lang::Id) => "tidak ada cip yang terikat".to_owned(),
        (Some(chip), true, Lang::En) => format!("chip {chip} is terminated: put it with the spoiled"),
        (Some(chip), true, Lang::Id) => format!("cip {chip} sudah dimatikan: simpan bersama yang rusak"),
        (Some(chip), false, Lang::En) => format!("chip {chip} was not seen terminated: destroy it"),
        (Some(chip), false, Lang::Id) => format!("cip {chip} tidak terlihat dimatikan: musnahkan"),
    };
    let given_up = out.lang().pick("given up, void: job", "dihentikan, batal: pekerjaan");
    out.line(format!("{given_up} {}; {chip}", job.id));
    Told::yes(facts(job))
}

/// A job as JSON: no password, no name, no number of the person.
pub(super) fn facts(job: &Job) -> Value {
    let hex = |bytes: &[u8]| crate::verify::hex::encode(bytes);
    json!({
        "job": job.id.as_str(),
        "state": job.state.name(),
        "custody": job.custody.name(),
        "reason": job.reason.map(Reason::code),
        "terminated": job.terminated,
        "chip": job.chip.map(|c| c.to_string()),
        "reader": job.reader,
        "profile": job.profile,
        "document_number": job.document_number,
        "status_index": job.status_index,
        "image": hex(&job.image_digest),
        "authorization": hex(&job.authorization_digest),
        "keys": job.keys.iter().map(|k| json!({"slot": k.slot, "public_key": hex(&k.key)})).collect::<Vec<_>>(),
        "intents": job.intents.iter().map(|i| i.name()).collect::<Vec<_>>(),
        "runs": job.runs,
        "apdus": job.apdus,
        "sent_bytes": job.sent_bytes,
        "received_bytes": job.received_bytes,
        "printer_job": job.printer_job,
        "blank_serial_read": job.blank_serial_read,
        "blank_serial_expected": job.blank_serial_expected,
        "face_hash": job.face_hash.map(|h| hex(&h)),
        "mode": job.mode.map(Mode::name),
        "created_at": job.created_at.to_string(),
        "updated_at": job.updated_at.to_string(),
    })
}
