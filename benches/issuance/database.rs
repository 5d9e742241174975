//! Databases for the figures: a file, and a server of this run alone.

use ektp::issuance::store::{self, Store, StoreKey};
use ektp::world::DangerousSeededEntropy;
use std::cell::Cell;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// Where a store is, with its folder if it is a file.
pub struct Place {
    pub name: &'static str,
    pub at: store::Place,
    _folder: Option<tempfile::TempDir>,
}

pub fn key() -> StoreKey {
    StoreKey::new(&[7; 32]).unwrap()
}

impl Place {
    /// A store in a file, on the disk that the build is on.
    pub fn file() -> Self {
        let folder = tempfile::tempdir_in("target").unwrap();
        let at = store::Place::File(folder.path().join("store.db"));
        at.create(&key(), &mut DangerousSeededEntropy::new(1)).unwrap();
        Self { name: "SQLite", at, _folder: Some(folder) }
    }

    pub fn open(&self) -> Box<dyn Store> {
        self.at.open(Some(&key()), &[]).unwrap()
    }

    /// A connection with the store's own settings, for statements that no store has.
    pub fn raw(&self) -> Raw {
        match &self.at {
            store::Place::File(path) => {
                let db = rusqlite::Connection::open(path).unwrap();
                db.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
                db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").unwrap();
                Raw::File(db)
            }
            store::Place::Server(url) => {
                let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
                client.batch_execute("SET synchronous_commit = on").unwrap();
                Raw::Server(Box::new(client))
            }
        }
    }
}

/// A plain connection.
pub enum Raw {
    File(rusqlite::Connection),
    Server(Box<postgres::Client>),
}

impl Raw {
    pub fn run(&mut self, sql: &str) {
        match self {
            Self::File(db) => db.execute_batch(sql).unwrap(),
            Self::Server(client) => client.batch_execute(sql).unwrap(),
        }
    }
}

/// A server of PostgreSQL, which ends with this process.
pub struct Server {
    folder: String,
    made: Cell<u32>,
    _process: Child,
}

impl Server {
    pub fn start() -> Option<Self> {
        let mut process = Command::new("scripts/postgres-private").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some(folder) = line.trim().strip_prefix("ready ").map(str::to_owned) else {
            assert_eq!(process.wait().unwrap().code(), Some(20), "the server does not start");
            return None;
        };
        Some(Self { folder, made: Cell::new(0), _process: process })
    }

    fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=ektp", self.folder)
    }

    /// An empty store in a database of its own.
    pub fn database(&self) -> Place {
        self.made.set(self.made.get() + 1);
        let name = format!("bench{}", self.made.get());
        let mut client = postgres::Client::connect(&self.url("postgres"), postgres::NoTls).unwrap();
        client.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        let at = store::Place::Server(self.url(&name));
        at.create(&key(), &mut DangerousSeededEntropy::new(1)).unwrap();
        Place { name: "PostgreSQL", at, _folder: None }
    }
}
