//! A day of applications, of each hundred of which some go wrong: cards spoiled, of unknown state, missing on the way, refused at the
//! desk, lost by their holder, and persons who come twice. At its end the books balance, by serial number.

use super::country::{Country, Machine, POINT, REGENCY, TYPE, count};
use super::invariants::{Seen, all};
use crate::issuance::application::State;
use crate::issuance::bureau::batch::Closed;
use crate::issuance::bureau::result::Became;
use crate::issuance::bureau::run::{Maker, Order, Stage};
use crate::issuance::bureau::{BureauError, requeue, shift};
use crate::issuance::centre::tests::world::biodata;
use crate::issuance::centre::{self, Answer, Doubt, Outcome, clarify};
use crate::issuance::handover::{Ended, refuse};
use crate::issuance::papers::Reason;
use crate::issuance::report::{Cell, Span, daily};
use crate::issuance::store::tests::people::{id, word};
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{Id, Kind};
use crate::issuance::transit::destroy::{self, Minutes, Signer};
use crate::issuance::transit::{TransitError, ship, trouble};
use crate::issuance::{Office, register};
use crate::record::register::Resident;
use std::collections::BTreeMap;
use std::time::Instant;

on_both!(a_day_with_faults_ends_with_books_that_balance);

/// Applications; `EKTP_DAY` asks for another number.
const DAY: u32 = 25;
const HUNDRED: usize = 100;

/// A resident's application, and the card that is made for it now.
struct Case {
    resident: u32,
    of: Id,
    card: Id,
    /// Which capture of their fingers is on it.
    capture: u32,
}

/// The day as it goes, and what it counts.
struct Day {
    country: Country,
    seen: Seen,
    tally: BTreeMap<&'static str, u32>,
    /// Of each kind of fault so many.
    faults: u32,
}

/// A station that fails with those cards that it is told to fail with.
struct Faulty<'a> {
    spoiled: &'a [Id],
    quarantined: &'a [Id],
}

impl Maker for Faulty<'_> {
    fn blank(&mut self, unused: &[Id]) -> Option<Id> {
        Machine.blank(unused)
    }

    fn encode(&mut self, order: &Order) -> Stage {
        if self.quarantined.contains(&order.card) { Stage::Quarantined(word("no-answer")) } else { Stage::Done([1; 32]) }
    }

    fn print(&mut self, order: &Order) -> Stage {
        if self.spoiled.contains(&order.card) { Stage::Spoiled(word("print-head")) } else { Stage::Done([2; 32]) }
    }

    fn check(&mut self, _: &Order) -> Stage {
        Stage::Done([3; 32])
    }
}

impl Day {
    fn counts(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }

    fn look(&mut self) {
        self.seen.look(self.country.store.as_mut(), &self.country.roster);
    }

    /// From the form to *print ready*.
    fn begins(&mut self, name: &str, resident: u32, reason: Reason, answer: Answer) -> Case {
        let of = self.country.applies(name, resident, reason);
        let capture = 1 + u32::from(reason == Reason::Lost);
        self.country.captured(name, &of, resident.into(), capture);
        assert_eq!(self.country.identified(name, &of), answer, "{name}");
        self.counts("applications");
        let card = self.approved(name, &of);
        // A card that was lost keeps the fingers that were enrolled.
        Case { resident, of, card, capture: 1 }
    }

    /// An image, sealed and authorized, which its bureau opens.
    fn approved(&mut self, name: &str, of: &Id) -> Id {
        let card = self.country.approved(name, of);
        self.country.opens_image(of);
        self.counts("images");
        card
    }

    /// Somebody with a second NIK: found, taken up by two, and rejected.
    fn comes_twice(&mut self, resident: u32, person: u32) {
        let name = resident.to_string();
        let of = self.country.applies(&name, resident, Reason::New);
        self.country.captured(&name, &of, person.into(), 2);
        assert_eq!(self.country.identified(&name, &of), Answer::Doubt(Doubt::Duplicate));
        let decide = |job: &str| id(&format!("{job}-{name}"));
        self.country.by(Office::Ministry, &[22, 23], |d, by| clarify::take_up(d, &decide("take-up"), &of, false, by)).unwrap();
        let outcome = Outcome::KeepFirst;
        self.country.by(Office::Ministry, &[22, 23], |d, by| clarify::decide(d, &decide("decide"), &of, outcome, by)).unwrap();
        assert_eq!(self.country.state(&of), State::Rejected);
        self.counts("applications");
        self.counts("duplicates");
    }

    /// A batch, in which some cards fail; those that failed are requeued and approved anew. The cards that failed.
    fn makes(&mut self, name: &str, cases: &mut [Case], faults: usize) -> Vec<Id> {
        let of: Vec<Id> = cases.iter().map(|case| case.of.clone()).collect();
        let cards: Vec<Id> = cases.iter().map(|case| case.card.clone()).collect();
        let (spoiled, rest) = cards.split_at(faults.min(cards.len()));
        let quarantined = &rest[..faults.min(rest.len())];
        let closed = self.country.made(name, &of, &mut Faulty { spoiled, quarantined });
        let became = |which: Became| closed.rows.iter().filter(|row| row.result == which).count();
        assert_eq!((became(Became::Spoiled), became(Became::Quarantined)), (spoiled.len(), quarantined.len()));
        balances(&closed);
        let failed = [spoiled, quarantined].concat();
        spoiled.iter().for_each(|_| self.counts("spoiled"));
        quarantined.iter().for_each(|_| self.counts("quarantined"));
        if !failed.is_empty() {
            let again: Vec<usize> = (0..cases.len()).filter(|n| failed.contains(&cases[*n].card)).collect();
            self.again(name, name, cases, &again);
        }
        failed
    }

    /// Sends rows of a batch back and makes their cards anew, in a batch of their own.
    fn again(&mut self, name: &str, batch: &str, cases: &mut [Case], which: &[usize]) {
        let only: Vec<Id> = which.iter().map(|n| cases[*n].of.clone()).collect();
        let (job, batch) = (id(&format!("requeue-{name}")), id(&format!("batch-{batch}")));
        let sent = self.country.by(REGENCY, &[15], |d, by| requeue::requeue(d, &job, &batch, Some(&only), by)).unwrap();
        assert_eq!(sent.applications.len(), which.len());
        self.anew(name, cases, which);
    }

    /// Approves and makes the cards of applications that are unique again.
    fn anew(&mut self, name: &str, cases: &mut [Case], which: &[usize]) {
        for n in which {
            let case = &mut cases[*n];
            case.card = self.approved(&format!("{}-{name}", case.resident), &case.of);
            self.counts("made again");
        }
        let of: Vec<Id> = which.iter().map(|n| cases[*n].of.clone()).collect();
        balances(&self.country.made(&format!("{name}-again"), &of, &mut Machine));
    }

    /// To the service point; where a card is not in the bag, two dispute and settle it, and it is made anew and sent after.
    fn sends(&mut self, name: &str, batch: &str, cases: &mut [Case], missing: usize) {
        let cards: Vec<Id> = cases.iter().map(|case| case.card.clone()).collect();
        if missing == 0 {
            return self.country.shipped(name, (REGENCY, 17), (POINT, 11), &cards);
        }
        let (shipment, seals) = (id(&format!("ship-{name}")), [word(&format!("S-{name}"))]);
        let job = |step: &str| id(&format!("{step}-{name}"));
        let country = &mut self.country;
        country.by(REGENCY, &[17], |d, by| ship::pack(d, &job("pack"), &shipment, (POINT, &cards, &seals), by)).unwrap();
        country.by(REGENCY, &[17], |d, by| ship::send(d, &job("send"), &shipment, by)).unwrap();
        let here = &cards[..cards.len() - missing];
        let short = country.by(POINT, &[11], |d, by| ship::receive(d, &job("arrive"), &shipment, (here, &seals), by));
        assert_eq!(short, Err(TransitError::Manifest { missing: cards[here.len()..].to_vec(), strange: Vec::new() }));
        country.by(POINT, &[11, 12], |d, by| trouble::dispute(d, &job("dispute"), &shipment, "short", by)).unwrap();
        let gone =
            country.by(POINT, &[11, 12], |d, by| trouble::settle(d, &job("settle"), &shipment, (here, "short"), by)).unwrap();
        assert_eq!(gone.len(), missing);
        gone.iter().for_each(|_| self.counts("missing"));
        let which: Vec<usize> = (here.len()..cards.len()).collect();
        self.again(&format!("{name}-gone"), batch, cases, &which);
        let after: Vec<Id> = which.iter().map(|n| cases[*n].card.clone()).collect();
        self.country.shipped(&format!("{name}-after"), (REGENCY, 17), (POINT, 11), &after);
    }

    /// Into the holder's hand, and the case closed. Whose fingers are not known again, of bad captures, is captured anew, and gets
    /// another card: the one that was kept.
    fn gives(&mut self, name: &str, cases: &mut [Case], n: usize) -> Option<Id> {
        let Some(kept) = self.lays_down(name, &cases[n], cases[n].resident.into(), Outcome::Recapture) else {
            self.counts("handed over");
            return None;
        };
        self.counts("captured again");
        let (again, resident) = (format!("{name}-known"), cases[n].resident);
        cases[n].capture = 3;
        self.country.captured_anew(&again, &cases[n].of, resident.into(), 3);
        assert_eq!(self.country.identified(&again, &cases[n].of), Answer::Single, "{name}");
        self.given_anew(&again, cases, n);
        Some(kept)
    }

    /// Somebody else's fingers: the card is kept, goes back, and another is made and given to whom it is for. The card that was kept.
    fn keeps(&mut self, name: &str, cases: &mut [Case], n: usize) -> Id {
        let another = 1_000_000 + u64::from(cases[n].resident);
        let kept = self.lays_down(name, &cases[n], another, Outcome::Remake).unwrap();
        self.given_anew(name, cases, n);
        kept
    }

    /// A person's fingers against a card: it is given, or kept, and then the case is decided.
    fn lays_down(&mut self, name: &str, case: &Case, person: u64, otherwise: Outcome) -> Option<Id> {
        let presented = self.country.presented(&case.of, &case.card, (case.resident.into(), case.capture));
        let ended = self.country.claimed(&presented, person);
        let Ended::NoMatch(mismatched) = &ended else {
            self.country.handed_over(name, &presented, &ended);
            self.country.closed(name, &case.of);
            return None;
        };
        let job = |step: &str| id(&format!("{step}-{name}"));
        self.country.by(POINT, &[11, 26], |d, by| refuse(d, &job("refuse"), &presented, mismatched, by)).unwrap();
        let decided = job("decide");
        self.country.by(Office::Ministry, &[22, 23], |d, by| clarify::decide(d, &decided, &case.of, otherwise, by)).unwrap();
        self.counts("refused at the desk");
        Some(case.card.clone())
    }

    /// Another card in the place of one that was kept, into the holder's hand.
    fn given_anew(&mut self, name: &str, cases: &mut [Case], n: usize) {
        self.anew(name, cases, &[n]);
        self.country.shipped(name, (REGENCY, 17), (POINT, 11), std::slice::from_ref(&cases[n].card));
        let job = format!("{name}-anew");
        assert_eq!(self.lays_down(&job, &cases[n], cases[n].resident.into(), Outcome::ImpostorRefused), None, "{name}");
        self.counts("handed over");
    }

    /// A holder who lost the card: it is revoked at the report, and another is given to whoever has the fingers.
    fn loses(&mut self, resident: u32, lost: &Id) {
        let name = format!("{resident}-lost");
        let mut cases = [self.begins(&name, resident, Reason::Lost, Answer::Reissue)];
        assert_eq!(self.country.store.standing(Kind::Card, lost).unwrap().unwrap().state, "revoked");
        self.makes(&name, &mut cases, 0);
        self.sends(&name, &name, &mut cases, 0);
        assert_eq!(self.gives(&name, &mut cases, 0), None, "{name}");
        self.counts("lost");
    }

    /// Cards that nobody gets go to the ministry, and are destroyed before two witnesses.
    fn destroys(&mut self, at_point: &[Id], at_regency: &[Id]) {
        self.country.shipped("back", (POINT, 11), (REGENCY, 17), at_point);
        let all = [at_point, at_regency].concat();
        self.country.shipped("home", (REGENCY, 17), (Office::Ministry, 18), &all);
        let signer = |name: &str, number: &str| Signer { name: name.into(), number: number.into(), body: "Inspektorat".into() };
        let minutes = Minutes {
            number: "1/2026".into(),
            day: "26 November 2026".into(),
            place: "Jakarta".into(),
            method: "dicacah".into(),
            officer: signer("Petugas", "1"),
            witnesses: vec![signer("Saksi Satu", "S-20"), signer("Saksi Dua", "S-21")],
        };
        self.country.by(Office::Ministry, &[20, 21], |d, by| destroy::destroy(d, &id("destroy"), &all, &minutes, by)).unwrap();
        all.iter().for_each(|_| self.counts("destroyed"));
    }

    /// What was done is asked again, and what the centre brought is brought by an office, otherwise: nothing changes.
    fn asks_again(&mut self, of: &Id) {
        let rows = self.seen.rows;
        let again = self.country.by(Office::Ministry, &[24], |d, by| centre::receive(d, &id("receive-1"), of, None, by)).unwrap();
        assert!(again.again);
        let dirty = [Resident { biodata: biodata(1), holds_card: true }];
        let kept = self.country.by(REGENCY, &[13], |d, by| register::import(d, &id("dirty"), &dirty, by)).unwrap();
        assert_eq!((kept.kept, kept.changed), (1, 0));
        self.look();
        assert_eq!(self.seen.rows, rows);
    }

    /// The shift's end: a count that is one short is refused by name, the right one closes.
    fn ends(&mut self, blanks: u32) -> shift::Books {
        let left: Vec<String> = all(self.country.store.as_mut(), Kind::Blank)
            .into_iter()
            .filter(|blank| blank.state == "in-stock")
            .map(|blank| blank.id.to_string())
            .collect();
        let used = blanks - u32::try_from(left.len()).unwrap();
        let made = used - self.tally["spoiled"] - self.tally["quarantined"];
        let end = |list: &[String]| shift::End { count: count(&list.join(","), 5_000 - u64::from(made)), missing: None };
        let mut close = |job: &str, by: [u64; 2], end: &shift::End| {
            self.country.by(REGENCY, &by, |d, by| shift::close(d, &id(job), &id("shift-1"), end, by))
        };
        let short = close("count-1", [15, 14], &end(&left[1..])).unwrap_err();
        assert!(matches!(short, BureauError::Balance { .. }), "{short}");
        close("count-2", [14, 15], &end(&left)).unwrap()
    }
}

/// The books of a batch: nothing is in process.
fn balances(closed: &Closed) {
    assert_eq!(closed.ledger.close_batch(), Ok(()));
}

/// Of the names of the columns of the books what the report of the day says.
fn reported(table: &crate::issuance::report::Table) -> BTreeMap<String, u64> {
    let row = table.rows.iter().find(|row| row[0] == Cell::text(TYPE)).unwrap();
    let number = |cell: &Cell| if let Cell::Number(n) = cell { Some(*n) } else { None };
    table.columns.iter().zip(row).filter_map(|(name, cell)| Some((name.clone(), number(cell)?))).collect()
}

fn a_day_with_faults_ends_with_books_that_balance(home: &mut dyn Home) {
    let began = Instant::now();
    let wanted: u32 = std::env::var("EKTP_DAY").ok().and_then(|n| n.parse().ok()).unwrap_or(DAY);
    let faults = (wanted / 100).max(1);
    let folder = tempfile::tempdir().unwrap();
    let country = Country::new(home.create(), folder.path(), 0);
    let mut day = Day { country, seen: Seen::default(), tally: BTreeMap::new(), faults };
    // And some for those whose fingers are not known again.
    let blanks = wanted + 8 * faults + 10;
    day.country.opens(1..=wanted, &format!("B0001..B{blanks:04}"));
    // Of those who come today, the last ones come under a second NIK, and the lost cards are re-issued as applications of their own.
    let first_ones = wanted - 2 * faults;
    let residents: Vec<u32> = (1..=first_ones).collect();
    let (mut spent, mut kept) = (Vec::new(), Vec::new());
    let (mut cards, mut of_first) = (BTreeMap::new(), None);
    for (at, hundred) in residents.chunks(HUNDRED).enumerate() {
        let name = format!("h{at}");
        let mut cases: Vec<Case> = hundred.iter().map(|n| day.begins(&n.to_string(), *n, Reason::New, Answer::Single)).collect();
        day.look();
        if at == 0 {
            of_first = Some(cases[0].of.clone());
        }
        // One of each kind in a hundred.
        let fault = usize::from(at < usize::try_from(day.faults).unwrap());
        spent.extend(day.makes(&name, &mut cases, fault));
        day.sends(&name, &name, &mut cases, fault);
        day.look();
        if fault == 1 {
            kept.push(day.keeps(&format!("{name}-kept"), &mut cases, 5));
        }
        for n in (0..cases.len()).filter(|n| fault == 0 || *n != 5) {
            kept.extend(day.gives(&format!("{at}-{n}"), &mut cases, n));
        }
        cards.extend(cases.into_iter().map(|case| (case.resident, case.card)));
        day.look();
    }
    for n in 1..=faults {
        // Another than who loses the card: of one who came under two names, nobody else's claim is clear any more.
        day.comes_twice(first_ones + n, first_ones + 1 - n);
        day.loses(n, &cards[&n]);
    }
    day.look();
    day.asks_again(&of_first.unwrap());
    day.destroys(&kept, &spent);
    let books = day.ends(blanks);
    day.look();
    closes(&mut day, &books, (wanted, blanks), began.elapsed().as_secs_f64());
}

/// Shift, report and tally say the same.
fn closes(day: &mut Day, books: &shift::Books, (wanted, blanks): (u32, u32), seconds: f64) {
    let tally = |what: &str| u64::from(day.tally.get(what).copied().unwrap_or_default());
    let ledger = &books.blanks[TYPE];
    let sizes = [&ledger.received, &ledger.made, &ledger.spoiled, &ledger.quarantined, &ledger.carried_over];
    let [received, made, spoiled, quarantined, carried_over] = sizes.map(|serials| serials.len() as u64);
    let today = crate::issuance::report::span::day_of(day.country.now);
    let report = daily::daily(day.country.store.as_mut(), &Span::days(today, today, None).unwrap()).unwrap();
    assert!(report.balanced, "{}", report.books);
    let said = reported(&report.books);
    for (column, n) in [
        ("opening", 0),
        ("received", received),
        ("made", made),
        ("spoiled", spoiled),
        ("quarantined", quarantined),
        ("carried-over", carried_over),
        ("in-process", 0),
    ] {
        assert_eq!(said[column], n, "{column}: {}", report.books);
    }
    assert_eq!((received, spoiled, quarantined), (u64::from(blanks), tally("spoiled"), tally("quarantined")));
    // Each application that was not rejected was handed over; what was made and not handed over was missing or refused.
    assert_eq!(tally("applications"), u64::from(wanted));
    assert_eq!(tally("handed over"), tally("applications") - tally("duplicates"));
    assert_eq!(made, tally("handed over") + tally("missing") + tally("refused at the desk"));
    let states = all(day.country.store.as_mut(), Kind::Card);
    let stand = |state: &str| states.iter().filter(|card| card.state == state).count() as u64;
    assert_eq!(
        (stand("active"), stand("revoked"), stand("missing"), stand("destroyed")),
        (tally("handed over") - tally("lost"), tally("lost"), tally("missing"), tally("destroyed"))
    );
    assert_eq!(tally("destroyed"), tally("spoiled") + tally("quarantined") + tally("refused at the desk"));
    println!(
        "a day of {wanted} applications, {seconds:.0} s; {} looks at the invariants, {} rows of the audit",
        day.seen.looks, day.seen.rows
    );
    for (what, n) in &day.tally {
        println!("  {what:<20} {n:>6}");
    }
    println!("{books}{}", report.books);
}
