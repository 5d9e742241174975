//! The receipt chain under a hand that can write the store: an altered receipt, an altered row, one removed, two exchanged.

use super::services::{TestNotary, pki};
use super::world::{World, chip, work};
use crate::crypto::ec::Curve;
use crate::perso::engine::{Notary as _, Outcome};
use crate::perso::journal::{Entry, JournalError};
use crate::perso::receipt::Receipt;
use crate::pki::cms::CmsError;
use crate::pki::key::Parameters;
use crate::pki::statement::{self, StatementError};
use crate::pki::x509::issue::Purpose;
use crate::pki::x509::issue::tests::{kit_of, leaf};
use crate::pki::x509::path::PathError;
use crate::reason::{Reason, Refusal as _};
use crate::softchip::faults::FaultPlan;
use rusqlite::{Connection, params};

/// A store with three cards, and a second hand on it that no trigger stops.
fn three() -> (World, Connection) {
    let mut world = World::new(false);
    for n in 0..3 {
        if n > 0 {
            world.work = work(&format!("card-{n}"), 77_400 + n, false);
            world.chip = chip(990_400 + n);
        }
        assert!(matches!(world.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
    }
    let store = Connection::open(format!("file:{}?mode=memory&cache=shared", world.store)).unwrap();
    store.execute_batch("DROP TRIGGER perso_receipt_no_update; DROP TRIGGER perso_receipt_no_delete").unwrap();
    assert_eq!(world.journal.verify_chain(Some(&pki().trust)), Ok(3));
    (world, store)
}

/// What the chain says after some SQL.
fn after(sql: &str) -> Result<u64, JournalError> {
    let (world, store) = three();
    store.execute_batch(sql).unwrap();
    world.journal.verify_chain(Some(&pki().trust))
}

fn entry(store: &Connection, n: u64) -> Entry {
    let sql = "SELECT previous, body, signature FROM perso_receipt WHERE n = ?1";
    let row = |r: &rusqlite::Row<'_>| Ok((r.get::<_, Vec<u8>>(0)?, r.get(1)?, r.get(2)?));
    let (previous, body, signature) = store.query_row(sql, [i64::try_from(n).unwrap()], row).unwrap();
    Entry { n, previous: previous.try_into().unwrap(), body, signature }
}

/// Writes the entries in order and links them anew, as a forger who knows how the chain is made.
fn relink(store: &Connection, mut entries: Vec<Entry>, sign: impl Fn(&[u8]) -> Option<Vec<u8>>) {
    let mut head = [0; 32];
    for entry in &mut entries {
        entry.previous = head;
        let mut receipt = Receipt::from_json(&entry.body).unwrap();
        receipt.previous = crate::verify::hex::encode(&head);
        if let Some(signature) = sign(&receipt.to_json()) {
            (entry.body, entry.signature) = (receipt.to_json(), signature);
        }
        head = entry.head();
        let sql = "UPDATE perso_receipt SET previous = ?2, body = ?3, signature = ?4, head = ?5 WHERE n = ?1";
        let n = i64::try_from(entry.n).unwrap();
        store.execute(sql, params![n, entry.previous, entry.body, entry.signature, head]).unwrap();
    }
    store.execute("UPDATE perso_chain SET head = ?1", params![head]).unwrap();
}

fn forged(entry: &mut Entry) {
    let mut receipt = Receipt::from_json(&entry.body).unwrap();
    receipt.document_number = "FORGED001".into();
    entry.body = receipt.to_json();
}

#[test]
fn an_altered_receipt_shows_even_when_the_chain_is_linked_anew() {
    let altered = JournalError::BadReceipt { n: 2, why: StatementError::Cms(CmsError::DigestMismatch) };
    assert_eq!(altered.reason(), Reason::SignatureInvalid);
    assert_eq!(
        after("UPDATE perso_receipt SET body = CAST(replace(body, '\"test\"', '\"tset\"') AS BLOB) WHERE n = 2"),
        Err(altered.clone())
    );
    let (world, store) = three();
    let mut entries: Vec<Entry> = (1..=3).map(|n| entry(&store, n)).collect();
    forged(&mut entries[1]);
    relink(&store, entries, |_| None);
    for trust in [None, Some(&pki().trust)] {
        assert_eq!(world.journal.verify_chain(trust), Err(altered.clone()));
    }
    let no_signature = after("UPDATE perso_receipt SET signature = x'' WHERE n = 3");
    assert!(matches!(no_signature, Err(JournalError::BadReceipt { n: 3, why: StatementError::Cms(_) })), "{no_signature:?}");
    let exchanged = "UPDATE perso_receipt SET signature = (SELECT signature FROM perso_receipt WHERE n = 1) WHERE n = 2";
    assert_eq!(after(exchanged), Err(altered));
}

#[test]
fn a_forger_who_signs_all_receipts_anew_is_no_receipt_key_of_ours() {
    let (world, store) = three();
    let (key, cert) = leaf(&kit_of(Curve::P256, Parameters::Named, 99), Purpose::Receipt);
    let mut entries: Vec<Entry> = (1..=3).map(|n| entry(&store, n)).collect();
    for entry in &mut entries {
        let mut receipt = Receipt::from_json(&entry.body).unwrap();
        receipt.certificates.receipt = cert.serial_hex();
        entry.body = receipt.to_json();
    }
    relink(&store, entries, |body| Some(statement::sign(body, &key, &cert, pki().kit.now)));
    assert_eq!(world.journal.verify_chain(None), Ok(3), "by the certificates in them they are whole");
    let refused = world.journal.verify_chain(Some(&pki().trust)).unwrap_err();
    assert!(
        matches!(&refused, JournalError::BadReceipt { n: 1, why: StatementError::Path(PathError::Untrusted { .. }) }),
        "{refused:?}"
    );
    assert_eq!(refused.reason(), Reason::UntrustedIssuer);
    // The certificate that the receipt names must be the signer's.
    let (world, store) = three();
    let entries = (1..=3).map(|n| entry(&store, n)).collect();
    let (key, cert) = &pki().ds;
    relink(&store, entries, |body| Some(statement::sign(body, key, cert, pki().kit.now)));
    assert_eq!(world.journal.verify_chain(None), Err(JournalError::Contradicted { n: 1, what: "receipt key" }));
}

#[test]
fn an_altered_row_of_a_job_contradicts_its_receipt() {
    for (sql, what) in [
        ("UPDATE perso_job SET document_number = 'FORGED001' WHERE id = 'card-1'", "document number"),
        ("UPDATE perso_job SET status_index = 99 WHERE id = 'card-1'", "status index"),
        ("UPDATE perso_job SET chip_serial = '00000000000000000000' WHERE id = 'card-1'", "chip serial"),
        ("UPDATE perso_job SET profile = 'other' WHERE id = 'card-1'", "profile"),
        ("UPDATE perso_job SET image_digest = zeroblob(32) WHERE id = 'card-1'", "image"),
        ("UPDATE perso_job SET authorization_digest = zeroblob(32) WHERE id = 'card-1'", "authorization"),
        ("UPDATE perso_job SET sod = x'7700' WHERE id = 'card-1'", "EF.SOD"),
        ("UPDATE perso_job SET state = 'VOID' WHERE id = 'card-1'", "state"),
        ("UPDATE perso_key SET public_key = x'04' WHERE job = 'card-1'", "keys"),
    ] {
        let contradicted = JournalError::Contradicted { n: 2, what };
        assert_eq!(contradicted.reason(), Reason::DataInconsistent);
        assert_eq!(after(sql), Err(contradicted), "{sql}");
    }
    let other = "UPDATE perso_receipt SET job = 'spare' WHERE n = 2; UPDATE perso_receipt SET job = 'card-1' WHERE n = 3; \
                 UPDATE perso_receipt SET job = 'card-2' WHERE n = 2";
    let (world, store) = three();
    store.execute_batch(&format!("PRAGMA foreign_keys = OFF; {other}")).unwrap();
    assert_eq!(world.journal.verify_chain(None), Err(JournalError::Contradicted { n: 2, what: "job" }));
}

#[test]
fn a_row_removed_or_out_of_order_breaks_the_chain() {
    assert_eq!(after("DELETE FROM perso_receipt WHERE n = 2"), Err(JournalError::ChainBroken(2)));
    assert_eq!(after("DELETE FROM perso_receipt WHERE n = 1"), Err(JournalError::ChainBroken(1)));
    assert_eq!(after("DELETE FROM perso_receipt WHERE n = 3"), Err(JournalError::ChainBroken(3)));
    let swap = "UPDATE perso_receipt SET n = 9 WHERE n = 2; UPDATE perso_receipt SET n = 2 WHERE n = 3; UPDATE perso_receipt SET n = 3 WHERE n = 9";
    assert_eq!(after(swap), Err(JournalError::ChainBroken(2)));
    // Cut off at its end, with a head that says so: the jobs' own states still tell.
    let cut = "DELETE FROM perso_receipt WHERE n = 3; UPDATE perso_chain SET n = 2, head = (SELECT head FROM perso_receipt WHERE n = 2)";
    assert_eq!(after(cut), Err(JournalError::WithoutReceipt(1)));
    assert_eq!(JournalError::WithoutReceipt(1).reason(), Reason::DataInconsistent);
}

#[test]
fn no_bit_of_a_receipt_can_be_altered() {
    let (world, store) = three();
    let whole = entry(&store, 2);
    let points = (0..whole.body.len()).step_by(41).map(|at| ("body", at));
    for (column, at) in points.chain((0..whole.signature.len()).step_by(29).map(|at| ("signature", at))) {
        let mut bytes = if column == "body" { whole.body.clone() } else { whole.signature.clone() };
        bytes[at] ^= 1 << (at % 8);
        let sql = format!("UPDATE perso_receipt SET {column} = ?1 WHERE n = 2");
        store.execute(&sql, [&bytes]).unwrap();
        assert!(world.journal.verify_chain(None).is_err(), "bit of byte {at} of the {column}");
        store.execute(&sql, [if column == "body" { &whole.body } else { &whole.signature }]).unwrap();
    }
    assert_eq!(world.journal.verify_chain(None), Ok(3));
    assert_eq!(TestNotary.certificate(), Receipt::from_json(&whole.body).unwrap().certificates.receipt);
}
