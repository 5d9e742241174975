//! Where the stores of tests are: files in folders that vanish, and databases of a server that this process starts for itself.

use crate::issuance::store::{Head, Place, Store, StoreError, StoreKey};
use crate::world::DangerousSeededEntropy;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The key of every store of the tests.
pub fn key() -> StoreKey {
    StoreKey::new(&[7; 32]).unwrap()
}

/// A place for one store, whose owner may also do what no program of ours does.
pub trait Home {
    /// Where it is.
    fn place(&self) -> Place;

    /// Runs statements behind the store's back, its guards off.
    fn forge(&mut self, sql: &str) -> Result<(), String>;

    /// Runs statements behind the store's back, its guards on; each for itself.
    fn attempts(&mut self, all: &[String]) -> Vec<Result<(), String>>;

    /// Makes the audit refuse every row, or take them again.
    fn deafen(&mut self, deaf: bool);

    /// Every byte of the database on the disk.
    fn bytes(&mut self) -> Vec<u8>;

    /// A copy of the store as it is now, elsewhere.
    fn copy(&mut self) -> Place;

    /// The same, to be altered too.
    fn twin(&mut self) -> Box<dyn Home + '_>;

    /// The words of this database for a text of bytes.
    fn hex(&self, bytes: &[u8]) -> String;

    /// Runs one statement behind the store's back, its guards on.
    fn attempt(&mut self, sql: &str) -> Result<(), String> {
        self.attempts(&[sql.to_owned()]).remove(0)
    }

    /// An empty store.
    fn create(&self) -> Box<dyn Store> {
        self.place().create(&key(), &mut DangerousSeededEntropy::new(1)).unwrap()
    }

    /// The store, opened once more.
    fn open(&self) -> Box<dyn Store> {
        self.place().open(Some(&key()), &[]).unwrap()
    }

    /// The store, opened by somebody who saw these heads.
    fn open_after(&self, heads: &[Head]) -> Result<Box<dyn Store>, StoreError> {
        self.place().open(Some(&key()), heads)
    }
}

/// A file of SQLite.
pub struct File {
    folder: tempfile::TempDir,
}

impl File {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    fn connect(&self) -> rusqlite::Connection {
        let db = rusqlite::Connection::open(self.path()).unwrap();
        db.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        db.pragma_update(None, "foreign_keys", "ON").unwrap();
        db
    }
}

impl Home for File {
    fn place(&self) -> Place {
        Place::File(self.path())
    }

    fn forge(&mut self, sql: &str) -> Result<(), String> {
        let db = self.connect();
        let sql_of = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
        let guards: Vec<(String, String)> = {
            let mut all = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
            let rows = all.query_map([], sql_of).unwrap();
            rows.map(Result::unwrap).collect()
        };
        for (name, _) in &guards {
            db.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
        }
        let done = db.execute_batch(sql).map_err(|e| e.to_string());
        for (_, guard) in &guards {
            db.execute_batch(guard).unwrap();
        }
        done
    }

    fn attempts(&mut self, all: &[String]) -> Vec<Result<(), String>> {
        let db = self.connect();
        all.iter().map(|sql| db.execute_batch(sql).map_err(|e| e.to_string())).collect()
    }

    fn deafen(&mut self, deaf: bool) {
        let refuse = "CREATE TRIGGER deaf BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'deaf'); END";
        self.attempt(if deaf { refuse } else { "DROP TRIGGER deaf" }).unwrap();
    }

    fn bytes(&mut self) -> Vec<u8> {
        folder_bytes(self.folder.path())
    }

    fn copy(&mut self) -> Place {
        let to = self.folder.path().join(format!("copy-{}.db", NEXT.fetch_add(1, Ordering::Relaxed)));
        self.connect().execute("VACUUM INTO ?1", [to.to_str().unwrap()]).unwrap();
        Place::File(to)
    }

    fn twin(&mut self) -> Box<dyn Home + '_> {
        let twin = Self::new();
        self.connect().execute("VACUUM INTO ?1", [twin.path().to_str().unwrap()]).unwrap();
        Box::new(twin)
    }

    fn hex(&self, bytes: &[u8]) -> String {
        format!("x'{}'", crate::verify::hex::encode(bytes))
    }
}

fn folder_bytes(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => all.extend(folder_bytes(&entry.path())),
            // A socket, or a file that the server has just taken away.
            false => all.extend(std::fs::read(entry.path()).unwrap_or_default()),
        }
    }
    all
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/postgres-private")
}

static NEXT: AtomicU32 = AtomicU32::new(1);

/// A server of PostgreSQL, which ends when its standard input does: at the latest with this process.
pub struct Server {
    pub(super) folder: PathBuf,
    _process: Child,
    /// Started anew after it was killed.
    pub(super) risen: Option<Child>,
    /// The words by which it was started.
    pub(super) words: Vec<String>,
    /// Whose file systems it sees, if others than ours.
    pub(super) alone: Option<u32>,
}

/// The server of this process; none, said once, where PostgreSQL is not installed.
pub fn server() -> Option<&'static Server> {
    static SHARED: OnceLock<Option<Server>> = OnceLock::new();
    let shared = SHARED.get_or_init(|| Server::start(&[]));
    if shared.is_none() {
        crate::skipped::skipped("PostgreSQL is not installed (scripts/setup postgres)");
    }
    shared.as_ref()
}

impl Server {
    /// Starts a server with settings of its own.
    pub fn start(settings: &[&str]) -> Option<Self> {
        Self::start_by(Command::new(script()).args(settings))
    }

    /// Starts the server of a script.
    fn start_by(command: &mut Command) -> Option<Self> {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        match line.trim().strip_prefix("ready ") {
            Some(folder) => Some(Self { folder: folder.into(), _process: process, risen: None, words: Vec::new(), alone: None }),
            None => {
                // 20 is the script's word for what is not installed; anything else is a fault.
                assert_eq!(process.wait().unwrap().code(), Some(20), "the server does not start");
                None
            }
        }
    }

    /// Starts a server on a file system of its own, of this size, and says where that is; none, said, where nothing may be mounted.
    pub fn start_on_a_small_disk(size: &str) -> Option<(Self, PathBuf)> {
        let alone = ["--mount", "--propagation", "private"];
        if !Command::new("unshare").args(alone).args(["mount", "-t", "tmpfs", "none", "/mnt"]).status().is_ok_and(|s| s.success())
        {
            crate::skipped::skipped("nothing may be mounted here");
            return None;
        }
        // Seen by nobody else: what is mounted there goes with the server.
        let (folder, mount) = (Path::new("/mnt"), format!("mount -t tmpfs -o size={size},mode=755 none /mnt && exec \"$@\""));
        let mut command = Command::new("unshare");
        command.args(alone).args(["sh", "-c", &mount, "sh"]).arg(script());
        let mut server =
            Self::start_by(command.args(["min_wal_size=32MB", "max_wal_size=32MB", "wal_recycle=off"]).env("TMPDIR", folder))?;
        // As its own processes see it.
        let pid = server._process.id();
        server.alone = Some(pid);
        let root = PathBuf::from(format!("/proc/{pid}/root"));
        let seen = |path: &Path| root.join(path.strip_prefix("/").unwrap());
        server.folder = seen(&server.folder);
        server.remember();
        Some((server, seen(folder)))
    }

    pub(super) fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=ektp", self.folder.display())
    }

    pub(super) fn connect(&self, database: &str) -> ::postgres::Client {
        ::postgres::Client::connect(&self.url(database), ::postgres::NoTls).unwrap()
    }

    /// An empty database.
    pub fn database(&self) -> Database<'_> {
        self.copy_of("template1")
    }

    fn copy_of(&self, template: &str) -> Database<'_> {
        let name = format!("t{}", NEXT.fetch_add(1, Ordering::Relaxed));
        // One at a time: the template must be nobody's while it is copied.
        static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let _one = ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.connect("postgres").batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).unwrap();
        Database { server: self, name }
    }
}

/// A database of a server.
pub struct Database<'a> {
    server: &'a Server,
    name: String,
}

impl Database<'_> {
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }

    pub fn connect(&self) -> ::postgres::Client {
        self.server.connect(&self.name)
    }

    /// Waits until nobody else is connected.
    pub fn is_left_alone(&self) {
        let others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let mut client = self.connect();
        while client.query_one(others, &[]).unwrap().get::<_, i64>(0) > 0 {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    /// An empty database beside this one.
    pub fn beside(&self) -> Self {
        self.server.database()
    }
}

/// What the server says, with what it adds.
fn said(e: &::postgres::Error) -> String {
    e.as_db_error().map_or_else(|| e.to_string(), ToString::to_string)
}

impl Home for Database<'_> {
    fn place(&self) -> Place {
        Place::Server(self.url())
    }

    fn forge(&mut self, sql: &str) -> Result<(), String> {
        let unguarded = format!("SET session_replication_role = replica; {sql}");
        self.connect().batch_execute(&unguarded).map_err(|e| said(&e))
    }

    fn attempts(&mut self, all: &[String]) -> Vec<Result<(), String>> {
        let mut client = self.connect();
        all.iter().map(|sql| client.batch_execute(sql).map_err(|e| said(&e))).collect()
    }

    fn deafen(&mut self, deaf: bool) {
        let refuse = "ALTER TABLE audit ADD CONSTRAINT deaf CHECK (n < 0) NOT VALID";
        self.attempt(if deaf { refuse } else { "ALTER TABLE audit DROP CONSTRAINT deaf" }).unwrap();
    }

    fn bytes(&mut self) -> Vec<u8> {
        self.connect().batch_execute("CHECKPOINT").unwrap();
        folder_bytes(&self.server.folder)
    }

    fn copy(&mut self) -> Place {
        Place::Server(self.server.copy_of(&self.name).url())
    }

    fn twin(&mut self) -> Box<dyn Home + '_> {
        Box::new(self.server.copy_of(&self.name))
    }

    fn hex(&self, bytes: &[u8]) -> String {
        format!("'\\x{}'", crate::verify::hex::encode(bytes))
    }
}
