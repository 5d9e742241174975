//! What came is taken in, item by item: each once, each refused by name, and none in the way of the others. For each there is a receipt.

use super::content::{Heads, Receipt, Said};
use super::intake::Taken;
use super::item::{Item, Known, Sha};
use super::letter::Kind as LetterKind;
use super::make::{Maker, hold_own};
use super::spool::Entry;
use super::{SyncError, done, handed, intake, letter, shipped, shown, told};
use crate::issuance::desk::DeskError;
use crate::issuance::office::Office;
use crate::issuance::register;
use crate::issuance::store::{Id, StoreError};
use crate::limits::SYNC_PASSES;
use crate::pki::key::PrivateKey;
use crate::reason::{Reason, Refusal as _};
use crate::record::register::Resident;
use crate::verify::hex;
use std::collections::{BTreeMap, BTreeSet};

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// Which.
    pub item: Sha,
    /// `packet`, or the letter's kind.
    pub kind: &'static str,
    /// From which office.
    pub from: Office,
    /// About which thing.
    pub about: String,
    /// Taken in, now or before; or why not.
    pub taken: Result<Taken, SyncError>,
}

impl Maker<'_, '_> {
    /// Takes in everything that came, and puts the receipts into the spool.
    ///
    /// # Errors
    /// [`SyncError::Desk`] for an own store that was put back: then nothing is taken in; what spool and store say.
    pub fn take_in(&mut self, key: &PrivateKey) -> Result<Vec<Fate>, SyncError> {
        hold_own(self.desk, self.spool)?;
        let mut waiting = self.spool.incoming()?;
        // Who shows an older store is found out before anything of it is taken.
        waiting.sort_by_key(|entry| (entry.label.kind != "heads", entry.label.at, entry.sha));
        let (mut fates, mut receipts) = (Vec::new(), BTreeMap::new());
        // What waits for another item is asked once more, as long as others are taken in meanwhile.
        let mut last = false;
        for pass in 1..=SYNC_PASSES {
            let (before, mut left) = (waiting.len(), Vec::new());
            last |= pass == SYNC_PASSES;
            for entry in waiting {
                let taken = self.one(&entry, key);
                if let Err(SyncError::Desk(DeskError::Store(error))) = &taken
                    && entry.label.kind == "heads"
                    && self.is_own(error)
                {
                    return Err(error.clone().into());
                }
                if !last && may_wait(&entry, &taken) {
                    left.push(entry);
                    continue;
                }
                self.note(&entry, &taken, &mut receipts);
                let (item, label) = (entry.sha, entry.label);
                fates.push(Fate { item, kind: label.kind, from: label.from, about: label.about, taken });
            }
            if left.is_empty() {
                break;
            }
            last = left.len() == before;
            waiting = left;
        }
        self.send(receipts)?;
        for fate in fates.iter().filter(|fate| fate.taken.as_ref().err().is_none_or(|error| !error.is_for_now())) {
            self.spool.taken(fate.item)?;
        }
        Ok(fates)
    }

    /// Whether a refusal is of the own store, which others had seen further on.
    fn is_own(&mut self, error: &StoreError) -> bool {
        let own = hold_own(self.desk, self.spool);
        matches!(own, Err(SyncError::Desk(DeskError::Store(found))) if found == *error)
    }

    fn one(&mut self, entry: &Entry, key: &PrivateKey) -> Result<Taken, SyncError> {
        let from = entry.label.from;
        if entry.label.kind != "receipts" && self.spool.note(&refused(from))?.is_some() {
            return Err(SyncError::Refused(Reason::StoreRolledBack));
        }
        let known = Item::parse(&self.spool.bytes(entry.sha)?)?.verify(self.desk.roster, self.desk.now())?;
        match known {
            Known::Packet(packet) => intake::packet(self.desk, &packet, key, self.by),
            Known::Letter(letter) => self.letter_in(&letter, key),
        }
    }

    fn letter_in(&mut self, letter: &letter::Verified, key: &PrivateKey) -> Result<Taken, SyncError> {
        let (from, kind) = (letter.head().from, letter.head().kind);
        let said = Said::parse(&letter.open(key)?)?;
        let is_centre = from == Office::Ministry;
        match (kind, said) {
            (LetterKind::Told, Said::Told(said)) if is_centre => told::follow(self.desk, &said, letter.digest(), self.by),
            (LetterKind::Register, Said::Register(residents)) if is_centre => self.residents_in(&residents, letter.digest()),
            (LetterKind::Handover, Said::Handover(queued)) if self.desk.office == Office::Ministry => {
                handed::take_in(self.desk, &queued, from, self.by)
            }
            (LetterKind::Shipment, Said::Shipment(said)) if is_centre => {
                shipped::follow(self.desk, &said, letter.digest(), self.by)
            }
            (LetterKind::Deed, Said::Deed(deed)) if self.desk.office == Office::Ministry => {
                done::take_in(self.desk, &deed, from, self.by)
            }
            (LetterKind::Receipts, Said::Receipts(receipts)) => self.receipts_in(&receipts),
            (LetterKind::Heads, Said::Heads(heads)) => self.heads_in(from, &heads),
            _ => Err(SyncError::Anothers),
        }
    }

    /// The centre's residents over the office's.
    fn residents_in(&mut self, residents: &[serde_json::Value], letter: [u8; 32]) -> Result<Taken, SyncError> {
        let parse = |value: &serde_json::Value| Resident::from_json(value.to_string().as_bytes()).map_err(|_| SyncError::Form(0));
        let residents = residents.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
        let job = Id::parse(&format!("register-{}", hex::encode(letter.get(..16).unwrap_or_default())))?;
        let done = register::follow(self.desk, &job, &residents, self.by)?;
        Ok(if done.new + done.changed > 0 { Taken::New } else { Taken::Again })
    }

    fn receipts_in(&mut self, receipts: &[Receipt]) -> Result<Taken, SyncError> {
        let (out, now) = (self.spool.outgoing()?, self.desk.now());
        for receipt in receipts {
            let sha: Sha = receipt.item.parse()?;
            if let Some(entry) = out.iter().find(|entry| entry.sha == sha && entry.label.from == self.desk.office) {
                self.spool.receipted(entry, receipt.refused.as_deref(), now)?;
            }
        }
        Ok(Taken::New)
    }

    /// What another store shows of itself, and what it saw of ours.
    fn heads_in(&mut self, from: Office, said: &Heads) -> Result<Taken, SyncError> {
        let (office, now, roster) = (self.desk.office, self.desk.now(), self.desk.roster);
        if let Some(seen) = &said.seen {
            let seen_heads = seen.of(office, roster, now)?;
            if let Err(error) = shown::hold(self.desk.store, &seen_heads) {
                // What we showed ourselves: from now on nothing is done with this store.
                self.spool.keep_shown(office, seen)?;
                return Err(error);
            }
        }
        match said.shown.follows(self.spool.shown(from)?.as_ref(), from, roster, now) {
            Ok(true) => self.spool.keep_shown(from, &said.shown).map(|()| Taken::New),
            Ok(false) => Ok(Taken::Again),
            Err(error) => {
                if error.reason() == Reason::StoreRolledBack {
                    self.spool.keep(&refused(from), error.to_string().as_bytes())?;
                }
                Err(error)
            }
        }
    }

    /// Writes down what the sender is told.
    fn note(&mut self, entry: &Entry, taken: &Result<Taken, SyncError>, receipts: &mut BTreeMap<Office, Vec<Receipt>>) {
        let refused = taken.as_ref().err();
        if entry.label.kind == "receipts" || refused.is_some_and(SyncError::is_for_now) {
            return;
        }
        let receipt = Receipt { item: entry.sha.to_string(), refused: refused.map(|error| error.reason().code().to_owned()) };
        receipts.entry(entry.label.from).or_default().push(receipt);
    }

    fn send(&mut self, receipts: BTreeMap<Office, Vec<Receipt>>) -> Result<(), SyncError> {
        let known: BTreeSet<Office> = self.recipients.keys().copied().collect();
        for (office, receipts) in receipts.into_iter().filter(|(office, _)| known.contains(office)) {
            self.letter((LetterKind::Receipts, office, "-"), &Said::Receipts(receipts))?;
        }
        Ok(())
    }
}

/// Whether an item may be taken in after another of the same pull: a card's handover after its arrival, a deed after the one before it.
fn may_wait(entry: &Entry, taken: &Result<Taken, SyncError>) -> bool {
    let Err(error) = taken else { return false };
    entry.label.kind == "deed" || matches!(error, SyncError::NotArrived) || error.reason() == Reason::PersonHasCard
}

/// The note that an office showed an older store, or another.
pub(super) fn refused(office: Office) -> String {
    format!("heads/{office}.refused")
}
