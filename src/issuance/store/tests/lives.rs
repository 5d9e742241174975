//! One card's life through the store, and what is refused on its way.

use super::home::{Home, key};
use super::moves::{
    Desk, applied, approved, card_steps, encoded, handed_over, missing, state, steps, stock, to_unique, to_waiting,
};
use super::on_both;
use super::people::{at, by, by_two, id, nik, office, person, word};
use crate::issuance::role::{Role, RoleError};
use crate::issuance::store::{By, Done, Draft, Kind, Move, Opening, Page, Part, Store, StoreError, Unique, audit};
use crate::issuance::{application, batch, card, shipment};
use crate::limits::{STORE_ITEMS, STORE_MOVES, STORE_SIGNATURE_BYTES, SUSPECTS};
use crate::reason::{Reason, Refusal as _};
use crate::world::DangerousSeededEntropy;

on_both!(
    a_card_lives_from_its_application_to_its_holders_hand,
    a_change_is_written_whole_or_not_at_all,
    each_refusal_of_the_rules_is_named,
    each_refusal_of_what_things_belong_to_is_named,
    the_same_job_is_done_once_and_another_under_its_id_is_refused,
    a_batch_and_a_shipment_hold_what_they_were_given,
    pages_go_through_everything_once,
    a_change_of_as_many_steps_as_a_clarification_has_is_written_whole,
);

fn a_card_lives_from_its_application_to_its_holders_hand(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    to_waiting(&mut desk, store.as_mut(), "a", 1, "c", "s");
    let can = key().seal(Kind::Card, &id("c"), Part::Can, b"123456", &mut DangerousSeededEntropy::new(3)).unwrap();
    // The desk shows the card on; the CAN is there until the card is its holder's.
    desk.done(store.as_mut(), vec![Move::card(id("c"), card::Step::SendOn).with_sealed(can.clone())]);
    desk.done(store.as_mut(), card_steps("c", &[card::Step::Receive]));
    assert_eq!(store.sealed(Kind::Card, &id("c"), Part::Can), Ok(Some(can.clone())));
    assert_eq!(key().open(&can).unwrap().as_slice(), b"123456");
    let mut other = home.open();
    let done = Desk { office: "3174", job: 0 }.done(other.as_mut(), handed_over("c", "a"));
    assert_eq!(
        done.entries.iter().map(|e| (e.n, e.was.as_str(), e.now.as_str())).collect::<Vec<_>>(),
        [(1, "waiting", "active"), (2, "in-personalization", "delivered")]
    );
    assert_eq!(store.sealed(Kind::Card, &id("c"), Part::Can), Ok(None), "erased with the handover");
    let card = store.standing(Kind::Card, &id("c")).unwrap().unwrap();
    assert_eq!((card.state, card.office.as_str(), card.custody.as_str()), ("active", "3273", "3174"));
    assert_eq!((card.subject, card.owner, card.word), (Some(person(1)), Some(id("a")), word("N-c")));
    let of =
        |store: &mut dyn Store, kind, by: By<'_>| store.find(kind, by).unwrap().into_iter().map(|s| s.id).collect::<Vec<_>>();
    assert_eq!(of(store.as_mut(), Kind::Card, By::Person(&key().subject(&nik(1)))), [id("c")]);
    assert_eq!(of(store.as_mut(), Kind::Card, By::Owner(&id("a"))), [id("c")]);
    assert_eq!(of(store.as_mut(), Kind::Card, By::Word(&word("N-c"))), [id("c")]);
    assert_eq!(of(store.as_mut(), Kind::Blank, By::Owner(&id("c"))), [id("s")]);
    assert_eq!(of(store.as_mut(), Kind::Blank, By::Person(&person(1))), [], "a blank is nobody's");
    let life = store.history(Kind::Card, &id("c"), 0, 100).unwrap();
    assert_eq!(
        life.iter().map(|row| row.now.as_str()).collect::<Vec<_>>(),
        ["allocated", "encoding", "encoded", "printed", "checked", "packed", "waiting", "in-transit", "waiting", "active"]
    );
    let verified = audit::verify(store.as_mut(), &[]).unwrap();
    assert_eq!((verified.rows, verified.heads.len(), verified.clock_back), (23, 2, 0));
    let counts = store.counts(Kind::Blank).unwrap();
    assert_eq!(
        counts.iter().map(|c| (c.state, c.word.clone(), c.things)).collect::<Vec<_>>(),
        [("made", Some(word("ektp-80k")), 1)]
    );
}

fn a_change_is_written_whole_or_not_at_all(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    let half = vec![applied("a", 1), Move::application(id("nobody"), application::Step::VerifyData)];
    let unknown = StoreError::Unknown { kind: Kind::Application, id: "nobody".into() };
    assert_eq!(desk.take(store.as_mut(), half), Err(unknown.clone()));
    assert_eq!(unknown.reason(), Reason::IdentifierUnknown);
    assert_eq!(store.standing(Kind::Application, &id("a")), Ok(None));
    assert_eq!(store.heads(), Ok(vec![]));
    let whole = desk.done(store.as_mut(), vec![applied("a", 1), Move::application(id("a"), application::Step::VerifyData)]);
    assert_eq!(whole.entries.iter().map(|e| e.n).collect::<Vec<_>>(), [1, 2]);
    // A sealed part stands and falls with its step.
    let seal = |text: &[u8], n| key().seal(Kind::Application, &id("a"), Part::Biodata, text, &mut DangerousSeededEntropy::new(n));
    let first = seal(b"one", 1).unwrap();
    let capture = || Move::application(id("a"), application::Step::Capture);
    desk.done(store.as_mut(), vec![capture().with_sealed(first.clone())]);
    let refused = desk.take(store.as_mut(), vec![capture().with_sealed(seal(b"two", 2).unwrap())]);
    assert_eq!(refused, Err(StoreError::WrongState { kind: Kind::Application, state: "captured", step: "capture" }));
    assert_eq!(store.sealed(Kind::Application, &id("a"), Part::Biodata), Ok(Some(first)));
    audit::verify(store.as_mut(), &[]).unwrap();
}

fn each_refusal_of_the_rules_is_named(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    desk.done(store.as_mut(), vec![applied("a", 1)]);
    let early = desk.take(store.as_mut(), steps("a", &[application::Step::Capture]));
    assert_eq!(early, Err(StoreError::WrongState { kind: Kind::Application, state: "applied", step: "capture" }));
    let mut by_hands = |moves: Vec<Move>, hands| {
        let change = desk.change_by(moves, vec![hands])?;
        store.take(&change)
    };
    let role = |error| -> Result<Done, StoreError> { Err(StoreError::Role(error)) };
    let verify = || steps("a", &[application::Step::VerifyData]);
    assert_eq!(by_hands(verify(), by(Role::Courier)), role(RoleError::WrongRole(Role::Courier)));
    assert_eq!(by_hands(vec![applied("b", 2)], by(Role::Courier)), role(RoleError::WrongRole(Role::Courier)));
    assert!(by_hands(verify(), by(Role::Operator)).is_ok());
    to_waiting(&mut desk, store.as_mut(), "b", 2, "c", "s");
    let miss = || missing("i", "c", Move::card(id("c"), card::Step::Miss));
    let mut by_hands = |moves: Vec<Move>, hands| {
        let all = vec![hands; moves.len()];
        let change = desk.change_by(moves, all)?;
        store.take(&change)
    };
    assert_eq!(by_hands(miss(), by(Role::Operator)), role(RoleError::SecondMissing));
    assert_eq!(by_hands(miss(), by_two(Role::Operator, Role::Centre)), role(RoleError::WrongSecond(Role::Centre)));
    let mut same = by_two(Role::Operator, Role::Supervisor);
    same.with.as_mut().unwrap().id = same.by.id;
    assert_eq!(by_hands(miss(), same), role(RoleError::SamePerson));
    assert!(by_hands(miss(), by_two(Role::Operator, Role::Supervisor)).is_ok());
    // A handover that comes after the revocation.
    let late = desk.take(store.as_mut(), handed_over("c", "b"));
    assert_eq!(late, Err(StoreError::WrongState { kind: Kind::Card, state: "missing", step: "hand-over" }));
    assert_eq!(state(store.as_mut(), Kind::Application, "b"), "in-personalization");
    audit::verify(store.as_mut(), &[]).unwrap();
}

fn each_refusal_of_what_things_belong_to_is_named(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    to_waiting(&mut desk, store.as_mut(), "a", 1, "c", "s");
    to_waiting(&mut desk, store.as_mut(), "b", 2, "d", "t");
    let crossed =
        vec![Move::card_of(id("c"), id("b"), card::Step::HandOver), Move::application(id("b"), application::Step::Deliver)];
    assert_eq!(desk.take(store.as_mut(), crossed), Err(StoreError::WrongOwner(Kind::Card)));
    let taken = |kind, id: &str| StoreError::Taken { kind, id: id.into() };
    assert_eq!(desk.take(store.as_mut(), vec![applied("a", 3)]), Err(taken(Kind::Application, "a")));
    assert_eq!(taken(Kind::Blank, "s").reason(), Reason::JobConflict);
    assert_eq!(desk.take(store.as_mut(), vec![stock("s")]), Err(taken(Kind::Blank, "s")), "a serial comes in once");
    desk.done(store.as_mut(), vec![applied("e", 5)]);
    for step in to_unique("e") {
        desk.done(store.as_mut(), vec![step]);
    }
    let number = Opening::Card { application: id("e"), number: word("N-c") };
    let twice = vec![Move::application(id("e"), application::Step::Approve), Move::open(id("f"), number)];
    let duplicate = StoreError::Duplicate(Unique::CardNumber);
    assert_eq!(desk.take(store.as_mut(), twice), Err(duplicate.clone()));
    assert_eq!(duplicate.reason(), Reason::DuplicateIssue);
    desk.done(store.as_mut(), approved("e", "f"));
    // A blank that became a card is taken for no other.
    let used = desk.take(store.as_mut(), encoded("f", "s"));
    assert_eq!(used, Err(StoreError::WrongState { kind: Kind::Blank, state: "made", step: "take" }));
    desk.done(store.as_mut(), vec![stock("u"), stock("v")]);
    let both = [encoded("f", "u"), vec![Move::blank_for(id("v"), id("f"))]].concat();
    assert_eq!(desk.take(store.as_mut(), both), Err(StoreError::Duplicate(Unique::BlankOfCard)));
    let foreign = key().seal(Kind::Card, &id("d"), Part::Can, b"1", &mut DangerousSeededEntropy::new(1)).unwrap();
    let moves = vec![Move::card(id("c"), card::Step::SendOn).with_sealed(foreign)];
    assert_eq!(Draft::new(id("j"), office("x"), at(0), moves).err(), Some(StoreError::WrongOwner(Kind::Card)));
}

fn the_same_job_is_done_once_and_another_under_its_id_is_refused(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    let one = desk.change(vec![applied("a", 1)]);
    let first = store.take(&one).unwrap();
    let again = home.open().take(&one).unwrap();
    assert_eq!((first.again, again.again, &first.entries), (false, true, &again.entries));
    let same_job = |moves: Vec<Move>| {
        let hands = vec![by(Role::Operator); moves.len()];
        Draft::new(id("3273-1"), office("3273"), at(1), moves).unwrap().signed(hands).unwrap()
    };
    let conflict = Err(StoreError::Conflict("3273-1".into()));
    assert_eq!(store.take(&same_job(vec![applied("b", 2)])), conflict);
    let more = vec![applied("a", 1), Move::application(id("a"), application::Step::VerifyData)];
    assert_eq!(store.take(&same_job(more)), conflict, "more than was done");
    let elsewhere =
        Draft::new(id("3273-1"), office("9999"), at(1), vec![applied("a", 1)]).unwrap().signed_by(&by(Role::Operator));
    assert_eq!(store.take(&elsewhere.unwrap()), conflict);
    assert_eq!(StoreError::Conflict("j".into()).reason(), Reason::JobConflict);
    let two = desk.change(vec![Move::application(id("a"), application::Step::VerifyData), stock("s")]);
    let first = store.take(&two).unwrap();
    let again = store.take(&two).unwrap();
    assert_eq!((first.again, again.again, first.entries.len()), (false, true, 2));
    assert_eq!(first.entries, again.entries);
    let half = Draft::new(id("3273-2"), office("3273"), at(2), steps("a", &[application::Step::VerifyData])).unwrap();
    let half = half.signed_by(&by(Role::Operator)).unwrap();
    assert_eq!(store.take(&half), Err(StoreError::Conflict("3273-2".into())), "less than was done");
    assert_eq!(audit::verify(store.as_mut(), &[]).unwrap().rows, 3);
}

fn a_batch_and_a_shipment_hold_what_they_were_given(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    to_waiting(&mut desk, store.as_mut(), "a", 1, "c", "s");
    to_waiting(&mut desk, store.as_mut(), "b", 2, "d", "t");
    let ship = |cards: &[&str]| {
        let cards = cards.iter().map(|card| id(card)).collect();
        vec![Move::open(id("way"), Opening::Shipment { to: office("3174"), cards })]
    };
    assert_eq!(desk.take(store.as_mut(), ship(&["c", "c"])), Err(StoreError::Duplicate(Unique::Item)));
    let unknown = StoreError::Unknown { kind: Kind::Card, id: "x".into() };
    assert_eq!(desk.take(store.as_mut(), ship(&["c", "x"])), Err(unknown));
    desk.done(store.as_mut(), ship(&["d", "c"]));
    desk.done(store.as_mut(), vec![Move::shipment(id("way"), shipment::Step::Send)]);
    assert_eq!(store.items(Kind::Shipment, &id("way")), Ok(vec![id("c"), id("d")]));
    assert_eq!(store.items(Kind::Card, &id("c")), Ok(vec![]));
    assert_eq!(state(store.as_mut(), Kind::Shipment, "way"), "sent");
    let batch = Opening::Batch { of: word("ektp-80k"), applications: vec![id("a"), id("b")] };
    desk.done(store.as_mut(), vec![Move::open(id("batch"), batch)]);
    desk.done(store.as_mut(), vec![Move::batch(id("batch"), batch::Step::Approve), Move::batch(id("batch"), batch::Step::Run)]);
    assert_eq!(store.items(Kind::Batch, &id("batch")), Ok(vec![id("a"), id("b")]));
    let many = vec![id("c"); STORE_ITEMS + 1];
    let moves = vec![Move::open(id("w"), Opening::Shipment { to: office("3174"), cards: many })];
    assert_eq!(Draft::new(id("j"), office("x"), at(0), moves).err(), Some(StoreError::TooMany("items", STORE_ITEMS)));
    audit::verify(store.as_mut(), &[]).unwrap();
}

/// Every thing of a question, page by page.
fn all_pages(store: &mut dyn Store, mut page: Page) -> Vec<String> {
    let mut seen = Vec::new();
    loop {
        let answer = store.page(&page).unwrap();
        let Some(last) = answer.last() else { return seen };
        page.after = Some(last.cursor());
        seen.extend(answer.into_iter().map(|s| s.id.to_string()));
    }
}

fn pages_go_through_everything_once(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    for n in 0..25 {
        desk.done(store.as_mut(), vec![applied(&format!("a{n}"), n)]);
    }
    desk.done(store.as_mut(), steps("a3", &[application::Step::VerifyData]));
    home.attempt("UPDATE application SET priority = -2 WHERE id IN ('a20', 'a21')").unwrap();
    let page = Page { limit: 10, ..Page::of(Kind::Application) };
    let named = |numbers: &[u32]| numbers.iter().map(|n| format!("a{n}")).collect::<Vec<_>>();
    let by_age: Vec<u32> = (0..25).collect();
    assert_eq!(all_pages(store.as_mut(), page.clone()), named(&by_age));
    let applied: Vec<u32> = by_age.into_iter().filter(|n| *n != 3).collect();
    let of_state = Page { state: Some("applied"), ..page };
    let of_office = Page { office: Some(office("3273")), ..of_state.clone() };
    assert_eq!(all_pages(store.as_mut(), of_office), named(&applied));
    let rest = applied.into_iter().filter(|n| ![20, 21].contains(n));
    let urgent_first: Vec<u32> = [20, 21].into_iter().chain(rest).collect();
    assert_eq!(all_pages(store.as_mut(), of_state), named(&urgent_first), "work is in the order in which it is given out");
    let old = Page { before: Some(at(3)), ..Page::of(Kind::Application) };
    assert_eq!(store.page(&old).unwrap().len(), 2);
    assert_eq!(store.page(&Page { office: Some(office("3174")), ..Page::of(Kind::Application) }), Ok(vec![]));
    let counts = store.counts(Kind::Application).unwrap();
    assert_eq!(counts.iter().map(|c| (c.state, c.things)).collect::<Vec<_>>(), [("applied", 24), ("data-verified", 1)]);
    assert_eq!(counts[0].oldest, at(1));
}

/// As many candidates as are kept, each with a hold and a suspended card.
fn a_change_of_as_many_steps_as_a_clarification_has_is_written_whole(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    let most = 2 * SUSPECTS + 1;
    let done = desk.done(store.as_mut(), (0..most).map(|n| stock(&format!("b{n}"))).collect());
    assert_eq!((done.entries.len(), done.entries[most - 1].n), (most, most as u64));
    let last = format!("b{}", most - 1);
    assert_eq!(state(store.as_mut(), Kind::Blank, &last), "in-stock");
    audit::verify(store.as_mut(), &[]).unwrap();
}

#[test]
fn a_change_has_its_bounds_and_its_hands() {
    let draft = |moves| Draft::new(id("j"), office("x"), at(0), moves);
    let steps_bound = StoreError::TooMany("steps of one change, or none", STORE_MOVES);
    assert_eq!(draft(vec![]).err(), Some(steps_bound.clone()));
    assert_eq!(draft(vec![stock("s"); STORE_MOVES + 1]).err(), Some(steps_bound));
    let one = draft(vec![stock("s")]).unwrap();
    let hands = StoreError::TooMany("hands, or fewer, than steps", 1);
    assert_eq!(one.clone().signed(vec![]).err(), Some(hands.clone()));
    assert_eq!(hands.reason(), Reason::InputInvalid);
    let mut long = by(Role::Courier);
    long.by.signature = vec![0; STORE_SIGNATURE_BYTES + 1];
    assert_eq!(one.signed_by(&long).err(), Some(StoreError::TooMany("bytes of a signature", STORE_SIGNATURE_BYTES)));
    let alone = StoreError::Coupled { step: "approve", with: "open" };
    assert_eq!(draft(steps("a", &[application::Step::Approve])).err(), Some(alone.clone()));
    assert_eq!(alone.reason(), Reason::WrongState);
}

#[test]
fn a_statement_is_what_is_signed() {
    let moves = vec![Move::card(id("c"), card::Step::Print).because(word("first")).by_evidence([0xAB; 32]).on(word("printer-1"))];
    let draft = Draft::new(id("j"), office("3273"), at(0), moves).unwrap();
    let evidence = "ab".repeat(32);
    let expected = format!(
        r#"{{"format":1,"job":"j","part":0,"parts":1,"office":"3273","kind":"card","id":"c","step":"print","at":"2026-11-18T11:06:40Z","reason":"first","evidence":"{evidence}","device":"printer-1"}}"#
    );
    assert_eq!(draft.statements(), [expected]);
}
