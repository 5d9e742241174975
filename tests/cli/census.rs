//! The count when all is over: no card lost, none made twice, in every chip its own image and nobody else's.

use ektp::lds::build::Built;
use ektp::perso::job::JobId;
use ektp::perso::journal::{Job, Journal, Ledger as _};
use ektp::perso::state::State as JobState;
use ektp::pki::trust::TrustStore;
use ektp::softchip::{SharedChip, State};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::path::Path;

/// A card that was ordered, and the chip that it was to be made on.
pub struct Ordered {
    pub job: String,
    pub chip: SharedChip,
    pub built: Built,
}

/// Everything that is wrong; nothing for a station that does its work. `register` is its signer's, `spares` are chips that nobody ordered a card on.
pub fn violations(store: &Path, register: &Path, trust: &TrustStore, ordered: &[Ordered], spares: &[SharedChip]) -> Vec<String> {
    let journal = Journal::open(store).unwrap();
    let mut wrong: Vec<String> = ordered.iter().filter_map(|card| lost(&journal, card)).collect();
    let mut must = |holds: bool, what: String| wrong.extend((!holds).then_some(what));
    let jobs = journal.jobs(u32::MAX).unwrap();
    let cards = ordered.len();
    must(jobs.len() == cards, format!("{} jobs for {cards} cards", jobs.len()));
    let chips: BTreeSet<_> = jobs.iter().filter_map(|job| job.chip).collect();
    must(chips.len() == jobs.len(), format!("made twice: {} jobs on {} chips", jobs.len(), chips.len()));
    let keys: BTreeSet<_> = jobs.iter().flat_map(|job| job.keys.iter().map(|k| k.key.clone())).collect();
    let born: usize = jobs.iter().map(|job| job.keys.len()).sum();
    must(keys.len() == born && born >= cards, format!("made twice: {born} keys, {} different", keys.len()));
    let receipts = journal.verify_chain(Some(trust));
    must(receipts == Ok(cards as u64), format!("one receipt a card: {receipts:?} for {cards}"));
    let signed = signatures(register);
    must(signed == [cards, born], format!("signed for {signed:?} cards and keys, not {:?}", [cards, born]));
    let touched = spares.iter().filter(|chip| chip.lock().unwrap().state() != State::Blank).count();
    must(touched == 0, format!("made twice: {touched} chips on which no card was ordered"));
    wrong
}

/// How a card is lost, if it is: a job that has no end, a chip that nobody may use, or a chip with other data than were ordered.
fn lost(journal: &Journal, card: &Ordered) -> Option<String> {
    let name = &card.job;
    let Ok(job) = journal.job(&JobId::parse(name).unwrap()) else { return Some(format!("lost: {name} is unknown")) };
    let chip = card.chip.lock().unwrap();
    if job.state != JobState::Issued || chip.state() != State::Locked {
        return Some(format!("lost: {name} is {}, its chip {:?}", job.state.name(), chip.state()));
    }
    if job.chip.map(|serial| serial.0) != Some(chip.serial()) {
        return Some(format!("lost: {name} was issued on another chip"));
    }
    let memory = chip.save();
    let holds = |bytes: &[u8]| memory.windows(bytes.len()).any(|w| w == bytes);
    let files = card.built.files.iter().all(|(_, content)| holds(content));
    (!(files && own(&job, holds))).then(|| format!("wrong data: the chip of {name} holds other bytes than were ordered"))
}

/// Whether a chip holds what only this job can have put there: its EF.SOD, and the keys that were registered.
fn own(job: &Job, holds: impl Fn(&[u8]) -> bool) -> bool {
    job.sod.as_deref().is_some_and(&holds) && !job.keys.is_empty() && job.keys.iter().all(|k| holds(&k.key))
}

/// Cards and keys that the signer's register has signed for.
fn signatures(register: &Path) -> [usize; 2] {
    let register = Connection::open(register).unwrap();
    ["card", "public_key"].map(|table| {
        let count = register.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get::<_, i64>(0));
        usize::try_from(count.unwrap_or(0)).unwrap()
    })
}
