//! What verbs of issuance share and no single row can show: a store that others hold.

use crate::refusals::offices;
use crate::refusals::place::Place;

#[test]
fn a_store_that_others_hold_for_long_is_told_as_in_use() {
    let place = Place::new();
    offices::furnish(&place);
    let holder = rusqlite::Connection::open(place.at("issuance.db")).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let run = place.run(&format!("store migrate {} --backup @b.db", offices::STORE));
    assert_eq!((run.exit, run.reason()), (12, "in-use"));
    holder.execute_batch("ROLLBACK").unwrap();
    place.run(&format!("store migrate {} --backup @b.db", offices::STORE)).yes();
}
