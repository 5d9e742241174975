//! The tables of a journal in the words of each database.

/// The one chain of a station's own file.
pub(super) const OWN_CHAIN: &str = "INSERT INTO perso_chain VALUES ('', 0, zeroblob(32));";

/// Tables and guards for SQLite.
#[must_use]
pub fn sqlite() -> String {
    tables("INTEGER PRIMARY KEY", "BLOB", "INTEGER", " STRICT") + include_str!("guards.sql")
}

/// Tables in the words of a database: what numbers its rows, what holds bytes and numbers, and what it says after a table.
#[must_use]
pub fn tables(serial: &str, bytes: &str, int: &str, strict: &str) -> String {
    let text = include_str!("schema.sql");
    text.replace(":serial", serial).replace(":bytes", bytes).replace(":int", int).replace(":strict", strict)
}
