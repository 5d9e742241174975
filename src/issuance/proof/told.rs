//! A store that tells on standard output what it acknowledged: a line for each change, written after the store returned.

use crate::crypto::scp03::ChipSerial;
use crate::issuance::store::{
    Band, By, Change, Claim, Count, Done, Head, Id, Kind, Mark, Office, Page, Part, Row, Sealed, Spread, Standing, Store,
    StoreError, Word, Work,
};
use crate::verify::hex;

/// What a line begins with that acknowledges a change: then its rows, as `OFFICE:NUMBER:HEAD`.
pub const CHANGE: &str = "ack ";
/// What a line begins with that acknowledges a claim, given or taken back.
pub const CLAIM: &str = "claim";

/// A store that tells.
pub struct Told(pub Box<dyn Store>);

impl Store for Told {
    fn take(&mut self, change: &Change) -> Result<Done, StoreError> {
        let done = self.0.take(change)?;
        if !done.again {
            let rows = done.entries.iter().map(|row| format!("{}:{}:{}", row.office, row.n, hex::encode(&row.head)));
            println!("{CHANGE}{}", rows.collect::<Vec<_>>().join(" "));
        }
        Ok(done)
    }

    fn claim(&mut self, work: &Work) -> Result<Option<Claim>, StoreError> {
        self.0.claim(work).inspect(|claim| told(claim.is_some()))
    }

    fn claim_one(&mut self, work: &Work, id: &Id) -> Result<Option<Claim>, StoreError> {
        self.0.claim_one(work, id).inspect(|claim| told(claim.is_some()))
    }

    fn take_up(&mut self, work: &Work, id: &Id) -> Result<Option<Claim>, StoreError> {
        self.0.take_up(work, id).inspect(|claim| told(claim.is_some()))
    }

    fn release(&mut self, claim: &Claim) -> Result<bool, StoreError> {
        self.0.release(claim).inspect(|released| told(*released))
    }

    fn standing(&mut self, kind: Kind, id: &Id) -> Result<Option<Standing>, StoreError> {
        self.0.standing(kind, id)
    }

    fn find(&mut self, kind: Kind, by: By<'_>) -> Result<Vec<Standing>, StoreError> {
        self.0.find(kind, by)
    }

    fn latest(&mut self, kind: Kind, office: &Office, word: &Word) -> Result<Option<Standing>, StoreError> {
        self.0.latest(kind, office, word)
    }

    fn items(&mut self, kind: Kind, id: &Id) -> Result<Vec<Id>, StoreError> {
        self.0.items(kind, id)
    }

    fn page(&mut self, page: &Page) -> Result<Vec<Standing>, StoreError> {
        self.0.page(page)
    }

    fn counts(&mut self, kind: Kind) -> Result<Vec<Count>, StoreError> {
        self.0.counts(kind)
    }

    fn spread(&mut self, of: &Spread) -> Result<Vec<Band>, StoreError> {
        self.0.spread(of)
    }

    fn sealed(&mut self, kind: Kind, id: &Id, part: Part) -> Result<Option<Sealed>, StoreError> {
        self.0.sealed(kind, id, part)
    }

    fn receipt(&mut self, card: &Id) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.receipt(card)
    }

    fn card_of_chip(&mut self, chip: ChipSerial) -> Result<Option<Id>, StoreError> {
        self.0.card_of_chip(chip)
    }

    fn chip_of_card(&mut self, card: &Id) -> Result<Option<String>, StoreError> {
        self.0.chip_of_card(card)
    }

    fn heads(&mut self) -> Result<Vec<Head>, StoreError> {
        self.0.heads()
    }

    fn rows(&mut self, office: &Office, after: u64, limit: u32) -> Result<Vec<Row>, StoreError> {
        self.0.rows(office, after, limit)
    }

    fn history(&mut self, kind: Kind, id: &Id, after: u64, limit: u32) -> Result<Vec<Row>, StoreError> {
        self.0.history(kind, id, after, limit)
    }

    fn job(&mut self, job: &Id) -> Result<Vec<Row>, StoreError> {
        self.0.job(job)
    }

    fn mark(&mut self, application: &Id, marks: &[Mark]) -> Result<(), StoreError> {
        self.0.mark(application, marks)
    }

    fn marked(&mut self, marks: &[Mark], most: u32) -> Result<Vec<Id>, StoreError> {
        self.0.marked(marks, most)
    }

    fn unaccounted(&mut self, kind: Kind) -> Result<Option<Id>, StoreError> {
        self.0.unaccounted(kind)
    }
}

fn told(changed: bool) {
    if changed {
        println!("{CLAIM}");
    }
}

/// The rows of a line that acknowledges a change; none for another line, or one that was torn.
pub fn rows(line: &str) -> Option<Vec<Head>> {
    line.strip_prefix(CHANGE)?.split(' ').map(row).collect()
}

fn row(text: &str) -> Option<Head> {
    let [office, n, head] = text.split(':').collect::<Vec<_>>().try_into().ok()?;
    Some(Head { office: Office::parse(office).ok()?, n: n.parse().ok()?, head: hex::decode(head)?.try_into().ok()? })
}
