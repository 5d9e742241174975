//! The receipt: made, signed, chained; only then is the card ISSUED.

use super::desk::Desk;
use super::lock::Locked;
use super::sign::pass_two;
use super::write::whole;
use crate::crypto::hash::sha256;
use crate::lds::files::CardFiles;
use crate::perso::error::PersoError;
use crate::perso::journal::{Entry, JournalError};
use crate::perso::receipt::{Certificates, Exchange, RECEIPT_VERSION, Receipt, ReceiptFile, ReceiptKey, Timings};
use crate::perso::state::State;

/// How often a receipt may find the head of a shared chain moved while it was signed.
const MOST_TRIES: u32 = 16;

impl Locked {
    /// Writes the receipt into the chain and makes the job ISSUED, in one transaction.
    pub(super) fn issue(self, desk: &mut Desk<'_, '_, '_>) -> Result<Receipt, PersoError> {
        desk.count()?;
        for _ in 0..MOST_TRIES {
            let head = desk.station.journal.chain_head()?;
            let receipt = receipt(desk, head.n + 1, &head.head)?;
            let body = receipt.to_json();
            let signature = desk.station.notary.sign(&body)?;
            let entry = Entry { n: head.n + 1, previous: head.head, body, signature };
            let now = desk.now();
            match desk.station.journal.issue(&desk.job.id, &entry, now) {
                // Another station's receipt came in between: the chain is whole and goes on behind that one.
                Err(JournalError::ChainBroken(_)) if desk.station.journal.chain_head()? != head => {}
                other => {
                    other?;
                    // Issued it is, whether or not the journal can be read once more.
                    let _ = desk.refresh(State::Issued);
                    return Ok(receipt);
                }
            }
        }
        Err(PersoError::Receipt("other stations are always first".into()))
    }
}

fn receipt(desk: &Desk<'_, '_, '_>, number: u64, previous: &[u8]) -> Result<Receipt, PersoError> {
    let job = &desk.job;
    let pass_two = pass_two(desk)?;
    let mode = desk.station.options.mode;
    let run = desk.link.counters();
    let files = files(&whole(desk, &pass_two));
    Ok(Receipt {
        kind: "ektp-receipt".into(),
        version: RECEIPT_VERSION,
        number,
        previous: hex(previous),
        job: job.id.to_string(),
        mode,
        keys_held_by: mode.holder().into(),
        chip_serial: job.chip.map(|c| c.to_string()).unwrap_or_default(),
        reader: job.reader.clone().unwrap_or_default(),
        document_number: job.document_number.clone(),
        status_index: job.status_index,
        card_status: "not handed over".into(),
        profile: job.profile.clone(),
        image: hex(&job.image_digest),
        authorization: hex(&job.authorization_digest),
        keys: job.keys.iter().map(|k| ReceiptKey { usage: usage(k.slot).into(), public_key: hex(&k.key) }).collect(),
        files: files.clone(),
        face: desk.work.face.clone(),
        certificates: Certificates {
            document_signer: document_signer(&pass_two.sod),
            quality_control: desk.station.inspector.certificate(),
            receipt: desk.station.notary.certificate(),
        },
        timings: Timings {
            created_at: job.created_at.to_string(),
            issued_at: desk.now().to_string(),
            runs: job.runs,
            steps_ms: desk.steps.clone(),
        },
        exchange: Exchange {
            personalization_apdus: run.apdus,
            read_back_apdus: desk.inspected.apdus,
            sent_bytes: job.sent_bytes,
            received_bytes: job.received_bytes,
            apdus: job.apdus,
            payload_bytes: files.iter().map(|f| f.bytes).sum::<usize>() + desk.work.secrets(job),
        },
    })
}

const fn usage(slot: u8) -> &'static str {
    if slot == 1 { "chip authentication" } else { "active authentication" }
}

fn files(files: &CardFiles) -> Vec<ReceiptFile> {
    files
        .iter()
        .map(|(id, content)| ReceiptFile { name: id.name().into(), bytes: content.len(), sha256: hex(&sha256(content)) })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    crate::verify::hex::encode(bytes)
}

/// Serial number of the certificate inside EF.SOD, hexadecimal.
fn document_signer(sod: &[u8]) -> String {
    crate::pki::sod::read(sod).map(|read| read.signer().serial_hex()).unwrap_or_default()
}
