CREATE TABLE given (
    job             TEXT PRIMARY KEY,
    document_number TEXT NOT NULL UNIQUE,
    status_index    INTEGER NOT NULL UNIQUE,
    -- What the card is made from, once its image is made.
    content         BLOB,
    -- nonce ‖ AES-256-GCM of the CAN under a key of the record: none yet, or empty once it was erased.
    can             BLOB
) STRICT;
PRAGMA user_version = 2;
