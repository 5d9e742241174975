//! Batches: chosen by rules or lists, approved by another, run by stations, closed by the books, and made again where they failed.

use super::house::{House, REGENCY, Told, officer, station};
use crate::issuance::balance::BalanceError;
use crate::issuance::bureau::batch::{self, Choice, Closed, Order};
use crate::issuance::bureau::quota::Quota;
use crate::issuance::bureau::requeue::{self, Requeued};
use crate::issuance::bureau::result::{self, Became};
use crate::issuance::bureau::run::{self, Found, Maker, Ran, Stage, Stopped};
use crate::issuance::bureau::{BureauError, stock};
use crate::issuance::desk::{By, Desk, DeskError, Officer};
use crate::issuance::names::Named as _;
use crate::issuance::store::tests::moves::{self, approved};
use crate::issuance::store::tests::people::{by_two, id, person, word};
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{self, Id, Kind, Move, Place, StoreError, Work};
use crate::issuance::{Office, Role, application, card, resident};
use crate::reason::{Reason, Refusal as _};

on_both!(
    a_batch_is_chosen_by_the_rules_approved_by_another_and_closed_by_its_books,
    the_result_mirrors_the_rows_and_what_failed_is_made_again,
    a_run_stops_and_goes_on_with_the_blank_that_a_card_has,
    two_stations_share_a_batch,
    of_two_stations_in_one_moment_the_slower_goes_on_too,
    nothing_is_made_for_the_dead,
    a_card_that_was_called_back_in_the_making_leaves_books_that_balance,
    a_station_that_was_killed_goes_on_at_once_and_anybody_else_after_its_lease,
    a_station_that_is_down_stops_and_one_that_does_not_print_goes_on,
    a_blank_that_is_missing_in_its_station_takes_its_card_with_it_and_another_is_made,
    a_card_that_can_never_be_made_is_spoiled_with_its_blank_and_made_anew,
    each_way_in_which_a_batch_is_refused_is_named,
);

fn create(house: &mut House, name: &str, choice: &Choice) -> Result<Order, BureauError> {
    let bureau = officer(11);
    let job = id(&format!("create-{name}"));
    house.at(REGENCY, |desk| batch::create(desk, &job, (&id(name), &word("ektp-80k")), choice, By::one(&bureau)))
}

fn list(names: &[&str]) -> Choice {
    Choice::List(names.iter().map(|name| id(name)).collect())
}

fn approve(house: &mut House, name: &str) -> Result<(), BureauError> {
    let approver = officer(13);
    house.at(REGENCY, |desk| batch::approve(desk, &id(&format!("approve-{name}")), &id(name), By::one(&approver)))
}

fn run_on(house: &mut House, job: &str, name: &str, maker: &mut Told) -> Result<Ran, BureauError> {
    let bureau = officer(11);
    house.at(REGENCY, |desk| run::run(desk, &id(job), &id(name), &station(), maker, By::one(&bureau)))
}

fn close(house: &mut House, job: &str, name: &str) -> Result<Closed, BureauError> {
    let (one, two) = (officer(11), officer(12));
    house.at(REGENCY, |desk| batch::close(desk, &id(job), &id(name), By::two(&one, &two)))
}

fn nothing_is_made_for_the_dead(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.print_ready(1..=2);
    let mut desk = moves::Desk { office: "31.71", job: 900_000 };
    let resident = person(1).id('r');
    desk.done(house.store.as_mut(), vec![moves::registered(resident.as_str(), 1, "f1", resident::State::Clean)]);
    desk.done(house.store.as_mut(), vec![Move::resident(resident, None, resident::Step::RecordDeath)]);
    let refused = create(&mut house, "b1", &list(&["a2", "a1"])).unwrap_err();
    assert_eq!(refused, BureauError::NotResident { id: id("a1"), state: resident::State::Dead });
    assert_eq!((refused.reason(), house.state(Kind::Application, "a2")), (Reason::WrongState, "print-ready"));
    let rules = Quota::parse("format = 1\n[[class]]\nname = \"rest\"\nwaits = true\n").unwrap();
    let order = create(&mut house, "b2", &Choice::Rules(rules, 9)).unwrap();
    let chosen: Vec<_> = order.rows.iter().map(|row| row.application.as_str()).collect();
    assert_eq!(chosen, ["a2"], "the others are not held up");
}

/// Two officers found its person to keep another record while a chip was written: the blank is spoiled, and the batch closes.
fn a_card_that_was_called_back_in_the_making_leaves_books_that_balance(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B002");
    house.shift("h1", "B001..B002", 9);
    house.print_ready(1..=2);
    create(&mut house, "b1", &list(&["a1"])).unwrap();
    approve(&mut house, "b1").unwrap();
    let mut told = Told::of(&[(("encode", "c1"), Stage::Waits(word("power")))]);
    assert_eq!(run_on(&mut house, "r1", "b1", &mut told).unwrap().waiting, 1);
    let mut desk = moves::Desk { office: "31.71", job: 910_000 };
    let by = [(Role::Adjudicator, Role::Supervisor)].map(|(one, two)| by_two(one, two));
    let gives_way = vec![Move::card(id("c1"), card::Step::Revoke), Move::application(id("a1"), application::Step::GiveWay)];
    let kept = [application::Step::FindDoubt, application::Step::Clarify];
    desk.done(house.store.as_mut(), vec![moves::applied("kept", 9)]);
    for step in moves::to_unique("kept").into_iter().take(5) {
        desk.done(house.store.as_mut(), vec![step]);
    }
    for step in moves::steps("kept", &kept) {
        desk.done(house.store.as_mut(), vec![step]);
    }
    let all = [vec![Move::application(id("kept"), application::Step::ClearDoubt)], gives_way].concat();
    let change = desk.change_by(all, vec![by[0].clone(); 3]).unwrap();
    house.store.take(&change).unwrap();
    let early = close(&mut house, "close-1", "b1").unwrap_err();
    assert_eq!(early.reason(), Reason::CountUnbalanced, "its blank is in a station: {early:?}");
    let ran = run_on(&mut house, "r2", "b1", &mut Told::default()).unwrap();
    assert_eq!((ran.failed, ran.issued, ran.waiting), (1, 0, 0));
    assert_eq!((house.state(Kind::Blank, "B001"), house.state(Kind::Card, "c1")), ("spoiled", "revoked"));
    let (one, job) = (officer(11), id("requeue-1"));
    let again = house.at(REGENCY, |desk| requeue::requeue(desk, &job, &id("b1"), None, By::one(&one))).unwrap();
    assert_eq!(again.applications, [], "its application ended");
    assert_eq!(rows(&close(&mut house, "close-2", "b1").unwrap()), [("a1", Became::Revoked)]);
    house.verified();
}

fn ended(issued: usize, failed: usize, waiting: usize, (finished, begun): (usize, usize), stopped: Stopped) -> Ran {
    Ran { issued, failed, waiting, found: Found { finished, begun }, stopped }
}

fn rows(closed: &Closed) -> Vec<(&str, Became)> {
    closed.rows.iter().map(|row| (row.application.as_str(), row.result)).collect()
}

fn a_batch_is_chosen_by_the_rules_approved_by_another_and_closed_by_its_books(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B009");
    house.shift("h1", "B001..B009", 9);
    // The first had a card before.
    house.had_a_card(1);
    house.print_ready(2..=3);
    let rules = "format = 1\n[[class]]\nname = \"never\"\nissued_before = false\n[[class]]\nname = \"rest\"\nwaits = true\n";
    let rules = Quota::parse(rules).unwrap();
    let order = create(&mut house, "b1", &Choice::Rules(rules.clone(), 3)).unwrap();
    let chosen: Vec<_> = order.rows.iter().map(|row| (row.application.as_str(), row.class.as_deref())).collect();
    assert_eq!(chosen, [("a2", Some("never")), ("a3", Some("never")), ("a1", Some("rest"))]);
    assert_eq!(create(&mut house, "b1", &Choice::Rules(rules.clone(), 3)), Ok(order), "the same job again");
    assert_eq!(house.state(Kind::Application, "a2"), "in-personalization");
    let nothing = create(&mut house, "b2", &Choice::Rules(rules, 3)).unwrap_err();
    assert_eq!((&nothing, nothing.reason()), (&BureauError::NothingToMake, Reason::WrongState));
    let early = run_on(&mut house, "r0", "b1", &mut Told::default());
    assert_eq!(early, Err(BureauError::Stands { kind: Kind::Batch, id: id("b1"), state: "created" }));
    approve(&mut house, "b1").unwrap();
    let ran = run_on(&mut house, "r1", "b1", &mut Told::default()).unwrap();
    assert_eq!(ran, ended(3, 0, 0, (0, 0), Stopped::Done));
    let closed = close(&mut house, "k1", "b1").unwrap();
    assert_eq!(rows(&closed), [("a2", Became::Issued), ("a3", Became::Issued), ("a1", Became::Issued)]);
    assert_eq!((closed.ledger.received.len(), closed.ledger.made.len()), (3, 3));
    assert_eq!(close(&mut house, "k1", "b1"), Ok(closed), "the same job again");
    assert_eq!((house.state(Kind::Batch, "b1"), house.state(Kind::Card, "c2")), ("closed", "checked"));
    house.verified();
}

fn the_result_mirrors_the_rows_and_what_failed_is_made_again(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B009");
    house.shift("h1", "B001..B003", 9);
    house.print_ready(1..=5);
    create(&mut house, "b1", &list(&["a3", "a1", "a4", "a2"])).unwrap();
    approve(&mut house, "b1").unwrap();
    let ends =
        [(("encode", "c1"), Stage::Quarantined(word("reply-lost"))), (("print", "c4"), Stage::Spoiled(word("ribbon-torn")))];
    let ran = run_on(&mut house, "r1", "b1", &mut Told::of(&ends)).unwrap();
    assert_eq!(ran, ended(1, 2, 0, (0, 0), Stopped::NoBlank));
    let closed = close(&mut house, "k1", "b1").unwrap();
    let expected = [("a3", Became::Issued), ("a1", Became::Quarantined), ("a4", Became::Spoiled), ("a2", Became::NotRun)];
    assert_eq!(rows(&closed), expected);
    let text = String::from_utf8(result::csv(&closed.rows).unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "row,application,card,number,result,blank,blank_state,reason,receipt,chip,sod,status_index");
    assert_eq!(lines[1], format!("1,a3,c3,N-c3,issued,B001,made,,{},,,", "07".repeat(32)));
    assert_eq!(lines[2], "2,a1,c1,N-c1,quarantined,B002,quarantined,reply-lost,,,,");
    assert_eq!(lines[3], format!("3,a4,c4,N-c4,spoiled,B003,spoiled,ribbon-torn,{},,,", "07".repeat(32)));
    assert_eq!(lines[4], "4,a2,c2,N-c2,not-run,,,,,,,");
    assert_eq!(lines.len(), 5, "a line for each row");
    // What was not begun waits for the next batch, with the same card.
    assert_eq!((house.state(Kind::Application, "a2"), house.state(Kind::Card, "c2")), ("print-ready", "allocated"));
    let bureau = officer(11);
    let again = |house: &mut House, job: &str, only: Option<&[crate::issuance::store::Id]>| {
        house.at(REGENCY, |desk| requeue::requeue(desk, &id(job), &id("b1"), only, By::one(&bureau)))
    };
    let not_failed = again(&mut house, "q0", Some(&[id("a3")])).unwrap_err();
    assert_eq!(not_failed, BureauError::Stands { kind: Kind::Card, id: id("c3"), state: "issued" });
    assert_eq!(again(&mut house, "q0", Some(&[id("a5")])), Err(BureauError::NotOfBatch(id("a5"))));
    assert_eq!(BureauError::NotOfBatch(id("a5")).reason(), Reason::WrongState);
    let unknown = StoreError::Unknown { kind: Kind::Application, id: "a9".into() };
    assert_eq!(again(&mut house, "q0", Some(&[id("a9")])), Err(unknown.into()));
    let sent = again(&mut house, "q1", None).unwrap();
    let both = Requeued { applications: vec![id("a1"), id("a4")], revoked: vec![word("N-c1"), word("N-c4")] };
    assert_eq!(sent, both);
    assert_eq!(again(&mut house, "q1", None), Ok(both), "the same job again");
    assert_eq!(house.state(Kind::Application, "a1"), "unique", "to be approved anew");
    assert_eq!(again(&mut house, "q2", None).unwrap().applications, [], "once");
    let conflict = BureauError::Desk(DeskError::Store(StoreError::Conflict("create-b1".into())));
    assert_eq!(again(&mut house, "create-b1", None), Err(conflict), "another job's name");
    let late = again(&mut house, "q3", Some(&[id("a1")])).unwrap_err();
    assert_eq!(late, BureauError::Stands { kind: Kind::Application, id: id("a1"), state: "unique" });
    // With another card, number and authorization; the old number stays revoked.
    moves::Desk { office: "31.71.01", job: 900_000 }.done(house.store.as_mut(), approved("a1", "c1-2"));
    create(&mut house, "b2", &list(&["a1", "a2"])).unwrap();
    assert_eq!(again(&mut house, "q4", None).unwrap().applications, [], "its new card is in the making");
    house.verified();
}

fn a_run_stops_and_goes_on_with_the_blank_that_a_card_has(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B009");
    house.shift("h1", "B001..B009", 9);
    house.print_ready(1..=5);
    create(&mut house, "b1", &list(&["a1", "a2", "a3", "a4", "a5"])).unwrap();
    approve(&mut house, "b1").unwrap();
    let down = |card| (("encode", card), Stage::Waits(word("signer-down")));
    let ran = run_on(&mut house, "r1", "b1", &mut Told::of(&[down("c2"), down("c3"), down("c4")])).unwrap();
    assert_eq!(ran, ended(1, 0, 3, (0, 0), Stopped::Failures), "three in a row, and it stops");
    assert_eq!((house.state(Kind::Batch, "b1"), house.state(Kind::Card, "c2")), ("stopped", "encoding"));
    let open = close(&mut house, "k0", "b1").unwrap_err();
    assert_eq!(open, BureauError::Balance { of: "ektp-80k".into(), error: BalanceError::Unfinished(3) });
    assert_eq!(open.reason().exit(), 60);
    let mut maker = Told::of(&[(("check", "c3"), Stage::Waits(word("camera")))]);
    let ran = run_on(&mut house, "r2", "b1", &mut maker).unwrap();
    assert_eq!(ran, ended(3, 0, 1, (1, 3), Stopped::Done));
    assert_eq!(maker.seen[0], "encode c2 B002", "the blank that it had");
    assert!(!maker.seen.iter().any(|seen| seen.contains("c1")), "what is finished is not touched");
    assert_eq!(house.state(Kind::Card, "c3"), "printed");
    let mut maker = Told::default();
    run_on(&mut house, "r3", "b1", &mut maker).unwrap();
    assert_eq!(maker.seen, ["check c3 B003"]);
    assert_eq!(close(&mut house, "k1", "b1").unwrap().ledger.made.len(), 5);
    house.verified();
}

fn two_stations_share_a_batch(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B009");
    house.shift("h1", "B001..B004", 9);
    house.print_ready(1..=2);
    create(&mut house, "b1", &list(&["a1", "a2"])).unwrap();
    approve(&mut house, "b1").unwrap();
    // Another station has taken the first row up, and not ended yet.
    let state = application::State::InPersonalization.name();
    let work = Work { kind: Kind::Application, state, station: word("enc-2"), now: house.now, lease_seconds: 3_600 };
    let claim = house.store.claim_one(&work, &id("a1")).unwrap().unwrap();
    let ran = run_on(&mut house, "r1", "b1", &mut Told::default()).unwrap();
    assert_eq!(ran, ended(1, 0, 1, (0, 0), Stopped::Done));
    assert_eq!((house.state(Kind::Card, "c1"), house.state(Kind::Card, "c2")), ("allocated", "checked"));
    assert_eq!(house.store.release(&claim), Ok(true));
    assert_eq!(run_on(&mut house, "r2", "b1", &mut Told::default()).unwrap().issued, 1);
    house.verified();
}

fn a_blank_that_is_missing_in_its_station_takes_its_card_with_it_and_another_is_made(home: &mut dyn Home) {
    use crate::issuance::card;
    let mut house = House::new(home);
    house.received("B001..B009");
    house.shift("h1", "B001..B009", 9);
    house.print_ready(1..=3);
    create(&mut house, "b1", &list(&["a1", "a2", "a3"])).unwrap();
    approve(&mut house, "b1").unwrap();
    let waits = |stage, card| ((stage, card), Stage::Waits(word("jammed")));
    run_on(&mut house, "r1", "b1", &mut Told::of(&[waits("encode", "c1"), waits("check", "c3")])).unwrap();
    assert_eq!(["c1", "c2", "c3"].map(|c| house.state(Kind::Card, c)), ["encoding", "checked", "printed"]);
    let by = (officer(11), officer(12));
    let gone = crate::issuance::bureau::serials::parse("B001, B003, B007").unwrap();
    let miss =
        |house: &mut House| house.at(REGENCY, |d| stock::miss(d, &id("m"), &gone, "not in the hopper", By::two(&by.0, &by.1)));
    assert_eq!(miss(&mut house), Ok(id("m.incident")));
    assert_eq!(miss(&mut house), Ok(id("m.incident")), "the same job again");
    assert_eq!(["B001", "B003", "B007"].map(|b| house.state(Kind::Blank, b)), ["missing"; 3]);
    for c in ["c1", "c3"] {
        let state = card::State::of_name(house.state(Kind::Card, c)).unwrap();
        assert_eq!((state, state.number()), (card::State::Missing, card::Number::Revoked));
    }
    let made = crate::issuance::bureau::serials::parse("B002").unwrap();
    let late = house.at(REGENCY, |d| stock::miss(d, &id("m2"), &made, "?", By::two(&by.0, &by.1))).unwrap_err();
    let wrong = StoreError::WrongState { kind: Kind::Card, state: "checked", step: "lose" };
    assert_eq!(late, BureauError::Desk(DeskError::Store(wrong)), "a whole card is missed as a card");
    let closed = close(&mut house, "k1", "b1").unwrap();
    assert_eq!(rows(&closed), [("a1", Became::Missing), ("a2", Became::Issued), ("a3", Became::Missing)]);
    let bureau = officer(11);
    let sent = house.at(REGENCY, |d| requeue::requeue(d, &id("q"), &id("b1"), None, By::one(&bureau))).unwrap();
    let again = Requeued { applications: vec![id("a1"), id("a3")], revoked: vec![word("N-c1"), word("N-c3")] };
    assert_eq!(sent, again);
    // The person is not locked out: another card is authorized, and made.
    moves::Desk { office: "31.71.01", job: 900_000 }.done(house.store.as_mut(), approved("a1", "c1-2"));
    create(&mut house, "b2", &list(&["a1"])).unwrap();
    approve(&mut house, "b2").unwrap();
    assert_eq!(run_on(&mut house, "r2", "b2", &mut Told::default()).unwrap().issued, 1);
    house.verified();
}

fn of_two_stations_in_one_moment_the_slower_goes_on_too(home: &mut dyn Home) {
    use crate::issuance::batch::Step;
    let mut house = House::new(home);
    house.received("B001..B002");
    house.print_ready(1..=1);
    create(&mut house, "b1", &list(&["a1"])).unwrap();
    let bureau = officer(11);
    // Both have seen the state before, and take the step by now.
    let takes = |house: &mut House, job: &str, step| {
        house.at(REGENCY, |desk| run::steps(desk, &id(job), (&id("b1"), step), By::one(&bureau)))
    };
    let wrong = |state, step| Err(BureauError::Desk(DeskError::Store(StoreError::WrongState { kind: Kind::Batch, state, step })));
    assert_eq!(takes(&mut house, "early", Step::Run), wrong("created", "run"), "nobody runs what is not approved");
    approve(&mut house, "b1").unwrap();
    assert_eq!((takes(&mut house, "r1", Step::Run), takes(&mut house, "r2", Step::Run)), (Ok(()), Ok(())));
    assert_eq!(house.state(Kind::Batch, "b1"), "running");
    assert_eq!((takes(&mut house, "s1", Step::Stop), takes(&mut house, "s2", Step::Stop)), (Ok(()), Ok(())));
    assert_eq!(house.state(Kind::Batch, "b1"), "stopped");
    house.verified();
}

fn a_card_that_can_never_be_made_is_spoiled_with_its_blank_and_made_anew(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B003");
    house.shift("h1", "B001..B003", 3);
    house.print_ready(1..=2);
    create(&mut house, "b1", &list(&["a1", "a2"])).unwrap();
    approve(&mut house, "b1").unwrap();
    let mut maker = Told::of(&[(("encode", "c1"), Stage::Waits(word("signer-refused")))]);
    assert_eq!(run_on(&mut house, "r1", "b1", &mut maker).unwrap().issued, 1);
    assert!(matches!(close(&mut house, "k0", "b1"), Err(BureauError::Balance { .. })), "a row is in process");
    let by = officer(11);
    let serials = crate::issuance::bureau::serials::parse("B001").unwrap();
    let why = word("signer-refused");
    let spoil = |house: &mut House| {
        house.at(REGENCY, |desk| stock::leave(desk, &id("s"), &serials, (stock::Door::Spoil, &why), By::one(&by)))
    };
    assert_eq!((spoil(&mut house), spoil(&mut house)), (Ok(()), Ok(())), "the same job again");
    assert_eq!((house.state(Kind::Blank, "B001"), house.state(Kind::Card, "c1")), ("spoiled", "spoiled"));
    let made = crate::issuance::bureau::serials::parse("B002").unwrap();
    let whole = house.at(REGENCY, |desk| stock::leave(desk, &id("s2"), &made, (stock::Door::Spoil, &why), By::one(&by)));
    let wrong = StoreError::WrongState { kind: Kind::Card, state: "checked", step: "spoil" };
    assert_eq!(whole, Err(BureauError::Desk(DeskError::Store(wrong))), "a card that is whole is no spoiled blank");
    let closed = close(&mut house, "k1", "b1").unwrap();
    assert_eq!(rows(&closed), [("a1", Became::Spoiled), ("a2", Became::Issued)]);
    let sent = house.at(REGENCY, |d| requeue::requeue(d, &id("q"), &id("b1"), None, By::one(&by))).unwrap();
    assert_eq!(sent.applications, [id("a1")]);
    house.verified();
}

fn each_way_in_which_a_batch_is_refused_is_named(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B003");
    house.print_ready(1..=2);
    let refused = |house: &mut House, names: &[&str]| create(house, "b0", &list(names)).unwrap_err();
    assert_eq!(refused(&mut house, &[]), BureauError::Number { what: "applications of a batch", most: 900 });
    let unknown = StoreError::Unknown { kind: Kind::Application, id: "a7".into() };
    assert_eq!(refused(&mut house, &["a7"]), BureauError::Desk(DeskError::Store(unknown)));
    create(&mut house, "b1", &list(&["a1"])).unwrap();
    let other = BureauError::Stands { kind: Kind::Application, id: id("a1"), state: "in-personalization" };
    assert_eq!(refused(&mut house, &["a1"]), other, "it is in another batch");
    let far = officer(20);
    let ministry = |house: &mut House, act: &dyn Fn(&mut Desk<'_>, By<'_>) -> Result<(), BureauError>| {
        house.at(Office::Ministry, |desk| act(desk, By::one(&far)))
    };
    let elsewhere =
        ministry(&mut house, &|desk, by| batch::create(desk, &id("j"), (&id("b2"), &word("t")), &list(&["a2"]), by).map(|_| ()));
    assert_eq!(elsewhere, Err(BureauError::Elsewhere { kind: Kind::Application, id: id("a2") }), "a regency makes it");
    // Wherever it has got to there.
    let begun =
        ministry(&mut house, &|desk, by| batch::create(desk, &id("j"), (&id("b2"), &word("t")), &list(&["a1"]), by).map(|_| ()));
    assert_eq!(begun, Err(BureauError::Elsewhere { kind: Kind::Application, id: id("a1") }));
    assert_eq!(elsewhere.unwrap_err().reason(), Reason::NotPermitted);
    // Two keys, one staff number: whoever put it together.
    house.grant(31, "S-11", crate::issuance::Role::Approver);
    let own = house.officer(31, crate::issuance::Role::Approver);
    let own = house.at(REGENCY, |desk| batch::approve(desk, &id("p"), &id("b1"), By::one(&own)));
    assert_eq!(own, Err(BureauError::OwnBatch));
    assert_eq!(BureauError::OwnBatch.reason(), Reason::NotPermitted);
    approve(&mut house, "b1").unwrap();
    assert_eq!(run_on(&mut house, "r", "b1", &mut Told::default()), Err(BureauError::NoShift(word("enc-1"))));
    let damaged = house.at(REGENCY, |desk| batch::order(desk.store, desk.key, &id("nothing")));
    let notes = BureauError::Notes { kind: Kind::Batch, id: id("nothing") };
    assert_eq!(damaged, Err(notes.clone()));
    assert_eq!(notes.reason(), Reason::EncodingInvalid);
    let long = "x".repeat(crate::limits::INCIDENT_TEXT_BYTES + 1);
    let by = (officer(14), officer(12));
    let serials = crate::issuance::bureau::serials::parse("B001").unwrap();
    let wordy = house.at(REGENCY, |desk| stock::miss(desk, &id("m"), &serials, &long, By::two(&by.0, &by.1)));
    assert_eq!(wordy, Err(BureauError::Number { what: "bytes of a text", most: 8_192 }));
    house.verified();
}

/// A maker whose process is killed while it writes a chip.
struct Killed;

impl Maker for Killed {
    fn blank(&mut self, unused: &[Id]) -> Option<Id> {
        unused.first().cloned()
    }

    fn encode(&mut self, _: &run::Order) -> Stage {
        std::panic::resume_unwind(Box::new("killed"))
    }

    fn print(&mut self, _: &run::Order) -> Stage {
        Stage::Elsewhere
    }

    fn check(&mut self, _: &run::Order) -> Stage {
        Stage::Elsewhere
    }
}

/// The station, its name held: whoever held it before may be heard to end a moment later.
fn alone(place: &Place) -> run::Station {
    let office = store::Office::from(REGENCY);
    let held = std::iter::repeat_with(|| {
        std::thread::sleep(std::time::Duration::from_millis(2));
        place.hold(&office, &word("enc-1")).unwrap()
    });
    run::Station { held: held.take(2_000).flatten().next(), ..station() }
}

fn a_station_that_was_killed_goes_on_at_once_and_anybody_else_after_its_lease(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B009");
    house.shift("h1", "B001..B004", 9);
    house.print_ready(1..=2);
    create(&mut house, "b1", &list(&["a1", "a2"])).unwrap();
    approve(&mut house, "b1").unwrap();
    house.grant(32, "S-32", crate::issuance::Role::Personalizer);
    let (own, other) = (officer(11), house.officer(32, crate::issuance::Role::Personalizer));
    let place = home.place();
    let run_by = |house: &mut House, job: &str, station: &run::Station, maker: &mut dyn Maker, by: &Officer| {
        house.at(REGENCY, |desk| run::run(desk, &id(job), &id("b1"), station, maker, By::one(by)))
    };
    let killed =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run_by(&mut house, "r1", &alone(&place), &mut Killed, &own)));
    assert!(killed.is_err());
    // A process under the same name that is not sure to be alone there, and another officer at that station: neither proves whose work it is.
    let mut seen = Told::default();
    let waits = ended(1, 0, 1, (0, 0), Stopped::Done);
    assert_eq!(run_by(&mut house, "r2", &station(), &mut seen, &own), Ok(waits));
    assert_eq!(run_by(&mut house, "r3", &alone(&place), &mut seen, &other), Ok(ended(0, 0, 1, (1, 0), Stopped::Done)));
    assert!(!seen.seen.iter().any(|seen| seen.contains("c1")), "{:?}", seen.seen);
    // The same station, by its name and its officer's key: at once, with the blank that the card had.
    let mut seen = Told::default();
    assert_eq!(run_by(&mut house, "r4", &alone(&place), &mut seen, &own), Ok(ended(1, 0, 0, (1, 1), Stopped::Done)));
    assert_eq!(seen.seen[0], "encode c1 B001");
    house.verified();
}

/// A maker that finds its station down at a card.
struct Down(bool);

impl Maker for Down {
    fn blank(&mut self, unused: &[Id]) -> Option<Id> {
        unused.first().cloned()
    }

    fn encode(&mut self, order: &run::Order) -> Stage {
        self.0 = order.card == id("c2");
        if self.0 { Stage::Waits(word("no-reader")) } else { Stage::Done([7; 32]) }
    }

    fn print(&mut self, _: &run::Order) -> Stage {
        Stage::Elsewhere
    }

    fn check(&mut self, _: &run::Order) -> Stage {
        Stage::Elsewhere
    }

    fn is_down(&self) -> bool {
        self.0
    }
}

fn a_station_that_is_down_stops_and_one_that_does_not_print_goes_on(home: &mut dyn Home) {
    let mut house = House::new(home);
    house.received("B001..B009");
    house.shift("h1", "B001..B004", 9);
    house.print_ready(1..=3);
    create(&mut house, "b1", &list(&["a1", "a2", "a3"])).unwrap();
    approve(&mut house, "b1").unwrap();
    let bureau = officer(11);
    let mut down = Down(false);
    let ran = house.at(REGENCY, |desk| run::run(desk, &id("r1"), &id("b1"), &station(), &mut down, By::one(&bureau)));
    assert_eq!(ran, Ok(ended(0, 0, 2, (0, 0), Stopped::Down)), "the first is encoded, and the third is not tried");
    assert_eq!((house.state(Kind::Card, "c1"), house.state(Kind::Card, "c3")), ("encoded", "allocated"));
    assert_eq!(house.state(Kind::Batch, "b1"), "stopped");
    let mut printer = Told::default();
    assert_eq!(run_on(&mut house, "r2", "b1", &mut printer), Ok(ended(3, 0, 0, (0, 2), Stopped::Done)));
    assert_eq!(printer.seen[0], "print c1 B001");
    house.verified();
}
