CREATE TABLE given (
    job             TEXT PRIMARY KEY,
    document_number TEXT NOT NULL UNIQUE,
    status_index    INTEGER NOT NULL UNIQUE,
    content         BLOB
) STRICT;
PRAGMA user_version = 1;
