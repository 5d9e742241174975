//! A shift at a station: counted at its beginning, counted blind at its end, closed by two when every serial number is somewhere.

use super::material::{Counters, Materials, Use};
use super::notes::{self, part_of};
use super::stock::{self, ids};
use super::{BureauError, serials};
use crate::crypto::hash::sha256;
use crate::issuance::balance::{BalanceError, Ledger, Serials};
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::shift;
use crate::issuance::store::{Id, Kind, Move, Opening, Page, Part, Row, Standing, Store, StoreError, StoreKey, Word};
use crate::limits::{BLANK_SERIALS, SHIFT_OPERATORS};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The station that is no machine: the store room, whose shift keeps the books of the office's materials. What is supplied to it is a
/// delivery; what is supplied to any other station comes out of it.
pub const STORE_ROOM: &str = "store-room";

/// Serial numbers by type.
pub type Stock = BTreeMap<String, Serials>;

/// A count of what lies at a station: unused blanks by serial number, materials by number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Unused blanks.
    pub blanks: Serials,
    /// Materials.
    pub counters: Counters,
}

/// How a shift begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begin {
    /// Its id.
    pub id: Id,
    /// At which station.
    pub station: Word,
    /// Who works there, by their ids or staff numbers.
    pub operators: Vec<Word>,
    /// What its station counts beside blanks.
    pub materials: Materials,
    /// What lies there.
    pub count: Count,
}

/// What is written down of a shift when it begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    format: u8,
    /// Who works there.
    pub operators: Vec<String>,
    /// What its station counts beside blanks.
    pub materials: Materials,
    /// Blanks that were there, half-made ones of the shift before among them.
    pub blanks: Stock,
    /// Materials that were there.
    pub counters: Counters,
}

/// What came to a shift while it was open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplied {
    /// Blanks.
    pub blanks: Stock,
    /// Materials.
    pub counters: Counters,
    /// Materials that a store room handed out to stations.
    #[serde(default, skip_serializing_if = "Counters::is_empty")]
    pub handed_out: Counters,
}

/// What is brought to a station.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Supply {
    /// Blanks and materials.
    pub came: Count,
    /// Number of the delivery note: of what comes into the store room.
    pub note: Option<Word>,
}

/// What is written down of a shift at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    format: u8,
    /// The last count.
    pub count: Count,
    /// The books, once they balance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub books: Option<Books>,
}

/// The books of a shift.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Books {
    /// By type of blank.
    pub blanks: BTreeMap<String, Ledger>,
    /// By material.
    pub materials: Vec<Use>,
}

/// The shift that is open at a station of this office.
///
/// # Errors
/// [`BureauError::NoShift`]; what the store says.
pub fn at(desk: &mut Desk<'_>, station: &Word) -> Result<Standing, BureauError> {
    let latest = desk.store.latest(Kind::Shift, &desk.office.into(), station)?;
    latest.filter(|found| found.state == "open").ok_or_else(|| BureauError::NoShift(station.clone()))
}

/// Opens a shift. What lies there must be what the shift before left, by serial number: what is gone was called missing, or went by a
/// door of the store room, before; what is new comes by [`supply`].
///
/// # Errors
/// [`BureauError::Balance`] with the serial numbers that are wrong; [`BureauError::Material`]; what desk and store say.
pub fn open(desk: &mut Desk<'_>, job: &Id, begin: &Begin, by: By<'_>) -> Result<Begun, BureauError> {
    if begin.operators.is_empty() || begin.operators.len() > SHIFT_OPERATORS {
        return Err(BureauError::Number { what: "operators of a shift", most: SHIFT_OPERATORS });
    }
    begin.materials.complete(&begin.count.counters)?;
    if begin.station.as_str() == STORE_ROOM && !begin.count.blanks.is_empty() {
        return Err(BureauError::StoreRoom("blanks"));
    }
    let begun = match notes::read(desk, Kind::Shift, &begin.id, Part::Opening)? {
        Some(begun) => begin.again(job, begun)?,
        None => first(desk, begin)?,
    };
    let opening = Move::open(begin.id.clone(), Opening::Shift { station: begin.station.clone() });
    let step = notes::with(desk, opening, Part::Opening, &begun)?;
    desk.take_by(job, vec![step], by)?;
    Ok(begun)
}

impl Begin {
    /// What was written down already, if it is this: the job is the same.
    fn again(&self, job: &Id, begun: Begun) -> Result<Begun, BureauError> {
        let all: Serials = begun.blanks.values().flatten().cloned().collect();
        let operators = self.operators.iter().map(Word::as_str).eq(begun.operators.iter().map(String::as_str));
        let same = operators && self.materials == begun.materials && self.count.counters == begun.counters;
        if same && self.count.blanks.is_subset(&all) { Ok(begun) } else { Err(StoreError::Conflict(job.to_string()).into()) }
    }
}

/// What a shift begins with, if it is what the one before left.
fn first(desk: &mut Desk<'_>, begin: &Begin) -> Result<Begun, BureauError> {
    let (unused, half_made, materials) = left(desk, &begin.station)?;
    begin.materials.follow(&materials, &begin.count.counters)?;
    let counted = &begin.count.blanks;
    let nowhere: Serials = unused.difference(counted).cloned().collect();
    differs(&begin.station, nowhere, BalanceError::Nowhere)?;
    let strange: Serials = counted.difference(&unused).cloned().collect();
    differs(&begin.station, strange, BalanceError::FromNowhere)?;
    let all: Serials = counted.union(&half_made).cloned().collect();
    Ok(Begun {
        format: 1,
        operators: begin.operators.iter().map(ToString::to_string).collect(),
        materials: begin.materials.clone(),
        blanks: by_type(desk, &all)?.into_iter().map(|(of, all)| (of, all.into_keys().collect())).collect(),
        counters: begin.count.counters.clone(),
    })
}

fn differs(station: &Word, which: Serials, error: fn(Serials) -> BalanceError) -> Result<(), BureauError> {
    if which.is_empty() { Ok(()) } else { Err(BureauError::Balance { of: station.to_string(), error: error(which) }) }
}

/// What the shift before left at a station: unused blanks that still are, half-made ones, and materials.
fn left(desk: &mut Desk<'_>, station: &Word) -> Result<(Serials, Serials, Vec<Use>), BureauError> {
    let latest = desk.store.latest(Kind::Shift, &desk.office.into(), station)?;
    let Some(before) = latest else { return Ok((Serials::new(), Serials::new(), Vec::new())) };
    let Some(Ended { books: Some(books), .. }) = notes::read(desk, Kind::Shift, &before.id, Part::Closing)? else {
        return Err(BureauError::Stands { kind: Kind::Shift, id: before.id, state: before.state });
    };
    let (mut unused, mut half_made) = (Serials::new(), Serials::new());
    for ledger in books.blanks.into_values() {
        for serial in ledger.carried_over {
            let blank = notes::standing(desk, Kind::Blank, &Id::parse(&serial)?)?;
            if blank.state == "in-stock" {
                unused.insert(serial);
            }
        }
        half_made.extend(ledger.in_process);
    }
    Ok((unused, half_made, books.materials))
}

/// Brings stock to a station out of the store room, by two: materials out of the books of the store room's own shift. To the store room
/// itself comes a delivery, by its note.
///
/// # Errors
/// [`BureauError::StoreRoom`] for blanks, or a delivery without a note; [`BureauError::NoShift`] if materials are asked of a store room
/// that has no open shift, and a [`super::material::MaterialError::Short`] if it has not as many;
/// [`BureauError::Stands`] for a blank that is not in stock, [`BureauError::Elsewhere`] for another office's,
/// [`BureauError::AnotherShift`] for one that lies at a station already; what desk and store say.
pub fn supply(desk: &mut Desk<'_>, job: &Id, id: &Id, of: &Supply, by: By<'_>) -> Result<Supplied, BureauError> {
    let begun: Begun = notes::opening(desk, Kind::Shift, id)?;
    let came = &of.came;
    let delivered = notes::standing(desk, Kind::Shift, id)?.word.as_str() == STORE_ROOM;
    if delivered && !came.blanks.is_empty() {
        return Err(BureauError::StoreRoom("blanks"));
    }
    if delivered != of.note.is_some() {
        return Err(BureauError::StoreRoom(if delivered { "a delivery without its note" } else { "a note of no delivery" }));
    }
    if let Some(strange) = came.counters.keys().find(|name| begun.materials.material.iter().all(|m| m.name != **name)) {
        return Err(super::material::MaterialError::Uncounted(strange.clone()).into());
    }
    let mut supplied: Supplied = notes::read(desk, Kind::Shift, id, Part::Supply)?.unwrap_or_default();
    let done = desk.store.job(job)?;
    if done.is_empty() {
        let new = by_type(desk, &came.blanks)?;
        if let Some((serial, state)) = new.values().flatten().find(|(_, state)| **state != "in-stock") {
            return Err(BureauError::Stands { kind: Kind::Blank, id: Id::parse(serial)?, state });
        }
        elsewhere(desk, &came.blanks)?;
        for (of, serials) in new {
            supplied.blanks.entry(of).or_default().extend(serials.into_keys());
        }
        add(&mut supplied.counters, &came.counters);
    }
    // What came is what this job is about, and not what has come so far.
    let digest = sha256(&serde_json::to_vec(came).map_err(|_| BureauError::Notes { kind: Kind::Shift, id: id.clone() })?);
    let step = notes::with(desk, Move::shift(id.clone(), shift::Step::Supply), Part::Supply, &supplied)?.by_evidence(digest);
    let mut moves = vec![match &of.note {
        Some(note) => step.because(note.clone()),
        None => step,
    }];
    if !delivered && came.counters.values().any(|count| *count > 0) {
        moves.push(out_of_store_room(desk, (id, &done), &came.counters, digest)?);
    }
    desk.take_by(job, moves, by)?;
    Ok(supplied)
}

fn add(all: &mut Counters, more: &Counters) {
    for (name, count) in more {
        let so_far = all.entry(name.clone()).or_default();
        *so_far = so_far.saturating_add(*count);
    }
}

/// The step by which the store room hands materials out, if it has them.
fn out_of_store_room(
    desk: &mut Desk<'_>,
    (to, done): (&Id, &[Row]),
    counters: &Counters,
    digest: [u8; 32],
) -> Result<Move, BureauError> {
    let before = done.iter().find(|row| row.kind == Kind::Shift && row.id != *to).map(|row| row.id.clone());
    let again = before.is_some();
    let room = match before {
        Some(room) => room,
        None => at(desk, &Word::parse(STORE_ROOM)?)?.id,
    };
    let (begun, mut supplied) = written(desk, &room)?;
    if !again {
        for (name, asked) in counters {
            let of = |counters: &Counters| counters.get(name).copied().unwrap_or_default();
            let here = of(&begun.counters).saturating_add(of(&supplied.counters)).saturating_sub(of(&supplied.handed_out));
            if *asked > here {
                return Err(super::material::MaterialError::Short { name: name.clone(), asked: *asked }.into());
            }
        }
        add(&mut supplied.handed_out, counters);
    }
    let step = notes::with(desk, Move::shift(room, shift::Step::Supply), Part::Supply, &supplied)?;
    let why = Word::parse(to.as_str())?;
    Ok(step.by_evidence(digest).because(why))
}

/// Refuses whoever was not named when the shift at this station began.
///
/// # Errors
/// [`BureauError::NotOfShift`]; what the store says.
pub fn works(desk: &mut Desk<'_>, shift: &Id, by: By<'_>) -> Result<(), BureauError> {
    let begun: Begun = notes::opening(desk, Kind::Shift, shift)?;
    let names = notes::names_of(desk.roster, by.first.id());
    let is_named = begun.operators.iter().any(|operator| names.contains(operator));
    if is_named { Ok(()) } else { Err(BureauError::NotOfShift(shift.clone())) }
}

/// That no open shift of this office has one of these.
fn elsewhere(desk: &mut Desk<'_>, blanks: &Serials) -> Result<(), BureauError> {
    let page = Page { state: Some("open"), office: Some(desk.office.into()), limit: 1_000, ..Page::of(Kind::Shift) };
    for shift in desk.store.page(&page)? {
        let begun: Begun = notes::opening(desk, Kind::Shift, &shift.id)?;
        let supplied: Supplied = notes::read(desk, Kind::Shift, &shift.id, Part::Supply)?.unwrap_or_default();
        let has: Serials = begun.blanks.into_values().chain(supplied.blanks.into_values()).flatten().collect();
        let both: Serials = has.intersection(blanks).cloned().collect();
        if !both.is_empty() {
            return Err(BureauError::AnotherShift(both));
        }
    }
    Ok(())
}

/// What a station of an open shift may take a blank from: opening and supply, as they stand now.
///
/// # Errors
/// What the store says.
pub fn unused(desk: &mut Desk<'_>, id: &Id) -> Result<BTreeMap<String, Serials>, BureauError> {
    let (begun, supplied) = written(desk, id)?;
    let all: Serials = begun.blanks.into_values().chain(supplied.blanks.into_values()).flatten().collect();
    let unused = by_type(desk, &all)?.into_iter().map(|(of, all)| {
        let unused = all.into_iter().filter(|(_, state)| *state == "in-stock").map(|(serial, _)| serial);
        (of, unused.collect())
    });
    Ok(unused.collect())
}

fn written(desk: &mut Desk<'_>, id: &Id) -> Result<(Begun, Supplied), BureauError> {
    let begun = notes::opening(desk, Kind::Shift, id)?;
    Ok((begun, notes::read(desk, Kind::Shift, id, Part::Supply)?.unwrap_or_default()))
}

/// The end of a shift: what was counted, and what is missing of it by an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// What lies at the station, counted before anybody was shown what to expect.
    pub count: Count,
    /// What is nowhere, and what is said about it.
    pub missing: Option<(Serials, String)>,
}

/// Closes a shift by two. The count is written down and signed first, whatever comes of it; then the books are made: every serial number
/// that was there or came is somewhere, every material was used as the cards take it, or the shift stays open, and what is wrong is named.
///
/// # Errors
/// [`BureauError::Balance`], [`BureauError::Material`]; what desk and store say.
pub fn close(desk: &mut Desk<'_>, job: &Id, id: &Id, end: &End, by: By<'_>) -> Result<Books, BureauError> {
    notes::own(desk, Kind::Shift, id)?;
    if !desk.store.job(job)?.is_empty() {
        return closed(desk, job, id, end);
    }
    let (begun, supplied) = written(desk, id)?;
    begun.materials.complete(&end.count.counters)?;
    by_another(desk, job, (id, &end.count), by)?;
    let mut ended = Ended { format: 1, count: end.count.clone(), books: None };
    let step = notes::with(desk, Move::shift(id.clone(), shift::Step::Count), Part::Closing, &ended)?;
    desk.take_by(&part_of(job, "count")?, vec![step], by)?;
    let missing = end.missing.as_ref().map(|(serials, _)| serials.clone()).unwrap_or_default();
    let books = books(desk, (&begun, &supplied), &end.count, &missing)?;
    ended.books = Some(books.clone());
    let mut moves = match &end.missing {
        Some((serials, text)) => stock::missing(desk, job, serials, text)?,
        None => Vec::new(),
    };
    moves.push(notes::with(desk, Move::shift(id.clone(), shift::Step::Close), Part::Closing, &ended)?);
    desk.take_by(job, moves, by)?;
    Ok(books)
}

/// After a count that did not balance its counter has been told what the books expect: another count is that of somebody who made none of
/// this shift. The last count again, with what is missing or a second signature, is nobody's guess.
fn by_another(desk: &mut Desk<'_>, job: &Id, (id, count): (&Id, &Count), by: By<'_>) -> Result<(), BureauError> {
    let own = part_of(job, "count")?;
    let rows = desk.store.history(Kind::Shift, id, 0, crate::limits::STORE_PAGE_ROWS)?;
    let counts = rows.iter().filter(|row| row.step().as_deref() == Some(shift::Step::Count.name()) && row.job != own);
    let counters: Vec<_> = counts.filter_map(|row| row.signatories().unwrap_or_default().into_iter().next()).collect();
    let knows = counters.iter().any(|(counter, ..)| notes::same_person(desk.roster, *counter, by.first.id()));
    let ended: Option<Ended> = notes::read(desk, Kind::Shift, id, Part::Closing)?;
    if knows && ended.is_some_and(|ended| ended.count != *count) {
        return Err(BureauError::SameCounter(id.clone()));
    }
    Ok(())
}

/// The books that this job closed the shift by: what became of its blanks since is in other books.
fn closed(desk: &mut Desk<'_>, job: &Id, id: &Id, end: &End) -> Result<Books, BureauError> {
    let ended: Option<Ended> = notes::read(desk, Kind::Shift, id, Part::Closing)?;
    let books = ended.filter(|ended| ended.count == end.count).and_then(|ended| ended.books);
    books.ok_or_else(|| StoreError::Conflict(job.to_string()).into())
}

/// The books by a count, if they balance.
fn books(
    desk: &mut Desk<'_>,
    (begun, supplied): (&Begun, &Supplied),
    count: &Count,
    missing: &Serials,
) -> Result<Books, BureauError> {
    let none = Serials::new();
    let own: Serials = begun.blanks.values().chain(supplied.blanks.values()).flatten().cloned().collect();
    let strange: Serials = count.blanks.union(missing).filter(|serial| !own.contains(*serial)).cloned().collect();
    if !strange.is_empty() {
        return Err(BureauError::Balance { of: "count".to_owned(), error: BalanceError::FromNowhere(strange) });
    }
    let mut books = Books::default();
    let (mut made, mut spoiled) = (0_u64, 0_u64);
    for (of, states) in by_type(desk, &own)? {
        let ledger =
            ledger(&states, [begun.blanks.get(&of).unwrap_or(&none), supplied.blanks.get(&of).unwrap_or(&none)], count, missing);
        ledger.close_shift().map_err(|error| BureauError::Balance { of: of.clone(), error })?;
        made += ledger.made.len() as u64;
        spoiled += (ledger.spoiled.len() + ledger.quarantined.len()) as u64;
        books.blanks.insert(of, ledger);
    }
    let counters = [&begun.counters, &supplied.counters, &count.counters];
    books.materials = begun.materials.close(counters, &supplied.handed_out, [made, spoiled])?;
    Ok(books)
}

/// The ledger of one type: where the store has each serial number, and what was counted.
fn ledger(
    states: &BTreeMap<String, &'static str>,
    [opening, received]: [&Serials; 2],
    count: &Count,
    missing: &Serials,
) -> Ledger {
    let mut ledger = Ledger { opening: opening.clone(), received: received.clone(), ..Ledger::default() };
    let here = |serial: &&String| states.contains_key(*serial);
    ledger.carried_over = count.blanks.iter().filter(here).cloned().collect();
    ledger.missing = missing.iter().filter(here).cloned().collect();
    for (serial, state) in states {
        let column = match *state {
            // Gone out of its station, with the half-made card.
            "in-process" if missing.contains(serial) => continue,
            "in-process" => &mut ledger.in_process,
            "made" => &mut ledger.made,
            "spoiled" => &mut ledger.spoiled,
            "quarantined" => &mut ledger.quarantined,
            "sample" => &mut ledger.sample,
            "given-back" => &mut ledger.returned,
            "missing" => &mut ledger.missing,
            // In stock: where it is, only the count says.
            _ => continue,
        };
        column.insert(serial.clone());
    }
    ledger
}

/// Serial numbers by type, each with the state of its blank; all of this office.
fn by_type(desk: &mut Desk<'_>, all: &Serials) -> Result<BTreeMap<String, BTreeMap<String, &'static str>>, BureauError> {
    if all.len() > BLANK_SERIALS {
        return Err(BureauError::Number { what: "serial numbers", most: BLANK_SERIALS });
    }
    let mut types: BTreeMap<String, BTreeMap<String, &'static str>> = BTreeMap::new();
    for id in ids(all)? {
        let blank = notes::own(desk, Kind::Blank, &id)?;
        types.entry(blank.word.to_string()).or_default().insert(id.to_string(), blank.state);
    }
    Ok(types)
}

/// What may be seen of a shift: of an open one nothing that tells what a count should find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// As it stands.
    pub standing: Standing,
    /// Who works there.
    pub operators: Vec<String>,
    /// The last count, and once it is closed the books.
    pub ended: Option<Ended>,
}

/// Shows a shift.
///
/// # Errors
/// What the store says.
pub fn show(store: &mut dyn Store, key: &StoreKey, id: &Id) -> Result<Shown, BureauError> {
    let standing = notes::there(store, Kind::Shift, id)?;
    let begun: Option<Begun> = notes::look(store, key, (Kind::Shift, id), Part::Opening)?;
    let begun = begun.ok_or_else(|| BureauError::Notes { kind: Kind::Shift, id: id.clone() })?;
    let ended = notes::look(store, key, (Kind::Shift, id), Part::Closing)?;
    Ok(Shown { standing, operators: begun.operators, ended })
}

impl std::fmt::Display for Books {
    /// A column a line, by serial number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (of, ledger) in &self.blanks {
            writeln!(f, "{of}")?;
            for (name, serials) in ledger.columns() {
                writeln!(f, "  {name:<12} {:>6}  {}", serials.len(), serials::write(serials))?;
            }
        }
        for of in &self.materials {
            writeln!(f, "{:<14} {:>6} ({} to {}, tolerance {})", of.name, of.used(), of.least, of.most, of.tolerance)?;
        }
        Ok(())
    }
}
