//! What happened in a time: how often each step was taken, and the books of the blanks by number.

use super::{Cell, ReportError, Span, Table, blind};
use crate::issuance::blank::State;
use crate::issuance::names::Named as _;
use crate::issuance::store::{Id, Kind, Spread, Store};
use std::collections::BTreeMap;

/// The report: steps, and books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Daily {
    /// Of each kind of thing, each step: how often.
    pub steps: Table,
    /// By type of blank: opening + received = made + spoiled + returned + missing + sample + quarantined + in process + carried over. What
    /// there was after a shift began that is open still is not told.
    pub books: Table,
    /// Whether they balance.
    pub balanced: bool,
}

/// The columns of the books, and how each follows from a blank's state at its end.
const ENDS: [(&str, State); 6] = [
    ("made", State::Made),
    ("spoiled", State::Spoiled),
    ("returned", State::GivenBack),
    ("missing", State::Missing),
    ("sample", State::Sample),
    ("quarantined", State::Quarantined),
];

/// Numbers of blanks of one type.
#[derive(Debug, Clone, Default)]
struct Books {
    received: u64,
    ends: [u64; 6],
    /// In stock, in process: at the end of the time, as they stand now less what happened since.
    open: [i64; 2],
    /// The same at its beginning.
    opening: i64,
}

/// Makes the report.
///
/// # Errors
/// [`ReportError`].
pub fn daily(store: &mut dyn Store, span: &Span) -> Result<Daily, ReportError> {
    let mut steps: BTreeMap<(&'static str, String), u64> = BTreeMap::new();
    let mut moved: Vec<(Id, State, Option<State>, bool)> = Vec::new();
    span.each(store, true, |row, within| {
        if within {
            *steps.entry((row.kind.name(), row.step().unwrap_or_default())).or_default() += 1;
        }
        if let (Kind::Blank, Some(now)) = (row.kind, State::of_name(&row.now)) {
            moved.push((row.id.clone(), now, State::of_name(&row.was), within));
        }
    })?;
    let books = books(store, span, moved)?;
    let mut table = Table::new("steps", &["kind", "step", "count"]);
    table.rows = steps.into_iter().map(|((kind, step), n)| vec![Cell::text(kind), Cell::Text(step), n.into()]).collect();
    let balanced = books.values().all(Books::balances);
    let open = blind::since(store, span.office)?;
    let is_told = |at| open.is_none_or(|since| at <= since);
    Ok(Daily { steps: table, books: written(&books, [is_told(span.from), is_told(span.until)]), balanced })
}

fn books(
    store: &mut dyn Store,
    span: &Span,
    moved: Vec<(Id, State, Option<State>, bool)>,
) -> Result<BTreeMap<String, Books>, ReportError> {
    let mut books: BTreeMap<String, Books> = BTreeMap::new();
    let now = Spread { kind: Kind::Blank, office: span.office.map(Into::into), ages: Vec::new() };
    for band in store.spread(&now)? {
        let of = books.entry(band.word.map(|word| word.to_string()).unwrap_or_default()).or_default();
        if let Some(place) = State::of_name(band.state).and_then(open_place) {
            let things = i64::try_from(band.things).unwrap_or(i64::MAX);
            add(&mut of.open, place, things);
        }
    }
    let mut types: BTreeMap<Id, String> = BTreeMap::new();
    for (id, now, was, within) in moved {
        let of = match types.get(&id) {
            Some(of) => of.clone(),
            None => {
                let of = store.standing(Kind::Blank, &id)?.map(|blank| blank.word.to_string()).unwrap_or_default();
                types.insert(id, of.clone());
                of
            }
        };
        books.entry(of).or_default().step(now, was, within);
    }
    books.values_mut().for_each(Books::settle);
    Ok(books)
}

const fn open_place(state: State) -> Option<usize> {
    match state {
        State::InStock => Some(0),
        State::InProcess => Some(1),
        _ => None,
    }
}

fn add(open: &mut [i64; 2], place: usize, n: i64) {
    if let Some(count) = open.get_mut(place) {
        *count = count.saturating_add(n);
    }
}

impl Books {
    /// A step of a blank: within the time it counts; after it, it is taken back from how things stand now.
    fn step(&mut self, now: State, was: Option<State>, within: bool) {
        if !within {
            if let Some(place) = open_place(now) {
                add(&mut self.open, place, -1);
            }
            if let Some(place) = was.and_then(open_place) {
                add(&mut self.open, place, 1);
            }
            return;
        }
        if was.is_none() {
            self.received += 1;
        }
        let was_open = was.and_then(open_place).is_some();
        let end = ENDS.iter().position(|(_, end)| *end == now).filter(|_| was_open);
        if let Some(count) = end.and_then(|at| self.ends.get_mut(at)) {
            *count += 1;
        }
    }

    /// What there was at the beginning, from what there is at the end and what happened.
    fn settle(&mut self) {
        let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let ended = self.ends.iter().sum::<u64>();
        self.opening = self.open.iter().sum::<i64>().saturating_add(whole(ended)).saturating_sub(whole(self.received));
    }

    /// No place holds less than nothing: then some serial number came from nowhere or went twice.
    fn balances(&self) -> bool {
        self.opening >= 0 && self.open.iter().all(|n| *n >= 0)
    }
}

/// The books as a table; what there was at the beginning, and at the end, only if it is told.
fn written(books: &BTreeMap<String, Books>, [first, last]: [bool; 2]) -> Table {
    let names = ENDS.map(|(name, _)| name);
    let columns = [&["type", "opening", "received"][..], &names[..], &["in-process", "carried-over"][..]].concat();
    let mut table = Table::new("books", &columns);
    let count = |n: i64, is_told: bool| if is_told { Cell::Number(u64::try_from(n).unwrap_or_default()) } else { Cell::None };
    for (of, books) in books {
        let mut row = vec![Cell::text(of), count(books.opening, first), books.received.into()];
        row.extend(books.ends.iter().map(|n| Cell::Number(*n)));
        let [in_stock, in_process] = books.open;
        row.extend([count(in_process, last), count(in_stock, last)]);
        table.rows.push(row);
    }
    table
}
