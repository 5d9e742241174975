//! Shifts: what they begin with, what comes to them, and what their end asks for.

use super::house::{House, REGENCY, Told, begin, brought, count, officer, station};
use crate::issuance::balance::BalanceError;
use crate::issuance::bureau::BureauError;
use crate::issuance::bureau::material::MaterialError;
use crate::issuance::bureau::shift::{self, Books, End};
use crate::issuance::bureau::stock::{self, Door};
use crate::issuance::bureau::{batch, incident, run, serials};
use crate::issuance::desk::{By, DeskError};
use crate::issuance::role::RoleError;
use crate::issuance::store::tests::people::{id, word};
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{Kind, StoreError, Unique};
use crate::reason::{Reason, Refusal as _};
use std::collections::BTreeSet;

on_both!(
    blanks_come_in_once_by_ranges_and_lists,
    a_shift_closes_when_every_serial_and_every_panel_is_somewhere,
    a_count_that_does_not_balance_is_kept_named_and_counted_again,
    what_is_missing_closes_by_an_incident_of_two,
    the_next_shift_begins_with_what_the_last_one_left,
    what_is_missing_out_of_the_machine_closes_the_shift_too,
    materials_come_out_of_the_store_room_and_go_from_shift_to_shift,
    who_counted_wrong_does_not_count_again,
    nobody_counts_a_shift_twice_however_many_counted_between,
    a_shift_is_worked_by_those_whom_it_names,
    each_way_in_which_a_shift_is_refused_is_named,
);

fn set(list: &str) -> BTreeSet<String> {
    serials::parse(list).unwrap()
}

fn end(list: &str, ribbon: u64) -> End {
    End { count: count(list, ribbon), missing: None }
}

fn close(house: &mut House, job: &str, name: &str, end: &End) -> Result<Books, BureauError> {
    let (one, two) = (officer(11), officer(12));
    house.at(REGENCY, |desk| shift::close(desk, &id(job), &id(name), end, By::two(&one, &two)))
}

/// The same with the other one as the counter.
fn close_again(house: &mut House, job: &str, name: &str, end: &End) -> Result<Books, BureauError> {
    let (one, two) = (officer(12), officer(11));
    house.at(REGENCY, |desk| shift::close(desk, &id(job), &id(name), end, By::two(&one, &two)))
}

fn blanks_come_in_once_by_ranges_and_lists(home: &mut dyn Home) {
    let mut house = House::new(home);
    let delivery = stock::Delivery {
        of: word("ektp-80k"),
        serials: set("B001..B950, X7"),
        note: Some(word("DO-17")),
        evidence: Some([3; 32]),
    };
    let courier = officer(14);
    let receive = |house: &mut House, job: &str, delivery: &stock::Delivery| {
        house.at(REGENCY, |desk| stock::receive(desk, &id(job), delivery, By::one(&courier)))
    };
    // More than one change holds: a delivery is taken in parts, and the same job goes on where it ended.
    let small = stock::Delivery { serials: set("B001..B004"), ..delivery.clone() };
    assert_eq!(receive(&mut house, "d", &small), Ok(4));
    assert_eq!(receive(&mut house, "d", &small), Ok(0), "the same job again");
    let known = receive(&mut house, "e", &stock::Delivery { serials: set("B004, B005"), ..delivery.clone() }).unwrap_err();
    let taken = StoreError::Taken { kind: Kind::Blank, id: "B004".into() };
    assert_eq!(known, BureauError::Desk(DeskError::Store(taken)));
    assert_eq!(house.store.standing(Kind::Blank, &id("B005")), Ok(None), "nothing of that change");
    let none = stock::Delivery { serials: BTreeSet::new(), ..delivery };
    let refused = receive(&mut house, "f", &none).unwrap_err();
    assert_eq!(refused, BureauError::Number { what: "serial numbers", most: 100_000 });
    assert_eq!(refused.reason(), Reason::InputInvalid);
    let row = house.store.history(Kind::Blank, &id("B001"), 0, 1).unwrap().remove(0);
    assert_eq!((row.reason(), row.evidence()), (Some("DO-17".into()), Some([3; 32])));
    // By another door than a card: two, and never another office's.
    let (one, two) = (officer(14), officer(12));
    let out = (Door::Sample, &word("qualification"));
    let alone = house.at(REGENCY, |desk| stock::leave(desk, &id("g"), &set("B001"), out, By::one(&one)));
    assert_eq!(alone, Err(BureauError::Desk(DeskError::Store(StoreError::Role(RoleError::SecondMissing)))));
    house.at(REGENCY, |desk| stock::leave(desk, &id("g"), &set("B001"), out, By::two(&one, &two))).unwrap();
    assert_eq!(house.state(Kind::Blank, "B001"), "sample");
    house.verified();
}

/// A batch of these applications is approved, and run by a maker.
fn made(house: &mut House, name: &str, applications: &[&str], maker: &mut Told) -> run::Ran {
    let list = batch::Choice::List(applications.iter().map(|a| id(a)).collect());
    let (bureau, approver) = (officer(11), officer(13));
    let job = |step: &str| id(&format!("{step}-{name}"));
    house.at(REGENCY, |d| batch::create(d, &job("create"), (&id(name), &word("ektp-80k")), &list, By::one(&bureau))).unwrap();
    house.at(REGENCY, |d| batch::approve(d, &job("approve"), &id(name), By::one(&approver))).unwrap();
    house.at(REGENCY, |d| run::run(d, &job("run"), &id(name), &station(), maker, By::one(&bureau))).unwrap()
}

fn a_shift_closes_when_every_serial_and_every_panel_is_somewhere(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B010");
    house.shift("h1", "B001..B006", 20);
    house.print_ready(1..=3);
    let spoils = run::Stage::Spoiled(word("print-head"));
    made(&mut house, "b1", &["a1", "a2", "a3"], &mut Told::of(&[(("print", "c2"), spoils)]));
    let books = close(&mut house, "close", "h1", &end("B004..B006", 17)).unwrap();
    let ledger = &books.blanks["ektp-80k"];
    assert_eq!((&ledger.opening, &ledger.received), (&BTreeSet::new(), &set("B001..B006")));
    assert_eq!((&ledger.made, &ledger.spoiled, &ledger.carried_over), (&set("B001, B003"), &set("B002"), &set("B004..B006")));
    assert_eq!((books.materials[0].used(), books.materials[0].least, books.materials[0].most), (3, 2, 3));
    assert_eq!(house.state(Kind::Shift, "h1"), "closed");
    assert_eq!(close(&mut house, "close", "h1", &end("B004..B006", 17)), Ok(books.clone()), "the same job again");
    let shown = house.at(REGENCY, |desk| shift::show(desk.store, desk.key, &id("h1"))).unwrap();
    assert_eq!(shown.ended.unwrap().books, Some(books.clone()));
    assert!(books.to_string().contains("carried-over      3  B004..B006"), "{books}");
    house.verified();
}

fn a_count_that_does_not_balance_is_kept_named_and_counted_again(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B009");
    house.shift("h1", "B001..B003", 4);
    house.supply("h1", "B004", 6);
    // The first supply asked again is found; with other blanks under its name it is refused.
    let two = (officer(14), officer(11));
    let supply = |house: &mut House, list: &str| {
        house.at(REGENCY, |d| shift::supply(d, &id("supply-2"), &id("h1"), &brought(list, 4), By::two(&two.0, &two.1)))
    };
    assert_eq!(supply(&mut house, "B001..B003").unwrap().blanks["ektp-80k"], set("B001..B004"), "what has come so far");
    let conflict = BureauError::Desk(DeskError::Store(StoreError::Conflict("supply-2".into())));
    assert_eq!(supply(&mut house, "B001, B002"), Err(conflict));
    let shown = house.at(REGENCY, |desk| shift::show(desk.store, desk.key, &id("h1"))).unwrap();
    assert_eq!((shown.standing.state, shown.ended), ("open", None), "nothing tells what a count should find");
    let of = "ektp-80k".to_owned();
    let short = close(&mut house, "k1", "h1", &end("B001..B003", 10)).unwrap_err();
    assert_eq!(short, BureauError::Balance { of: of.clone(), error: BalanceError::Nowhere(set("B004")) });
    assert_eq!((short.reason(), short.reason().exit()), (Reason::CountUnbalanced, 60));
    assert_eq!(short.to_string(), "ektp-80k: 1 serials are nowhere: B004");
    let strange = close_again(&mut house, "k2", "h1", &end("B001..B005", 10)).unwrap_err();
    assert_eq!(strange, BureauError::Balance { of: "count".into(), error: BalanceError::FromNowhere(set("B005")) });
    // By others each time: whoever counted knows what the books expect.
    house.grant(33, "S-33", crate::issuance::Role::Supervisor);
    house.grant(34, "S-34", crate::issuance::Role::Supervisor);
    let count_by = |house: &mut House, counter: u64, job: &str, end: &End| {
        let (one, two) = (house.officer(counter, crate::issuance::Role::Supervisor), officer(11));
        house.at(REGENCY, |desk| shift::close(desk, &id(job), &id("h1"), end, By::two(&one, &two)))
    };
    let ribbon = count_by(&mut house, 33, "k3", &end("B001..B004", 8)).unwrap_err();
    assert!(matches!(&ribbon, BureauError::Material(MaterialError::Differs(of)) if of.used() == 2), "{ribbon:?}");
    assert_eq!(ribbon.reason(), Reason::CountUnbalanced);
    assert_eq!(house.state(Kind::Shift, "h1"), "open");
    // Every count that was made stands in the audit, in its order.
    count_by(&mut house, 34, "k4", &end("B001..B004", 9)).unwrap();
    let rows = house.store.history(Kind::Shift, &id("h1"), 0, 100).unwrap();
    let steps: Vec<String> = rows.iter().filter_map(|row| row.step()).collect();
    assert_eq!(steps, ["open", "supply", "supply", "count", "count", "count", "count", "close"]);
    assert!(rows[3].evidence().is_some() && rows[3].evidence() != rows[4].evidence());
    house.verified();
}

fn what_is_missing_closes_by_an_incident_of_two(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B004");
    house.shift("h1", "B001..B003", 5);
    let gone = End { missing: Some((set("B002"), "not in the hopper after the power cut".into())), ..end("B001, B003", 5) };
    let one = officer(11);
    let alone = house.at(REGENCY, |desk| shift::close(desk, &id("k"), &id("h1"), &gone, By::one(&one)));
    assert_eq!(alone, Err(BureauError::Desk(DeskError::Store(StoreError::Role(RoleError::SecondMissing)))));
    assert_eq!(house.state(Kind::Blank, "B002"), "in-stock");
    let books = close(&mut house, "k", "h1", &gone).unwrap();
    assert_eq!(books.blanks["ektp-80k"].missing, set("B002"));
    assert_eq!((house.state(Kind::Blank, "B002"), house.state(Kind::Incident, "k.incident")), ("missing", "open"));
    // Counted and called missing at once: in two places.
    house.shift_again("h2", "B001, B003", 5);
    let both = End { missing: Some((set("B001"), "gone".into())), ..end("B001, B003", 5) };
    let twice = close(&mut house, "k2", "h2", &both).unwrap_err();
    assert_eq!(twice, BureauError::Balance { of: "ektp-80k".into(), error: BalanceError::Twice(set("B001")) });
    // Outside of a shift: in the store room.
    let by = (officer(14), officer(12));
    let incident = house.at(REGENCY, |desk| stock::miss(desk, &id("m"), &set("B004"), "box opened", By::two(&by.0, &by.1)));
    assert_eq!(incident, Ok(id("m.incident")));
    let nothing = house.at(REGENCY, |desk| incident::open(desk, &id("z"), &[id("Z1")], "gone", By::one(&by.0))).unwrap_err();
    assert_eq!((&nothing, nothing.reason()), (&BureauError::Nothing(id("Z1")), Reason::IdentifierUnknown));
    // What came of it is written down by two.
    let end = |house: &mut House, by: By<'_>| {
        house.at(REGENCY, |d| incident::close(d, &id("n"), &id("m.incident"), "found in the reject box", by))
    };
    let supervisor = officer(12);
    let second = BureauError::Desk(DeskError::Store(StoreError::Role(RoleError::SecondMissing)));
    assert_eq!(end(&mut house, By::one(&supervisor)), Err(second));
    end(&mut house, By::two(&supervisor, &by.0)).unwrap();
    let shown = house.at(REGENCY, |d| incident::show(d.store, d.key, &id("m.incident"))).unwrap();
    assert_eq!(
        (shown.standing.state, shown.report.things, shown.report.text.as_str()),
        ("closed", vec!["B004".into()], "box opened")
    );
    assert_eq!(shown.outcome.unwrap().text, "found in the reject box");
    house.verified();
}

fn what_is_missing_out_of_the_machine_closes_the_shift_too(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B004");
    house.shift("h1", "B001..B003", 5);
    house.print_ready(1..=1);
    made(&mut house, "b1", &["a1"], &mut Told::of(&[(("encode", "c1"), run::Stage::Waits(word("jammed")))]));
    let gone = End { missing: Some((set("B001"), "the hopper was empty".into())), ..end("B002, B003", 5) };
    let books = close(&mut house, "k", "h1", &gone).unwrap();
    let ledger = &books.blanks["ektp-80k"];
    assert_eq!((&ledger.missing, ledger.in_process.len()), (&set("B001"), 0));
    assert_eq!((house.state(Kind::Blank, "B001"), house.state(Kind::Card, "c1")), ("missing", "missing"));
    house.verified();
}

fn the_next_shift_begins_with_what_the_last_one_left(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B009");
    house.shift("h1", "B001..B005", 9);
    house.print_ready(1..=2);
    let waits = run::Stage::Waits(word("signer-down"));
    let ran = made(&mut house, "b1", &["a1", "a2"], &mut Told::of(&[(("encode", "c2"), waits)]));
    assert_eq!((ran.issued, ran.waiting), (1, 1));
    let books = close(&mut house, "k1", "h1", &end("B003..B005", 8)).unwrap();
    assert_eq!(books.blanks["ektp-80k"].in_process, set("B002"), "half-made: no count finds it");
    let open = |house: &mut House, job: &str, list: &str| {
        let by = officer(11);
        house.at(REGENCY, |desk| shift::open(desk, &id(job), &begin("h2", list, 8), By::one(&by)))
    };
    let at = |error| BureauError::Balance { of: "enc-1".into(), error };
    assert_eq!(open(&mut house, "o1", "B003, B004"), Err(at(BalanceError::Nowhere(set("B005")))));
    assert_eq!(open(&mut house, "o2", "B003..B006"), Err(at(BalanceError::FromNowhere(set("B006")))));
    // What was called missing between the two is not looked for.
    let by = (officer(14), officer(12));
    house.at(REGENCY, |desk| stock::miss(desk, &id("m"), &set("B005"), "gone", By::two(&by.0, &by.1))).unwrap();
    let begun = open(&mut house, "o3", "B003, B004").unwrap();
    assert_eq!(begun.blanks["ektp-80k"], set("B002..B004"), "with the half-made one");
    assert_eq!(open(&mut house, "o3", "B003, B004"), Ok(begun), "the same job again");
    let conflict = BureauError::Desk(DeskError::Store(StoreError::Conflict("o3".into())));
    assert_eq!(open(&mut house, "o3", "B003..B006"), Err(conflict));
    // The first shift's job is found, whatever became of its blanks since; with another count it is another job.
    assert_eq!(close(&mut house, "k1", "h1", &end("B003..B005", 8)), Ok(books));
    let other = BureauError::Desk(DeskError::Store(StoreError::Conflict("k1".into())));
    assert_eq!(close(&mut house, "k1", "h1", &end("B003..B004", 8)), Err(other));
    // The half-made card is finished in this shift, and in its books.
    let bureau = officer(11);
    let ran = house.at(REGENCY, |d| run::run(d, &id("r2"), &id("b1"), &station(), &mut Told::default(), By::one(&bureau)));
    assert_eq!(ran.unwrap().issued, 1);
    let books = close(&mut house, "k2", "h2", &end("B003, B004", 7)).unwrap();
    assert_eq!(books.blanks["ektp-80k"].made, set("B002"));
    house.verified();
}

fn materials_come_out_of_the_store_room_and_go_from_shift_to_shift(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B003");
    house.at(REGENCY, |d| shift::open(d, &id("o"), &begin("h1", "", 0), By::one(&officer(11)))).unwrap();
    let two = (officer(14), officer(12));
    let supply = |house: &mut House, job: &str, shift: &str, of: &shift::Supply| {
        house.at(REGENCY, |d| shift::supply(d, &id(job), &id(shift), of, By::two(&two.0, &two.1)))
    };
    let nowhere = supply(&mut house, "s0", "h1", &brought("", 5));
    assert_eq!(nowhere, Err(BureauError::NoShift(word(shift::STORE_ROOM))), "out of nowhere");
    house.store_room(100);
    let short = BureauError::Material(MaterialError::Short { name: "ribbon".into(), asked: 101 });
    assert_eq!(supply(&mut house, "s1", "h1", &brought("", 101)), Err(short));
    supply(&mut house, "s2", "h1", &brought("B001", 60)).unwrap();
    assert_eq!(supply(&mut house, "s2", "h1", &brought("B001", 60)).unwrap().counters["ribbon"], 60, "the same job again");
    let rest = BureauError::Material(MaterialError::Short { name: "ribbon".into(), asked: 41 });
    assert_eq!(supply(&mut house, "s3", "h1", &brought("", 41)), Err(rest));
    // The store room takes materials, by a note; a station takes none by a note.
    let note = |list: &str| shift::Supply { note: Some(word("DO-19")), ..brought(list, 1) };
    for (job, shift, of, what) in [
        ("s4", "room", note("B002"), "blanks"),
        ("s5", "room", brought("", 1), "a delivery without its note"),
        ("s6", "h1", note(""), "a note of no delivery"),
    ] {
        let refused = supply(&mut house, job, shift, &of).unwrap_err();
        assert_eq!((&refused, refused.reason()), (&BureauError::StoreRoom(what), Reason::InputInvalid));
    }
    // Sixty of a hundred went out; one may be miscounted.
    let wrong = close(&mut house, "k1", "room", &end("", 30)).unwrap_err();
    assert!(
        matches!(&wrong, BureauError::Material(MaterialError::Differs(of)) if (of.used(), of.least) == (70, 60)),
        "{wrong:?}"
    );
    let books = close_again(&mut house, "k2", "room", &end("", 40)).unwrap();
    assert_eq!((books.materials[0].used(), books.materials[0].carried_over), (60, 40));
    assert_eq!(supply(&mut house, "s2", "h1", &brought("B001", 60)).unwrap().counters["ribbon"], 60, "after its end too");
    // What a station has at its end the next shift begins with, within the tolerance; a list without it loses nothing either.
    close(&mut house, "k3", "h1", &end("B001", 60)).unwrap();
    let opening = |counted| MaterialError::Opening { name: "ribbon".into(), left: 60, counted, tolerance: 1 };
    let open = |house: &mut House, job: &str, begin: &shift::Begin| {
        house.at(REGENCY, |d| shift::open(d, &id(job), begin, By::one(&officer(11))))
    };
    for (job, counted) in [("o1", 5), ("o2", 58), ("o3", 62)] {
        let refused = open(&mut house, job, &begin("h2", "B001", counted)).unwrap_err();
        assert_eq!((&refused, refused.reason().exit()), (&BureauError::Material(opening(counted)), 60));
    }
    let mut without = begin("h2", "B001", 0);
    (without.materials, without.count.counters) = Default::default();
    assert_eq!(open(&mut house, "o4", &without), Err(BureauError::Material(opening(0))));
    open(&mut house, "o5", &begin("h2", "B001", 61)).unwrap();
    let blanks = shift::Begin { station: word(shift::STORE_ROOM), ..begin("room-2", "B002", 40) };
    assert_eq!(open(&mut house, "o6", &blanks), Err(BureauError::StoreRoom("blanks")));
    house.verified();
}

fn who_counted_wrong_does_not_count_again(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B003");
    house.shift("h1", "B001..B003", 5);
    close(&mut house, "k1", "h1", &end("B001, B002", 5)).unwrap_err();
    let told = close(&mut house, "k2", "h1", &end("B001..B003", 5)).unwrap_err();
    assert_eq!((&told, told.reason()), (&BureauError::SameCounter(id("h1")), Reason::NotPermitted));
    let rows = house.store.history(Kind::Shift, &id("h1"), 0, 100).unwrap();
    assert_eq!(rows.iter().filter(|row| row.step().as_deref() == Some("count")).count(), 1, "no count of theirs is written down");
    // Another key of the same person is the same person.
    house.grant(32, "S-11", crate::issuance::Role::Supervisor);
    let (own, other) = (house.officer(32, crate::issuance::Role::Supervisor), officer(12));
    let by_key = house.at(REGENCY, |d| shift::close(d, &id("k3"), &id("h1"), &end("B001..B003", 5), By::two(&own, &other)));
    assert_eq!(by_key, Err(BureauError::SameCounter(id("h1"))));
    // The count that they made stands: what is gone is said of it.
    let gone = End { missing: Some((set("B003"), "not there".into())), ..end("B001, B002", 6) };
    assert_eq!(close(&mut house, "k4", "h1", &gone), Err(BureauError::SameCounter(id("h1"))));
    let gone = End { missing: Some((set("B003"), "not there".into())), ..end("B001, B002", 5) };
    close(&mut house, "k5", "h1", &gone).unwrap();
    house.verified();
}

fn nobody_counts_a_shift_twice_however_many_counted_between(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B003");
    house.shift("h1", "B001..B003", 5);
    close(&mut house, "k1", "h1", &end("B001, B002", 5)).unwrap_err();
    close_again(&mut house, "k2", "h1", &end("B001", 5)).unwrap_err();
    let knows = Err(BureauError::SameCounter(id("h1")));
    assert_eq!(close(&mut house, "k3", "h1", &end("B001..B003", 5)), knows, "the first was told, whoever counted since");
    assert_eq!(close_again(&mut house, "k4", "h1", &end("B001..B003", 5)), knows);
    house.grant(33, "S-33", crate::issuance::Role::Supervisor);
    let (third, worker) = (house.officer(33, crate::issuance::Role::Supervisor), officer(11));
    let by = By::two(&third, &worker);
    house.at(REGENCY, |desk| shift::close(desk, &id("k5"), &id("h1"), &end("B001..B003", 5), by)).unwrap();
    house.verified();
}

fn a_shift_is_worked_by_those_whom_it_names(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B003");
    house.shift("h1", "B001..B003", 5);
    house.print_ready(1..=2);
    house.grant(33, "S-33", crate::issuance::Role::Personalizer);
    let list = batch::Choice::List(vec![id("a1"), id("a2")]);
    let (bureau, approver) = (officer(11), officer(13));
    house.at(REGENCY, |d| batch::create(d, &id("c"), (&id("b1"), &word("ektp-80k")), &list, By::one(&bureau))).unwrap();
    house.at(REGENCY, |d| batch::approve(d, &id("p"), &id("b1"), By::one(&approver))).unwrap();
    let other = house.officer(33, crate::issuance::Role::Personalizer);
    let mut run = |by: &crate::issuance::desk::Officer, job: &str| {
        house.at(REGENCY, |d| run::run(d, &id(job), &id("b1"), &station(), &mut Told::default(), By::one(by)))
    };
    let stranger = run(&other, "r1").unwrap_err();
    assert_eq!((&stranger, stranger.reason()), (&BureauError::NotOfShift(id("h1")), Reason::NotPermitted));
    assert_eq!(run(&bureau, "r2").unwrap().issued, 2);
    // By the id of a key as well as by a staff number.
    close(&mut house, "k", "h1", &end("B003", 3)).unwrap();
    let mut by_key = begin("h2", "B003", 3);
    by_key.operators = vec![word(&other.id().to_string())];
    house.at(REGENCY, |d| shift::open(d, &id("o2"), &by_key, By::one(&bureau))).unwrap();
    let works =
        |house: &mut House, by: &crate::issuance::desk::Officer| house.at(REGENCY, |d| shift::works(d, &id("h2"), By::one(by)));
    assert_eq!((works(&mut house, &other), works(&mut house, &bureau)), (Ok(()), Err(BureauError::NotOfShift(id("h2")))));
    house.verified();
}

fn each_way_in_which_a_shift_is_refused_is_named(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B009");
    let nobody = house.at(REGENCY, |desk| shift::at(desk, &word("enc-1")));
    assert_eq!(nobody, Err(BureauError::NoShift(word("enc-1"))));
    assert_eq!(BureauError::NoShift(word("enc-1")).reason(), Reason::WrongState);
    let by = officer(11);
    let mut without = begin("h1", "", 0);
    without.operators.clear();
    let open = |house: &mut House, begin: &shift::Begin| {
        house.at(REGENCY, |desk| shift::open(desk, &id(&format!("o-{}", begin.id)), begin, By::one(&by)))
    };
    assert_eq!(open(&mut house, &without), Err(BureauError::Number { what: "operators of a shift", most: 16 }));
    let mut uncounted = begin("h1", "", 0);
    uncounted.count.counters.clear();
    let missing = BureauError::Material(MaterialError::Uncounted("ribbon".into()));
    assert_eq!(open(&mut house, &uncounted), Err(missing.clone()));
    assert_eq!(missing.reason(), Reason::InputInvalid);
    house.shift("h1", "B001..B003", 5);
    let open_already = open(&mut house, &begin("h9", "", 0)).unwrap_err();
    assert_eq!(open_already, BureauError::Stands { kind: Kind::Shift, id: id("h1"), state: "open" });
    let two = (officer(14), officer(11));
    let supply = |house: &mut House, job: &str, list: &str| {
        house.at(REGENCY, |desk| shift::supply(desk, &id(job), &id("h1"), &brought(list, 0), By::two(&two.0, &two.1)))
    };
    assert_eq!(supply(&mut house, "s1", "B001"), Err(BureauError::AnotherShift(set("B001"))), "it lies there already");
    assert_eq!(BureauError::AnotherShift(set("B001")).reason(), Reason::WrongState);
    let (one, other) = (officer(14), officer(12));
    let out = (Door::Spoil, &word("scratched"));
    house.at(REGENCY, |desk| stock::leave(desk, &id("l"), &set("B008"), out, By::two(&one, &other))).unwrap();
    let spoiled = BureauError::Stands { kind: Kind::Blank, id: id("B008"), state: "spoiled" };
    assert_eq!(supply(&mut house, "s2", "B008"), Err(spoiled.clone()));
    assert_eq!(spoiled.reason(), Reason::WrongState);
    let unknown = StoreError::Unknown { kind: Kind::Blank, id: "Z1".into() };
    assert_eq!(supply(&mut house, "s3", "Z1"), Err(BureauError::Desk(DeskError::Store(unknown))));
    // Another office's shift is not closed here.
    let (far, farther) = (officer(20), officer(21));
    let elsewhere = house.at(crate::issuance::Office::Ministry, |desk| {
        shift::close(desk, &id("k"), &id("h1"), &end("B001..B003", 5), By::two(&far, &farther))
    });
    assert_eq!(elsewhere, Err(BureauError::Elsewhere { kind: Kind::Shift, id: id("h1") }));
    let again = StoreError::Duplicate(Unique::OpenShift);
    assert_eq!(again.reason(), Reason::InUse);
    house.store.standing(Kind::Shift, &id("h1")).unwrap();
    house.verified();
}
