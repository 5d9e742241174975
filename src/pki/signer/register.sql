CREATE TABLE card (
    authorization   BLOB PRIMARY KEY,
    content         BLOB NOT NULL,
    job             TEXT NOT NULL UNIQUE,
    chip            BLOB NOT NULL UNIQUE,
    document_number TEXT NOT NULL UNIQUE,
    status_index    INTEGER NOT NULL UNIQUE,
    signer          BLOB NOT NULL,
    made_at         INTEGER NOT NULL,
    sod             BLOB NOT NULL
) STRICT;
CREATE INDEX card_signer ON card (signer);
CREATE TABLE public_key (
    point           BLOB PRIMARY KEY,
    authorization   BLOB NOT NULL REFERENCES card (authorization)
) STRICT;
CREATE TABLE blocked (chip BLOB PRIMARY KEY) STRICT;
PRAGMA user_version = 1;
