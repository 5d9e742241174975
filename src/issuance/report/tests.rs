//! Reports over a small store of known content, the same on both databases.

use super::trend;
use super::{Cell, ReportError, Span, Table, ageing, daily, duplicates, production, stock};
use crate::issuance::application::Step;
use crate::issuance::bureau::stock::{self as stock_room, Door};
use crate::issuance::bureau::tests::house::{House, POINT, REGENCY, count, officer};
use crate::issuance::bureau::{BureauError, serials, shift};
use crate::issuance::desk::By;
use crate::issuance::store::tests::moves::{self, Desk, applied, steps};
use crate::issuance::store::tests::people::{at, id, word};
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{Kind, Move, Store, StoreError};
use crate::issuance::{blank, card};
use crate::reason::{Reason, Refusal as _};
use jiff::civil::{Date, date};

on_both!(
    a_day_says_what_was_done_and_its_books_balance,
    ages_stock_and_doubts_are_what_stands_in_the_store,
    production_counts_by_station,
    days_are_drawn_and_those_without_anything_too,
    a_time_that_is_none_is_refused,
    what_a_count_is_to_find_is_in_no_report_while_its_shift_is_open,
);

/// The day of [`at`] in Jakarta.
fn today() -> Date {
    super::span::day_of(at(0))
}

fn numbers(row: &[Cell]) -> Vec<u64> {
    row.iter().filter_map(|cell| if let Cell::Number(n) = cell { Some(*n) } else { None }).collect()
}

fn row<'a>(table: &'a Table, first: &str) -> &'a [Cell] {
    table.rows.iter().find(|row| row[0] == Cell::text(first)).unwrap()
}

/// Two days: six blanks come on the first, and one is a sample; on the second two cards are made, one spoils, three more blanks come.
fn two_days(store: &mut dyn Store) {
    const DAY: u32 = 86_400;
    let mut desk = Desk { office: "31.71", job: 0 };
    let stock = |n: u32| moves::stock(&format!("s{n}"));
    desk.done(store, (1..=6).map(stock).collect());
    desk.done(store, vec![Move::blank(id("s6"), blank::Step::Sample)]);
    desk.job = DAY;
    for n in 1..=3 {
        let (a, c) = (format!("a{n}"), format!("c{n}"));
        desk.done(store, vec![applied(&a, n)]);
        for step in moves::to_unique(&a) {
            desk.done(store, vec![step]);
        }
        desk.done(store, moves::approved(&a, &c));
        desk.done(store, steps(&a, &[Step::Personalize]));
        let on = |moves: Vec<Move>| moves.into_iter().map(|step| step.on(word("enc-1"))).collect::<Vec<_>>();
        desk.done(store, on(moves::encoded(&c, &format!("s{n}"))));
        desk.job += 29;
        if n == 3 {
            let spoiled = vec![Move::card(id(&c), card::Step::Spoil), Move::blank(id("s3"), blank::Step::Spoil)];
            desk.done(store, on(spoiled));
            continue;
        }
        desk.done(store, on(moves::card_steps(&c, &[card::Step::FinishEncoding, card::Step::Print, card::Step::Check])));
        desk.done(store, vec![Move::blank(id(&format!("s{n}")), blank::Step::Make)]);
    }
    desk.done(store, (7..=9).map(stock).collect());
    desk.done(store, vec![applied("d", 9)]);
    use Step::{Capture, Consolidate, FindDoubt, Receive, Send, VerifyData};
    for step in [VerifyData, Capture, Consolidate, Send, Receive, FindDoubt] {
        desk.done(store, steps("d", &[step]));
    }
}

fn a_day_says_what_was_done_and_its_books_balance(home: &mut dyn Home) {
    let mut store = home.create();
    two_days(store.as_mut());
    let tomorrow = today().tomorrow().unwrap();
    let of = |store: &mut dyn Store, day, office| daily::daily(store, &Span::days(day, day, office).unwrap()).unwrap();
    let first = of(store.as_mut(), today(), None);
    assert_eq!(
        first.books.columns.join(" "),
        "type opening received made spoiled returned missing sample quarantined in-process carried-over"
    );
    assert_eq!(numbers(&first.books.rows[0]), [0, 6, 0, 0, 0, 0, 1, 0, 0, 5]);
    let second = of(store.as_mut(), tomorrow, Some(REGENCY));
    assert_eq!(numbers(&second.books.rows[0]), [5, 3, 2, 1, 0, 0, 0, 0, 0, 5]);
    assert!(first.balanced && second.balanced);
    let count = |step: &str| {
        let found = second.steps.rows.iter().find(|row| row[..2] == [Cell::text("card"), Cell::text(step)]);
        found.map(|row| numbers(row)[0])
    };
    assert_eq!((count("check"), count("spoil"), count("hand-over")), (Some(2), Some(1), None));
    // A blank that went behind the audit leaves books that do not balance.
    home.forge("UPDATE blank SET state = 'spoiled' WHERE state = 'in-stock'").unwrap();
    let forged = of(store.as_mut(), today(), None);
    assert!(!forged.balanced, "{}", forged.books);
}

fn ages_stock_and_doubts_are_what_stands_in_the_store(home: &mut dyn Home) {
    let mut store = home.create();
    two_days(store.as_mut());
    let now = at(3 * 86_400);
    let ages = ageing::ageing(store.as_mut(), Kind::Blank, None, now).unwrap();
    assert_eq!(
        ages.columns.join(" "),
        "state to-1-days to-3-days to-7-days to-14-days to-30-days to-90-days over-90-days all oldest"
    );
    assert_eq!(numbers(row(&ages, "in-stock")), [0, 5, 0, 0, 0, 0, 0, 5]);
    assert_eq!(row(&ages, "in-stock").last(), Some(&Cell::Time(at(1))));
    let elsewhere = ageing::ageing(store.as_mut(), Kind::Blank, Some(POINT), now).unwrap();
    assert_eq!(elsewhere.rows, Vec::<Vec<Cell>>::new());
    let stock = stock::stock(store.as_mut(), None, None).unwrap();
    assert_eq!(
        stock.columns.join(" "),
        "type in-stock in-process made spoiled quarantined sample given-back missing open-shift all"
    );
    assert_eq!(numbers(row(&stock, "ektp-80k")), [5, 0, 2, 1, 0, 1, 0, 0, 0, 9]);
    let span = Span::days(today(), today().tomorrow().unwrap(), None).unwrap();
    let doubts = duplicates::duplicates(store.as_mut(), &span).unwrap();
    assert_eq!(doubts.open.rows.len(), 1);
    assert_eq!(doubts.open.rows[0][..3], [Cell::text("d"), Cell::text("31.71"), Cell::text("doubtful")]);
    assert_eq!(doubts.ended.rows, [[Cell::text("find-doubt"), Cell::text(""), Cell::Number(1)]]);
}

fn production_counts_by_station(home: &mut dyn Home) {
    let mut store = home.create();
    two_days(store.as_mut());
    let day = today().tomorrow().unwrap();
    let table = production::production(store.as_mut(), &Span::days(day, day, None).unwrap()).unwrap();
    let expected = [Cell::text("31.71"), Cell::text("enc-1"), 3.into(), 2.into(), 1.into(), 0.into(), 30.into()];
    assert_eq!(table.rows, [expected]);
    let text = String::from_utf8(table.csv().unwrap()).unwrap();
    assert_eq!(text, "office,station,begun,finished,spoiled,quarantined,median-seconds\n31.71,enc-1,3,2,1,0,30\n");
    assert_eq!(table.json()[0]["median-seconds"], 30);
    let lines: Vec<String> = table.to_string().lines().map(str::to_owned).collect();
    assert_eq!(lines[1], "31.71   enc-1        3         2        1            0              30");
    assert_eq!(production::production(store.as_mut(), &Span::days(day, day, Some(POINT)).unwrap()).unwrap().rows.len(), 0);
}

fn days_are_drawn_and_those_without_anything_too(home: &mut dyn Home) {
    let mut store = home.create();
    two_days(store.as_mut());
    let (first, last) = (today(), today().saturating_add(jiff::Span::new().days(3)));
    let days = trend::days(store.as_mut(), &Span::days(first, last, None).unwrap()).unwrap();
    let counts: Vec<Vec<u64>> = days.rows.iter().map(|row| numbers(row)).collect();
    assert_eq!(counts, [[0, 0, 0, 0], [4, 2, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0]]);
    let (english, indonesian) = (trend::svg(&days, false), trend::svg(&days, true));
    assert!(english.contains("cards finished") && indonesian.contains("kartu selesai"));
    assert_eq!(english.matches("<polyline").count(), 4);
    assert!(english.contains("points=\"60.0,350.0 333.3,30.0 606.7,350.0 880.0,350.0\""), "{english}");
    assert!(english.contains(&first.to_string()) && english.ends_with("</svg>\n"));
    assert!(trend::svg(&Table::default(), false).ends_with("</svg>\n"), "of nothing too");
}

fn what_a_count_is_to_find_is_in_no_report_while_its_shift_is_open(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B009");
    // The store room has books of materials alone: it hides no blank.
    house.store_room(100);
    let stock_of = |house: &mut House, office, with_key: bool| {
        let table = house.at(REGENCY, |desk| stock::stock(desk.store, office, with_key.then_some(desk.key)).unwrap());
        numbers(row(&table, "ektp-80k"))
    };
    let ages = |house: &mut House| {
        let now = house.now;
        let table = ageing::ageing(house.store.as_mut(), Kind::Blank, None, now).unwrap();
        table.rows.into_iter().map(|row| (row[0].to_string(), numbers(&row)[7])).collect::<Vec<_>>()
    };
    let books = |house: &mut House, day: Date| {
        let table = daily::daily(house.store.as_mut(), &Span::days(day, day, Some(REGENCY)).unwrap()).unwrap().books;
        [1, 9, 10].map(|column| table.rows[0][column].to_string())
    };
    let day = super::span::day_of(house.now);
    assert_eq!(stock_of(&mut house, None, false), [9, 0, 0, 0, 0, 0, 0, 0, 0, 9]);
    assert_eq!(books(&mut house, day), ["0", "0", "9"]);
    house.shift("h1", "B001..B004", 5);
    let (one, two) = (officer(14), officer(12));
    let out = (Door::Spoil, &word("scratched"));
    house
        .at(REGENCY, |desk| stock_room::leave(desk, &id("l"), &serials::parse("B001").unwrap(), out, By::two(&one, &two)))
        .unwrap();
    assert_eq!(stock_of(&mut house, None, true), [5, 0, 0, 0, 0, 0, 0, 0, 4, 9], "those that lie there, spoiled or not");
    assert_eq!(stock_of(&mut house, None, false), [0, 0, 0, 0, 0, 0, 0, 0, 9, 9], "without the key nobody knows which they are");
    let elsewhere = house.at(REGENCY, |desk| stock::stock(desk.store, Some(POINT), Some(desk.key)).unwrap());
    assert_eq!(elsewhere.rows.len(), 0);
    assert_eq!(ages(&mut house), [("open-shift".to_owned(), 9)]);
    assert_eq!(books(&mut house, day), ["0", "", ""], "what there was before the shift is no secret");
    assert_eq!(books(&mut house, day.tomorrow().unwrap()), ["", "", ""]);
    assert_eq!(books(&mut house, day.yesterday().unwrap()), ["0", "0", "0"]);
    // A count that does not balance ends no secret: another person is to count as blindly.
    let close = |house: &mut House, job: &str, list: &str, by: [u64; 2]| {
        let (one, two) = (officer(by[0]), officer(by[1]));
        let end = shift::End { count: count(list, 5), missing: None };
        house.at(REGENCY, |desk| shift::close(desk, &id(job), &id("h1"), &end, By::two(&one, &two)))
    };
    close(&mut house, "k1", "B002, B003", [11, 12]).unwrap_err();
    assert_eq!(stock_of(&mut house, None, true)[8], 4);
    close(&mut house, "k2", "B002..B004", [12, 11]).unwrap();
    assert_eq!(stock_of(&mut house, None, false), [8, 0, 0, 1, 0, 0, 0, 0, 0, 9]);
    assert_eq!(ages(&mut house), [("in-stock".to_owned(), 8), ("spoiled".to_owned(), 1)]);
    assert_eq!(books(&mut house, day), ["0", "0", "8"]);
    let unopened = ReportError::Bureau(BureauError::Notes { kind: Kind::Shift, id: id("h1") });
    assert_eq!(unopened.reason(), Reason::EncodingInvalid);
}

fn a_time_that_is_none_is_refused(home: &mut dyn Home) {
    let mut house = House::new(home);
    let span = |first, last| Span::days(first, last, None);
    assert_eq!(span(date(2026, 2, 2), date(2026, 1, 1)), Err(ReportError::Time));
    assert_eq!(span(date(2000, 1, 1), date(2026, 1, 1)), Err(ReportError::Time), "longer than ten years");
    assert_eq!(span(date(2026, 1, 1), date(9999, 12, 31)), Err(ReportError::Time));
    assert_eq!(ReportError::Time.reason(), Reason::InputInvalid);
    assert_eq!(ReportError::TooMuch.reason(), Reason::InputInvalid);
    assert_eq!(ReportError::Store(StoreError::Busy).reason(), Reason::InUse);
    let ragged = Table { rows: vec![vec![Cell::None; 2]], ..Table::new("t", &["a"]) };
    assert_eq!(ragged.csv(), Err(ReportError::Csv));
    assert_eq!(ReportError::Csv.reason(), Reason::InternalError);
    let none = daily::daily(house.store.as_mut(), &span(date(2026, 1, 1), date(2026, 1, 1)).unwrap()).unwrap();
    assert!(none.balanced && none.steps.rows.is_empty());
}
