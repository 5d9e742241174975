//! One person, one card: by the rules of the store, and by the constraints of the database where the store is gone round.

use super::home::Home;
use super::moves::{Desk, applied, approved, card_steps, handed_over, state, steps, to_active, to_unique, to_waiting};
use super::on_both;
use super::people::{by, by_two, id, person};
use crate::issuance::names::Named as _;
use crate::issuance::role::Role;
use crate::issuance::store::{Kind, Move, StoreError, Unique, audit};
use crate::issuance::{application, card};
use crate::reason::{Reason, Refusal as _};

on_both!(
    a_person_has_one_open_application_and_one_card_in_the_making,
    a_new_card_is_active_only_when_the_old_one_is_revoked_in_the_same_change,
    the_databases_own_constraints_hold_a_person_to_one_card,
    the_database_itself_never_lets_a_revoked_card_come_back,
);

fn a_person_has_one_open_application_and_one_card_in_the_making(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    desk.done(store.as_mut(), vec![applied("a", 1)]);
    let second = StoreError::Duplicate(Unique::OpenApplication);
    assert_eq!(Desk::new("3174").take(store.as_mut(), vec![applied("b", 1)]), Err(second.clone()), "of whatever office");
    assert_eq!(second.reason(), Reason::PersonHasCard);
    desk.done(store.as_mut(), vec![applied("b", 2)]);
    desk.done(store.as_mut(), steps("a", &[application::Step::Withdraw]));
    desk.done(store.as_mut(), vec![applied("c", 1)]);
    // A card that is left in the making when its application ends is in the way of the next one.
    for step in to_unique("c") {
        desk.done(store.as_mut(), vec![step]);
    }
    desk.done(store.as_mut(), approved("c", "c1"));
    desk.done(store.as_mut(), steps("c", &[application::Step::Withdraw]));
    desk.done(store.as_mut(), vec![applied("d", 1)]);
    for step in to_unique("d") {
        desk.done(store.as_mut(), vec![step]);
    }
    assert_eq!(desk.take(store.as_mut(), approved("d", "d1")), Err(StoreError::Duplicate(Unique::UnfinishedCard)));
    assert_eq!(state(store.as_mut(), Kind::Application, "d"), "unique", "nothing of it is stored");
    desk.done(store.as_mut(), card_steps("c1", &[card::Step::Revoke]));
    desk.done(store.as_mut(), approved("d", "d1"));
}

fn a_new_card_is_active_only_when_the_old_one_is_revoked_in_the_same_change(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    to_active(&mut desk, store.as_mut(), "old", 1, "c1", "s1");
    to_waiting(&mut desk, store.as_mut(), "new", 1, "c2", "s2");
    let live = StoreError::Duplicate(Unique::LiveCard);
    assert_eq!(desk.take(store.as_mut(), handed_over("c2", "new")), Err(live.clone()));
    assert_eq!(live.reason(), Reason::PersonHasCard);
    desk.done(store.as_mut(), card_steps("c1", &[card::Step::Suspend]));
    assert_eq!(desk.take(store.as_mut(), handed_over("c2", "new")), Err(live), "a suspended card is one too");
    let revoke = Move::card(id("c1"), card::Step::Revoke);
    let both = [vec![revoke], handed_over("c2", "new")].concat();
    let hands = vec![by(Role::Centre), by(Role::Operator), by(Role::Operator)];
    let change = desk.change_by(both, hands).unwrap();
    store.take(&change).unwrap();
    assert_eq!(state(store.as_mut(), Kind::Card, "c1"), "revoked");
    assert_eq!(state(store.as_mut(), Kind::Card, "c2"), "active");
    // A mismatch at the desk never ends active.
    to_waiting(&mut desk, store.as_mut(), "other", 2, "c3", "s3");
    let refuse = vec![
        Move::card_of(id("c3"), id("other"), card::Step::Refuse),
        Move::application(id("other"), application::Step::FailHandover),
    ];
    let two = by_two(Role::Operator, Role::Supervisor);
    let change = desk.change_by(refuse, vec![two.clone(), two]).unwrap();
    store.take(&change).unwrap();
    let late = desk.take(store.as_mut(), handed_over("c3", "other"));
    assert_eq!(late, Err(StoreError::WrongState { kind: Kind::Card, state: "refused", step: "hand-over" }));
    assert_eq!(state(store.as_mut(), Kind::Application, "other"), "clarifying");
    audit::verify(store.as_mut(), &[]).unwrap();
}

/// A card of the n-th person, in a state, put into the table by hand.
fn card_row(home: &dyn Home, n: usize, name: &str, state: card::State) -> String {
    let subject = home.hex(person(u32::try_from(n).unwrap()).bytes());
    format!(
        "INSERT INTO card (id, format, state, office, custody, subject, application, number, priority, since, changed, revision) \
         VALUES ('{name}{n}', 1, '{}', 'x', 'x', {subject}, 'a', 'N-{name}{n}', 0, 0, 0, 1)",
        state.name()
    )
}

/// Every pair of states, numbered.
fn pairs() -> Vec<(usize, card::State, card::State)> {
    let all = card::State::EVERY;
    let pairs = all.iter().flat_map(|first| all.iter().map(|second| (*first, *second)));
    pairs.enumerate().map(|(n, (first, second))| (n, first, second)).collect()
}

fn the_databases_own_constraints_hold_a_person_to_one_card(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    desk.done(store.as_mut(), vec![applied("a", 1)]);
    let firsts: Vec<String> = pairs().iter().map(|(n, first, _)| card_row(home, *n, "c", *first)).collect();
    assert!(home.attempts(&firsts).iter().all(Result::is_ok));
    let seconds: Vec<String> = pairs().iter().map(|(n, _, second)| card_row(home, *n, "d", *second)).collect();
    for ((_, first, second), both) in pairs().iter().zip(home.attempts(&seconds)) {
        let clash = first.is_live() && second.is_live() || first.is_unfinished() && second.is_unfinished();
        assert_eq!(both.is_err(), clash, "{first:?} beside {second:?}: {both:?}");
    }
    for state in application::State::EVERY {
        let again = format!(
            "INSERT INTO application (id, format, state, office, custody, subject, procedure, priority, since, changed, revision) \
             SELECT 'b-{0}', 1, '{0}', 'x', 'x', subject, 'p', 0, 0, 0, 1 FROM application WHERE id = 'a'",
            state.name()
        );
        assert_eq!(home.attempt(&again).is_err(), state.is_open(), "{state:?}");
        home.forge("DELETE FROM application WHERE id <> 'a'").unwrap();
    }
}

fn the_database_itself_never_lets_a_revoked_card_come_back(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    desk.done(store.as_mut(), vec![applied("a", 1)]);
    let rows: Vec<String> = pairs().iter().map(|(n, from, _)| card_row(home, *n, "c", *from)).collect();
    assert!(home.attempts(&rows).iter().all(Result::is_ok));
    let moves: Vec<String> =
        pairs().iter().map(|(n, _, to)| format!("UPDATE card SET state = '{}' WHERE id = 'c{n}'", to.name())).collect();
    for ((_, from, to), moved) in pairs().iter().zip(home.attempts(&moves)) {
        let back = from.number() == card::Number::Revoked && to.number() != card::Number::Revoked;
        assert_eq!(moved.is_err(), back, "{from:?} to {to:?}: {moved:?}");
    }
    for fixed in [
        "UPDATE card SET number = 'other'",
        "UPDATE card SET application = 'other'",
        "UPDATE card SET subject = subject",
        "UPDATE application SET family = NULL",
        "DELETE FROM card",
        "DELETE FROM application",
        "DELETE FROM audit",
        "UPDATE audit SET hands = ''",
        "DELETE FROM chain",
    ] {
        assert!(home.attempt(fixed).is_err(), "{fixed}");
    }
}
