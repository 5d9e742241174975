-- Format 2 of a station's own journal, for the test that such a file is read on.
CREATE TABLE job (
  id                    TEXT PRIMARY KEY,
  content_digest        BLOB NOT NULL,
  state                 TEXT NOT NULL,
  custody               TEXT NOT NULL,
  image_at              TEXT NOT NULL,
  image_digest          BLOB NOT NULL,
  authorization_digest  BLOB NOT NULL,
  document_number       TEXT NOT NULL UNIQUE,
  status_index          INTEGER NOT NULL UNIQUE,
  profile               TEXT NOT NULL,
  chip_date             TEXT NOT NULL,
  trust_point           BLOB NOT NULL,
  stream_digest         BLOB,
  chip_serial           TEXT UNIQUE,
  reader_fingerprint    TEXT,
  printer_job           TEXT,
  blank_serial_read     TEXT,
  blank_serial_expected TEXT,
  face_hash             BLOB,
  mode                  TEXT,
  sod                   BLOB,
  reason                TEXT,
  terminated            INTEGER NOT NULL DEFAULT 0,
  runs                  INTEGER NOT NULL DEFAULT 0,
  apdus                 INTEGER NOT NULL DEFAULT 0,
  sent_bytes            INTEGER NOT NULL DEFAULT 0,
  received_bytes        INTEGER NOT NULL DEFAULT 0,
  created_at            TEXT NOT NULL,
  updated_at            TEXT NOT NULL
) STRICT;

CREATE TABLE public_key (
  key   BLOB PRIMARY KEY,
  job   TEXT NOT NULL REFERENCES job (id),
  slot  INTEGER NOT NULL,
  proof BLOB NOT NULL,
  UNIQUE (job, slot)
) STRICT;

CREATE TABLE intent (
  job  TEXT NOT NULL REFERENCES job (id),
  kind TEXT NOT NULL,
  at   TEXT NOT NULL,
  PRIMARY KEY (job, kind)
) STRICT;

CREATE TABLE history (
  n    INTEGER PRIMARY KEY AUTOINCREMENT,
  job  TEXT NOT NULL REFERENCES job (id),
  what TEXT NOT NULL,
  at   TEXT NOT NULL
) STRICT;

-- Chips that were refused and must never be tried again, whatever the job, and why.
CREATE TABLE blocked_chip (
  serial TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  at     TEXT NOT NULL
) STRICT;

-- The receipt chain: entry n holds the head after n - 1.
CREATE TABLE receipt (
  n         INTEGER PRIMARY KEY,
  job       TEXT NOT NULL UNIQUE REFERENCES job (id),
  previous  BLOB NOT NULL,
  body      BLOB NOT NULL,
  signature BLOB NOT NULL,
  head      BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE chain_head (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  n    INTEGER NOT NULL,
  head BLOB NOT NULL
) STRICT;
INSERT INTO chain_head VALUES (1, 0, zeroblob(32));

CREATE TRIGGER receipt_no_update BEFORE UPDATE ON receipt BEGIN SELECT RAISE(ABORT, 'the chain is append-only'); END;
CREATE TRIGGER receipt_no_delete BEFORE DELETE ON receipt BEGIN SELECT RAISE(ABORT, 'the chain is append-only'); END;
CREATE TRIGGER history_no_update BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER history_no_delete BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
