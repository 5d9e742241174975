//! What an office has to send is made: of captures packets, of queued handovers and of what the centre knows letters. Whatever is made is in
//! the spool, durable, before the store says that it was sent.

use super::content::{Heads, Queued, Said};
use super::intake::{DOSSIER, origin};
use super::letter::{self, Address, Kind as LetterKind};
use super::shown::{self, Shown};
use super::spool::{Entry, Spool};
use super::{SyncError, deed, item, shipped, told};
use crate::issuance::application::{State, Step};
use crate::issuance::card;
use crate::issuance::case::Case;
use crate::issuance::desk::{By, Desk};
use crate::issuance::handover::queue::queued;
use crate::issuance::names::Named as _;
use crate::issuance::office::Office;
use crate::issuance::packet::{self, Capture};
use crate::issuance::store::{Head, Id, Kind, Move, Page, Part, Standing, StoreError};
use crate::issuance::{register, resident};
use crate::limits::{PACKET_FILES, STORE_PAGE_ROWS, SYNC_ITEMS, SYNC_RESIDENTS};
use crate::pki::seal::OfficeRecipient;
use crate::verify::hex;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use zeroize::Zeroizing;

/// To whom letters can be sealed.
pub type Recipients = BTreeMap<Office, OfficeRecipient>;

/// What was made, or could not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// `packet`, or the letter's kind.
    pub kind: &'static str,
    /// About which thing.
    pub about: String,
    /// Why it could not be made.
    pub refused: Option<SyncError>,
}

/// Where things are made, by whom, and to whom they can be sealed.
pub struct Maker<'a, 'b> {
    /// The office and its store.
    pub desk: &'a mut Desk<'b>,
    /// Its service.
    pub by: By<'a>,
    /// Its folder.
    pub spool: &'a Spool,
    /// The certificates of other offices.
    pub recipients: &'a Recipients,
}

impl std::fmt::Debug for Maker<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Maker({})", self.desk.office)
    }
}

/// Refuses a store that is older than what its office showed of it, or another.
///
/// # Errors
/// [`SyncError::Desk`]: rolled back, or forked.
pub fn hold_own(desk: &mut Desk<'_>, spool: &Spool) -> Result<(), SyncError> {
    let Some(seen) = spool.shown(desk.office)? else { return Ok(()) };
    let heads = seen.of(desk.office, desk.roster, desk.now())?;
    shown::hold(desk.store, &heads)
}

impl Maker<'_, '_> {
    /// Makes everything that there is to send. One thing that cannot be made does not stop the others.
    ///
    /// # Errors
    /// [`SyncError::Desk`] for a store that was put back; what spool and store say.
    pub fn make(&mut self) -> Result<Vec<Made>, SyncError> {
        hold_own(self.desk, self.spool)?;
        let mut made = if self.desk.office == Office::Ministry { self.of_the_centre()? } else { self.of_an_office()? };
        made.extend(self.heads()?);
        Ok(made)
    }

    fn of_an_office(&mut self) -> Result<Vec<Made>, SyncError> {
        self.tidy()?;
        let out = self.spool.outgoing()?;
        let mut made = Vec::new();
        let mut captures = self.all(Kind::Application, State::Queued.name())?;
        captures.extend(self.all(Kind::Application, State::Sent.name())?);
        for standing in captures {
            if let Some(done) = self.packet(&standing, &out).transpose() {
                made.push(told_of("packet", &standing.id, done));
            }
        }
        for standing in self.all(Kind::Card, card::State::Queued.name())? {
            let is_there = |e: &Entry| e.label.kind == "handover" && e.label.about == standing.id.as_str();
            if !out.iter().any(is_there) {
                let done = self.handover(&standing.id);
                made.push(told_of("handover", &standing.id, done));
            }
        }
        self.deeds(&mut made)?;
        Ok(made)
    }

    /// What was done here since the last time and signed for the centre, by the rows of the own chain: each once, in its order.
    fn deeds(&mut self, made: &mut Vec<Made>) -> Result<(), SyncError> {
        let office = self.desk.office.into();
        let mut after = read_count(self.spool)?;
        loop {
            let rows = self.desk.store.rows(&office, after, STORE_PAGE_ROWS)?;
            let Some(last) = rows.last().map(|row| row.n) else { return Ok(()) };
            for row in &rows {
                let Some(of) = deed::of_row(self.desk, row)? else { continue };
                let done = self.letter((LetterKind::Deed, Office::Ministry, row.id.as_str()), &Said::Deed(Box::new(of)));
                let is_made = done.is_ok();
                made.push(told_of("deed", &row.id, done));
                if !is_made {
                    // It, and what follows, is made as soon as it can be: when there is a certificate.
                    return self.spool.keep(DEEDS, row.n.saturating_sub(1).to_string().as_bytes());
                }
            }
            // Only now: whoever is killed before makes it twice, and nothing is left out.
            after = last;
            self.spool.keep(DEEDS, after.to_string().as_bytes())?;
        }
    }

    /// What this office has in a state, at most [`SYNC_ITEMS`].
    fn all(&mut self, kind: Kind, state: &'static str) -> Result<Vec<Standing>, SyncError> {
        let mut page = Page { state: Some(state), limit: STORE_PAGE_ROWS, ..Page::of(kind) };
        let mut all = Vec::new();
        while all.len() < SYNC_ITEMS {
            let found = self.desk.store.page(&page)?;
            let Some(last) = found.last() else { break };
            page.after = Some(last.cursor());
            all.extend(found.into_iter().filter(|s| s.custody == self.desk.office.into()));
        }
        Ok(all)
    }

    /// Own items whose thing has gone on since are done with.
    fn tidy(&mut self) -> Result<(), SyncError> {
        for entry in self.spool.outgoing()?.iter().filter(|entry| entry.label.from == self.desk.office) {
            let (kind, waits) = match entry.label.kind {
                "packet" => (Kind::Application, [State::Queued.name(), State::Sent.name()]),
                "handover" => (Kind::Card, [card::State::Queued.name(); 2]),
                _ => continue,
            };
            let standing = self.desk.store.standing(kind, &Id::parse(&entry.label.about)?)?;
            // A packet of the capture before was answered, or another capture is in its place.
            let is_old = |s: &Standing| {
                !waits.contains(&s.state)
                    || s.state == State::Queued.name() && entry.label.at < s.changed && kind == Kind::Application
            };
            if standing.as_ref().is_some_and(is_old) {
                self.spool.drop_out(entry.sha)?;
            }
        }
        Ok(())
    }

    /// The packet of a consolidated capture, and the step that says it is sent. Nothing if there is nothing to do.
    fn packet(&mut self, standing: &Standing, out: &[Entry]) -> Result<Option<()>, SyncError> {
        let of_this = |e: &&Entry| e.label.kind == "packet" && e.label.about == standing.id.as_str();
        let known = out
            .iter()
            .filter(of_this)
            .max_by_key(|e| e.label.at)
            .filter(|e| standing.state == State::Sent.name() || e.label.at >= standing.changed);
        let (bytes, is_new) = match known {
            Some(_) if standing.state == State::Sent.name() => return Ok(None),
            Some(entry) => (self.spool.bytes(entry.sha)?, false),
            None => (self.sealed(&standing.id)?, true),
        };
        let item = item::Item::parse(&bytes)?;
        if is_new {
            self.spool.put(&bytes, &item.label())?;
        }
        if standing.state == State::Queued.name() {
            let item::Known::Packet(packet) = item.verify(self.desk.roster, self.desk.now())? else {
                return Err(SyncError::Form(0));
            };
            let send = Move::application(standing.id.clone(), Step::Send).by_evidence(packet.digest());
            let job = Id::parse(&format!("send-{}", hex::encode(packet.digest().get(..16).unwrap_or_default())))?;
            self.desk.take_by(&job, vec![send], self.by)?;
        }
        Ok(Some(()))
    }

    /// A capture with its case, sealed to the centre.
    fn sealed(&mut self, id: &Id) -> Result<Vec<u8>, SyncError> {
        let case = Case::open(self.desk, id)?;
        let kept = self.desk.store.sealed(Kind::Application, id, Part::Biometrics)?.ok_or(StoreError::Damaged("capture"))?;
        let kept = Capture::of_store(&self.desk.key.open(&kept)?, &id.as_str().parse()?)?;
        let mut files: Vec<_> = kept.files().map(|(name, bytes)| (name.clone(), Zeroizing::new(bytes.to_vec()))).collect();
        if files.len() >= PACKET_FILES {
            return Err(crate::issuance::packet::PacketError::TooManyFiles(files.len()).into());
        }
        files.push((DOSSIER.parse()?, Zeroizing::new(case.dossier.to_json())));
        let capture = Capture::new(kept.application().clone(), files)?;
        let recipient = recipient(self.recipients, Office::Ministry)?;
        let at = self.desk.now();
        Ok(packet::seal_by(&capture, (self.by.first, self.desk.office), recipient, at, self.desk.rng)?)
    }

    fn handover(&mut self, card: &Id) -> Result<(), SyncError> {
        let of: Queued = queued(self.desk, card)?;
        self.letter((LetterKind::Handover, Office::Ministry, card.as_str()), &Said::Handover(of))
    }

    /// A letter, sealed and in the spool.
    pub(super) fn letter(&mut self, (kind, to, about): (LetterKind, Office, &str), said: &Said) -> Result<(), SyncError> {
        let recipient = recipient(self.recipients, to)?;
        let text = Zeroizing::new(said.to_json());
        let address = Address { kind, from: self.desk.office, to, about };
        let bytes = letter::seal(address, &text, self.by.first, recipient, (self.desk.clock.now(), self.desk.rng))?;
        self.spool.put(&bytes, &item::Item::parse(&bytes)?.label())?;
        Ok(())
    }

    /// What changed in the centre's store since the last time, told to the offices that it is about.
    fn of_the_centre(&mut self) -> Result<Vec<Made>, SyncError> {
        let mut feed = Feed::read(self.spool)?;
        let mut made = Vec::new();
        let mut waiting: BTreeSet<String> = std::mem::take(&mut feed.waiting);
        loop {
            let (changed, more) = feed.next(self.desk)?;
            let mut again = BTreeSet::new();
            for id in waiting.iter().map(|id| Id::parse(id)).collect::<Result<BTreeSet<_>, _>>()?.union(&changed.applications) {
                match self.told(id) {
                    Ok(Some(())) => made.push(told_of("told", id, Ok(()))),
                    Ok(None) => {}
                    Err(error) => {
                        // Told as soon as it can be: when there is a certificate.
                        again.insert(id.to_string());
                        made.push(told_of("told", id, Err(error)));
                    }
                }
            }
            made.extend(self.residents(changed.residents)?);
            let sent: BTreeSet<Id> = feed.shipments()?.union(&changed.shipments).cloned().collect();
            for id in &sent {
                match self.shipment(id) {
                    Ok(true) => made.push(told_of("shipment", id, Ok(()))),
                    Ok(false) => {}
                    Err(error) => {
                        feed.shipments.insert(id.to_string());
                        made.push(told_of("shipment", id, Err(error)));
                    }
                }
            }
            waiting.clear();
            feed.waiting.extend(again);
            // Only now: whoever is killed before tells it twice, and nothing is left out.
            feed.write(self.spool)?;
            if !more {
                return Ok(made);
            }
        }
    }

    /// Tells the office of an application where it stands, in the place of what was not sent yet.
    fn told(&mut self, id: &Id) -> Result<Option<()>, SyncError> {
        let Some(to) = origin(self.desk.store, id)? else { return Ok(None) };
        let before = self.spool.outgoing()?;
        let said = Said::Told(told::tell(self.desk, id, to)?);
        self.letter((LetterKind::Told, to, id.as_str()), &said)?;
        let older = |e: &&Entry| e.label.kind == "told" && e.label.about == id.as_str() && e.label.from == self.desk.office;
        before.iter().filter(older).try_for_each(|entry| self.spool.drop_out(entry.sha))?;
        Ok(Some(()))
    }

    /// Tells the office that a shipment goes to where it stands, if that office has a store of its own; whether it was told.
    fn shipment(&mut self, id: &Id) -> Result<bool, SyncError> {
        let Some(told) = shipped::tell(self.desk, id)? else { return Ok(false) };
        let to = told.to;
        if to == Office::Ministry || !self.recipients.contains_key(&to) && !shipped::has_own_store(self.desk, &told)? {
            return Ok(false);
        }
        let before = self.spool.outgoing()?;
        self.letter((LetterKind::Shipment, to, id.as_str()), &Said::Shipment(Box::new(told)))?;
        let older = |e: &&Entry| e.label.kind == "shipment" && e.label.about == id.as_str() && e.label.from == self.desk.office;
        before.iter().filter(older).try_for_each(|entry| self.spool.drop_out(entry.sha))?;
        Ok(true)
    }

    /// Residents as the centre has them, for the service points and regencies that have stores of their own.
    fn residents(&mut self, changed: BTreeSet<Id>) -> Result<Vec<Made>, SyncError> {
        let mut of: BTreeMap<Office, Vec<Value>> = BTreeMap::new();
        for id in changed {
            let Some(standing) = self.desk.store.standing(Kind::Resident, &id)? else { continue };
            if standing.state != resident::State::Clean.name() {
                continue;
            }
            let known = register::known(self.desk.store, self.desk.key, &standing)?;
            let address = &known.resident.biodata.address;
            for code in [address.district_code.as_str(), address.regency_code.as_str()] {
                if let Some(office) = code.parse().ok().filter(|office| self.recipients.contains_key(office)) {
                    of.entry(office).or_default().push(known.resident.to_json());
                }
            }
        }
        let mut made = Vec::new();
        for (office, residents) in of {
            for part in residents.chunks(SYNC_RESIDENTS) {
                self.letter((LetterKind::Register, office, "-"), &Said::Register(part.to_vec()))?;
                made.push(Made { kind: "register", about: office.to_string(), refused: None });
            }
        }
        Ok(made)
    }

    /// Shows how far the own chains go to those who hold them for us, where that is further than was shown, with what they showed us.
    fn heads(&mut self) -> Result<Vec<Made>, SyncError> {
        let (office, now, own) = (self.desk.office, self.desk.now(), self.desk.store.heads()?);
        let is_new = |shown: Option<Shown>, heads: &[Head]| shown.is_none_or(|shown| shown.differs(heads));
        if is_new(self.spool.shown(office)?, &own) {
            self.spool.keep_shown(office, &Shown::new(office, &own, self.by.first, now)?)?;
        }
        let mut made = Vec::new();
        let offices: Vec<Office> = self.recipients.keys().copied().filter(|to| *to != office).collect();
        for to in offices.into_iter().filter(|to| office == Office::Ministry || *to == Office::Ministry) {
            // Of the centre's chains an office holds its own and the ministry's.
            let theirs =
                |head: &&Head| head.office == Office::Ministry.into() || head.office.as_str().parse().is_ok_and(|o| to.holds(o));
            let heads: Vec<Head> = own.iter().filter(|head| office != Office::Ministry || theirs(head)).cloned().collect();
            let name = format!("heads/{to}.told");
            let told = self.spool.note(&name)?.and_then(|bytes| Shown::parse(&bytes));
            if heads.is_empty() || !is_new(told, &heads) {
                continue;
            }
            let shown = Shown::new(office, &heads, self.by.first, now)?;
            let said = Said::Heads(Box::new(Heads { shown: shown.clone(), seen: self.spool.shown(to)? }));
            self.letter((LetterKind::Heads, to, "-"), &said)?;
            self.spool.keep(&name, shown.to_json().as_bytes())?;
            made.push(Made { kind: "heads", about: to.to_string(), refused: None });
        }
        Ok(made)
    }
}

fn told_of(kind: &'static str, about: &Id, done: Result<(), SyncError>) -> Made {
    Made { kind, about: about.to_string(), refused: done.err() }
}

/// The certificate of an office.
fn recipient(recipients: &Recipients, to: Office) -> Result<&OfficeRecipient, SyncError> {
    recipients.get(&to).ok_or(SyncError::NoRecipient(to))
}

/// How far the centre's audit was gone through for what there is to tell.
#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Feed {
    rows: BTreeMap<String, u64>,
    waiting: BTreeSet<String>,
    #[serde(default)]
    shipments: BTreeSet<String>,
}

/// What has changed in the centre's store.
struct Changed {
    applications: BTreeSet<Id>,
    residents: BTreeSet<Id>,
    shipments: BTreeSet<Id>,
}

/// How far the office's audit was gone through for what was signed for the centre.
const DEEDS: &str = "deeds";

fn read_count(spool: &Spool) -> Result<u64, SyncError> {
    // One that cannot be read is begun anew: everything is sent once more, and found.
    let note = spool.note(DEEDS)?.and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(note.and_then(|text| text.trim().parse().ok()).unwrap_or_default())
}

const FEED: &str = "feed.json";

impl Feed {
    fn read(spool: &Spool) -> Result<Self, SyncError> {
        // One that cannot be read is begun anew: everything is told once more.
        Ok(spool.note(FEED)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
    }

    fn write(&self, spool: &Spool) -> Result<(), SyncError> {
        spool.keep(FEED, &serde_json::to_vec(self).unwrap_or_default())
    }

    /// The shipments that could not be told of.
    fn shipments(&mut self) -> Result<BTreeSet<Id>, StoreError> {
        std::mem::take(&mut self.shipments).iter().map(|id| Id::parse(id)).collect()
    }

    /// What the next rows of every chain are about, and whether there are more.
    fn next(&mut self, desk: &mut Desk<'_>) -> Result<(Changed, bool), SyncError> {
        let (mut applications, mut residents, mut shipments) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut more = false;
        for head in desk.store.heads()? {
            let after = self.rows.entry(head.office.to_string()).or_default();
            let rows = desk.store.rows(&head.office, *after, STORE_PAGE_ROWS)?;
            for row in rows {
                *after = row.n;
                match row.kind {
                    Kind::Application => drop(applications.insert(row.id)),
                    Kind::Card => applications.extend(desk.store.standing(Kind::Card, &row.id)?.and_then(|card| card.owner)),
                    Kind::Resident => drop(residents.insert(row.id)),
                    Kind::Shipment => drop(shipments.insert(row.id)),
                    _ => {}
                }
            }
            more |= *after < head.n;
        }
        Ok((Changed { applications, residents, shipments }, more))
    }
}
