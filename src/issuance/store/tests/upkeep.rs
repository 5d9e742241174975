//! Making and opening stores: what is none, what is another program's, and what is damaged.

use super::home::{Home, key};
use super::moves::{Desk, applied};
use super::on_both;
use super::people::{id, person};
use crate::issuance::store::{By, FORMAT, Kind, StoreError};
use crate::limits::STORE_PAGE_ROWS;
use crate::reason::{Reason, Refusal as _};
use crate::world::DangerousSeededEntropy;

on_both!(
    a_store_is_made_once_and_opened_by_a_program_that_knows_its_format,
    what_is_damaged_is_named,
    an_answer_that_would_be_cut_is_refused,
);

fn a_store_is_made_once_and_opened_by_a_program_that_knows_its_format(home: &mut dyn Home) {
    drop(home.create());
    let again = home.place().create(&key(), &mut DangerousSeededEntropy::new(2)).err();
    assert_eq!(again, Some(StoreError::Exists));
    assert_eq!(StoreError::Exists.reason(), Reason::OutputExists);
    drop(home.open());
    let with_format = |home: &mut dyn Home, format: u32| {
        home.forge(&format!("UPDATE store SET format = {format}")).unwrap();
        home.place().open(Some(&key()), &[]).err()
    };
    let newer = StoreError::NewerFormat { found: FORMAT + 1, known: FORMAT };
    assert_eq!(with_format(home, FORMAT + 1), Some(newer.clone()));
    assert_eq!(newer.reason(), Reason::EncodingInvalid);
    assert_eq!(with_format(home, 0), Some(StoreError::OlderFormat { found: 0, known: FORMAT }));
    assert_eq!(with_format(home, FORMAT), None);
    home.forge("DROP TABLE store").unwrap();
    assert_eq!(home.place().open(Some(&key()), &[]).err(), Some(StoreError::NotAStore));
    assert_eq!(StoreError::NotAStore.reason(), Reason::StoreUnavailable);
}

fn what_is_damaged_is_named(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    desk.done(store.as_mut(), vec![applied("a", 1)]);
    for (damage, field) in [
        ("state = 'nowhere'", "state"),
        ("format = 9", "format"),
        ("office = ''", "word"),
        ("priority = 100000", "priority"),
        ("since = 9000000000000000000", "time"),
        ("revision = -1", "count"),
    ] {
        home.forge(&format!("UPDATE application SET {damage}")).unwrap();
        let damaged = StoreError::Damaged(field);
        assert_eq!(store.standing(Kind::Application, &id("a")), Err(damaged.clone()), "{damage}");
        assert_eq!(damaged.reason(), Reason::EncodingInvalid);
        home.forge(
            "UPDATE application SET state = 'applied', format = 1, office = '3273', priority = 0, since = changed, revision = 1",
        )
        .unwrap();
    }
    home.forge("UPDATE audit SET kind = 'person'").unwrap();
    assert_eq!(store.history(Kind::Application, &id("a"), 0, 10), Ok(vec![]));
    let office = super::people::office("3273");
    assert_eq!(store.rows(&office, 0, 10), Err(StoreError::Damaged("audit.kind")));
}

fn an_answer_that_would_be_cut_is_refused(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    desk.done(store.as_mut(), vec![applied("a", 1)]);
    let more = STORE_PAGE_ROWS + 1;
    let many = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {more}) \
         INSERT INTO application (id, format, state, office, custody, subject, procedure, priority, since, changed, revision) \
         SELECT 'b' || i, 1, 'closed', office, custody, subject, procedure, 0, 0, 0, 1 FROM application, n"
    );
    home.attempt(&many).unwrap();
    let refused = StoreError::TooMany("things", 1_000);
    assert_eq!(store.find(Kind::Application, By::Person(&person(1))), Err(refused.clone()));
    assert_eq!(refused.reason(), Reason::InputInvalid);
}
