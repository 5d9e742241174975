CREATE TABLE given (
    job             TEXT PRIMARY KEY,
    document_number TEXT NOT NULL UNIQUE,
    status_index    INTEGER NOT NULL UNIQUE,
    content         BLOB
) STRICT;
-- What the CANs are derived from: one secret, so that no list of them lies anywhere.
CREATE TABLE seed (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    seed BLOB NOT NULL
) STRICT;
PRAGMA user_version = 1;
