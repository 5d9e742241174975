//! The audit tells on whoever changes it, or what it accounts for; and without it nothing is done.

use super::home::Home;
use super::moves::{Desk, applied, card_steps, state, steps, stock, to_active};
use super::on_both;
use super::people::{at, by, id, office, person};
use crate::issuance::role::Role;
use crate::issuance::store::{Broken, Draft, Head, Kind, Place, Store, StoreError, audit, heads};
use crate::issuance::{application, card};
use crate::reason::{Reason, Refusal as _};

on_both!(
    every_change_of_the_audit_is_found_at_its_row,
    what_stands_otherwise_than_the_audit_left_it_is_found,
    a_store_put_back_is_told_by_heads_seen_before,
    without_its_audit_nothing_is_done,
    a_clock_that_goes_back_is_recorded_and_holds_nothing,
);

/// A store of 21 rows in one chain.
fn filled(home: &dyn Home) -> Box<dyn Store> {
    let mut store = home.create();
    to_active(&mut Desk::new("3273"), store.as_mut(), "a", 1, "c", "s");
    assert_eq!(audit::verify(store.as_mut(), &[]).unwrap().rows, 21);
    store
}

fn every_change_of_the_audit_is_found_at_its_row(home: &mut dyn Home) {
    let mut store = filled(home);
    drop(store);
    home.attempt("CREATE TABLE kept AS SELECT * FROM audit").unwrap();
    let zero = home.hex(&[0; 32]);
    let cases = [
        ("UPDATE audit SET statement = replace(statement, 'card', 'Card') WHERE n = 12".to_owned(), 12, Broken::Head),
        ("UPDATE audit SET hands = replace(hands, 'operator', 'supervisor') WHERE n = 5".to_owned(), 5, Broken::Head),
        ("UPDATE audit SET was = 'sent' WHERE n = 4".to_owned(), 4, Broken::Head),
        ("UPDATE audit SET now = 'closed' WHERE n = 21".to_owned(), 21, Broken::Head),
        ("UPDATE audit SET revision = revision + 100 WHERE n = 9".to_owned(), 9, Broken::Head),
        (format!("UPDATE audit SET head = {zero} WHERE n = 1"), 1, Broken::Head),
        ("UPDATE audit SET at = at + 1 WHERE n = 3".to_owned(), 3, Broken::Columns),
        ("UPDATE audit SET job = 'another' WHERE n = 3".to_owned(), 3, Broken::Columns),
        ("UPDATE audit SET part = 7 WHERE n = 3".to_owned(), 3, Broken::Columns),
        ("UPDATE audit SET id = 'another' WHERE n = 3".to_owned(), 3, Broken::Columns),
        ("UPDATE audit SET kind = 'batch' WHERE n = 3".to_owned(), 3, Broken::Columns),
        ("DELETE FROM audit WHERE n = 1".to_owned(), 1, Broken::Missing),
        ("DELETE FROM audit WHERE n = 7".to_owned(), 7, Broken::Missing),
        ("DELETE FROM audit WHERE n = 21".to_owned(), 21, Broken::End),
        ("DELETE FROM audit".to_owned(), 1, Broken::End),
        (
            "UPDATE audit SET n = 100 WHERE n = 7; UPDATE audit SET n = 7 WHERE n = 8; UPDATE audit SET n = 8 WHERE n = 100"
                .into(),
            7,
            Broken::Head,
        ),
        (format!("UPDATE chain SET head = {zero}"), 22, Broken::End),
        ("UPDATE chain SET n = 20".to_owned(), 21, Broken::End),
        ("UPDATE chain SET n = 22".to_owned(), 22, Broken::End),
    ];
    let intact = home.open().heads().unwrap();
    for (sql, n, why) in cases {
        home.forge(&sql).unwrap();
        let broken = StoreError::AuditBroken { office: "3273".into(), n, why };
        assert_eq!(audit::verify(home.open().as_mut(), &[]), Err(broken.clone()), "{sql}");
        assert_eq!(broken.reason(), Reason::AuditAltered);
        let (n, head) = (intact[0].n, home.hex(&intact[0].head));
        home.forge(&format!("DELETE FROM audit; INSERT INTO audit SELECT * FROM kept; UPDATE chain SET n = {n}, head = {head}"))
            .unwrap();
        store = home.open();
        assert_eq!(audit::verify(store.as_mut(), &intact).unwrap().rows, 21, "{sql}");
    }
    // A row of another office's chain, moved with its number.
    home.forge("UPDATE audit SET office = '3174' WHERE n = 1").unwrap();
    let gone = StoreError::AuditBroken { office: "3273".into(), n: 1, why: Broken::Missing };
    assert_eq!(audit::verify(home.open().as_mut(), &[]), Err(gone));
}

/// Makes every head right again after somebody rewrote rows: what a thief with the whole database can do.
fn rehash(home: &mut dyn Home) {
    let mut store = home.open();
    let mut at = audit::genesis(&office("3273"));
    let mut sql = String::new();
    for row in store.rows(&office("3273"), 0, 1_000).unwrap() {
        at = row.follows(&at);
        sql += &format!("UPDATE audit SET head = {} WHERE n = {};", home.hex(&at), row.n);
        sql += &format!("UPDATE chain SET n = {}, head = {};", row.n, home.hex(&at));
    }
    home.forge(&sql).unwrap();
}

fn what_stands_otherwise_than_the_audit_left_it_is_found(home: &mut dyn Home) {
    let before = filled(home).heads().unwrap();
    for (sql, undo, kind, name) in [
        ("UPDATE card SET state = 'suspended'", "UPDATE card SET state = 'active'", Kind::Card, "c"),
        ("UPDATE card SET custody = 'thief'", "UPDATE card SET custody = '3273'", Kind::Card, "c"),
        ("UPDATE card SET number = 'N-x'", "UPDATE card SET number = 'N-c'", Kind::Card, "c"),
        ("UPDATE blank SET revision = 9", "UPDATE blank SET revision = 3", Kind::Blank, "s"),
        ("UPDATE blank SET type = 'other'", "UPDATE blank SET type = 'ektp-80k'", Kind::Blank, "s"),
        ("UPDATE application SET office = '3174'", "UPDATE application SET office = '3273'", Kind::Application, "a"),
        (
            "UPDATE application SET procedure = 'x'",
            "UPDATE application SET procedure = 'regular-citizen-office'",
            Kind::Application,
            "a",
        ),
    ] {
        home.forge(sql).unwrap();
        let unaccounted = StoreError::Unaccounted { kind, id: name.into() };
        assert_eq!(audit::verify(home.open().as_mut(), &[]), Err(unaccounted.clone()), "{sql}");
        assert_eq!(unaccounted.reason(), Reason::AuditAltered);
        home.forge(undo).unwrap();
        audit::verify(home.open().as_mut(), &before).unwrap();
    }
    let other = home.hex(&[9; 32]);
    home.forge(&format!("UPDATE application SET subject = {other}")).unwrap();
    let another = StoreError::Unaccounted { kind: Kind::Application, id: "a".into() };
    assert_eq!(audit::verify(home.open().as_mut(), &[]), Err(another), "another person's");
    let own = home.hex(person(1).bytes());
    home.forge(&format!("UPDATE application SET subject = {own}")).unwrap();
    // Rows that break the rules are found even when every hash was made right again; and a past made up anew by heads seen before.
    home.forge("UPDATE audit SET now = 'unique', was = 'received' WHERE kind = 'application' AND now = 'sent'").unwrap();
    rehash(home);
    let ruled = StoreError::AuditBroken { office: "3273".into(), n: 6, why: Broken::Rule };
    assert_eq!(audit::verify(home.open().as_mut(), &[]), Err(ruled));
    let forked = StoreError::Forked { office: "3273".into(), n: 21 };
    assert_eq!(audit::witness(home.open().as_mut(), &before), Err(forked.clone()));
    assert_eq!(forked.reason(), Reason::StoreRolledBack);
}

fn a_store_put_back_is_told_by_heads_seen_before(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    to_active(&mut desk, store.as_mut(), "a", 1, "c", "s");
    drop(store);
    let old = home.copy();
    let mut store = home.open();
    let early = store.heads().unwrap();
    desk.done(store.as_mut(), card_steps("c", &[card::Step::Revoke]));
    Desk::new("3174").done(store.as_mut(), vec![stock("t")]);
    let seen = heads::from_json(heads::to_json(&store.heads().unwrap()).as_bytes()).unwrap();
    assert_eq!(seen.iter().map(|h| (h.office.as_str(), h.n)).collect::<Vec<_>>(), [("3174", 1), ("3273", 22)]);
    home.open_after(&seen).unwrap();
    home.open_after(&early).unwrap();
    let refused = |place: &Place, heads: &[Head]| place.open(Some(&super::home::key()), heads).err();
    // In the old copy the revoked card is active, and everything in it verifies.
    let rolled_back = StoreError::RolledBack { office: "3174".into(), known: 1, found: 0 };
    assert_eq!(refused(&old, &seen), Some(rolled_back.clone()));
    assert_eq!(rolled_back.reason(), Reason::StoreRolledBack);
    let own = StoreError::RolledBack { office: "3273".into(), known: 22, found: 21 };
    assert_eq!(refused(&old, &seen[1..]), Some(own));
    let mut put_back = old.open(None, &early).unwrap();
    assert_eq!(state(put_back.as_mut(), Kind::Card, "c"), "active");
    audit::verify(put_back.as_mut(), &[]).unwrap();
    // It went on for a while in the newer one's place, and is as long now.
    Desk { office: "3273", job: 500 }.done(put_back.as_mut(), card_steps("c", &[card::Step::Suspend]));
    assert_eq!(refused(&old, &seen[1..]), Some(StoreError::Forked { office: "3273".into(), n: 22 }));
}

fn without_its_audit_nothing_is_done(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    desk.done(store.as_mut(), vec![applied("a", 1)]);
    home.deafen(true);
    let refused = desk.take(store.as_mut(), steps("a", &[application::Step::VerifyData])).unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
    assert_eq!(refused.reason(), Reason::StoreUnavailable);
    assert_eq!(state(store.as_mut(), Kind::Application, "a"), "applied");
    home.deafen(false);
    desk.done(store.as_mut(), steps("a", &[application::Step::VerifyData]));
    assert_eq!(audit::verify(store.as_mut(), &[]).unwrap().rows, 2);
}

fn a_clock_that_goes_back_is_recorded_and_holds_nothing(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    desk.done(store.as_mut(), vec![applied("a", 1)]);
    let back = Draft::new(id("j"), office("3273"), at(-86_400), steps("a", &[application::Step::VerifyData])).unwrap();
    store.take(&back.signed_by(&by(Role::Operator)).unwrap()).unwrap();
    desk.done(store.as_mut(), steps("a", &[application::Step::Capture]));
    let verified = audit::verify(store.as_mut(), &[]).unwrap();
    assert_eq!((verified.rows, verified.clock_back), (3, 1));
    let standing = store.standing(Kind::Application, &id("a")).unwrap().unwrap();
    assert_eq!((standing.since, standing.changed, standing.revision), (at(1), at(2), 3));
}
