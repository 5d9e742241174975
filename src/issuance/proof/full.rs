//! The disk of PostgreSQL's server is full, at every page: a step is refused by name and leaves the old state; with room the same job
//! goes on.

use crate::issuance::store::tests::{self, Home as _, Server};
use crate::issuance::store::{Store, StoreError, audit};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Amounts of room, each a page more than the one before.
const POINTS: u32 = 40;
/// Of these, those at which the log begins a new file.
const OF_LOG: u32 = 5;
const PAGE: u64 = 8_192;
/// Steps that no room of these holds.
const MOST: u32 = 200;

/// What takes the room of a file system.
struct Ballast(PathBuf);

impl Ballast {
    /// Leaves so many bytes.
    fn leaves(&self, room: u64) {
        self.is_gone();
        let (mut file, block) = (File::create(&self.0).unwrap(), [7; 65_536]);
        for size in [block.len(), 4_096, 512, 1] {
            while file.write_all(&block[..size]).is_ok() {}
        }
        let full = file.metadata().unwrap().len();
        file.set_len(full.checked_sub(room).unwrap()).unwrap();
    }

    fn is_gone(&self) {
        std::fs::remove_file(&self.0).ok();
    }
}

/// Takes steps until one is refused: its number, the refusal, and whether the server fell.
fn until_refused(store: &mut dyn Store, from: u32) -> (u32, StoreError, bool) {
    for n in from..from + MOST {
        let before = store.heads().unwrap();
        if let Err(error) = tests::an_application(store, n) {
            let fell = match store.heads() {
                Ok(after) => {
                    assert_eq!(after, before);
                    false
                }
                // Without room for its log the server ends, and recovers.
                Err(_) => true,
            };
            return (n, error, fell);
        }
    }
    panic!("there is no end of the room")
}

#[test]
fn a_server_without_room_keeps_the_old_state_and_goes_on_when_there_is_some() {
    let Some((mut server, folder)) = Server::start_on_a_small_disk("176m") else { return };
    let (place, url) = {
        let database = server.database();
        drop(database.create());
        (database.place(), database.url())
    };
    let ballast = Ballast(Path::new(&folder).join("ballast"));
    let (mut next, mut fell, mut heads) = (1, 0, Vec::new());
    for point in 0..POINTS {
        let mut store = place.open(Some(&tests::key()), &heads).unwrap();
        // At the last points the log begins a new file, for which there is no room either.
        if point >= POINTS - OF_LOG {
            let mut client = ::postgres::Client::connect(&url, ::postgres::NoTls).unwrap();
            client.batch_execute("SELECT pg_switch_wal()").unwrap();
        }
        ballast.leaves(u64::from(point) * PAGE);
        let (refused, error, here_fell) = until_refused(store.as_mut(), next);
        ballast.is_gone();
        assert!(error == StoreError::Full || here_fell && matches!(error, StoreError::Unavailable(_)), "{point}: {error}");
        fell += u32::from(here_fell);
        drop(store);
        server.rise_if_it_ended();
        let mut store = place.open(Some(&tests::key()), &heads).unwrap();
        // Each step has one row: all before the refused one are there, and of that all or nothing.
        let rows = audit::verify(store.as_mut(), &heads).unwrap().rows;
        assert!(
            rows == u64::from(refused - 1) || here_fell && rows == u64::from(refused),
            "{point}: {rows} rows, {refused} refused"
        );
        let done = tests::an_application(store.as_mut(), refused).unwrap();
        assert_eq!(done.again, rows == u64::from(refused));
        heads = store.heads().unwrap();
        next = refused + 1;
    }
    println!(
        "disk full, PostgreSQL: {POINTS} points, each the old state or the new one; at {fell} the server fell; {} steps taken",
        next - 1
    );
    assert!((1..=POINTS / 2).contains(&fell), "{fell}");
}
