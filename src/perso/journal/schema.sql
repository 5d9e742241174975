-- The journal of stations; `:serial`, `:bytes`, `:int` and `:strict` are each database's own words.
-- Everything but history and receipts is one row a job, whichever station works on it.
CREATE TABLE perso_job (
  n                     :serial,
  id                    TEXT NOT NULL UNIQUE,
  content_digest        :bytes NOT NULL,
  state                 TEXT NOT NULL,
  custody               TEXT NOT NULL,
  image_at              TEXT NOT NULL,
  image_digest          :bytes NOT NULL,
  authorization_digest  :bytes NOT NULL,
  document_number       TEXT NOT NULL UNIQUE,
  status_index          :int NOT NULL UNIQUE,
  profile               TEXT NOT NULL,
  chip_date             TEXT NOT NULL,
  trust_point           :bytes NOT NULL,
  stream_digest         :bytes,
  chip_serial           TEXT UNIQUE,
  reader_fingerprint    TEXT,
  printer_job           TEXT,
  blank_serial_read     TEXT,
  blank_serial_expected TEXT,
  face_hash             :bytes,
  mode                  TEXT,
  sod                   :bytes,
  reason                TEXT,
  terminated            :int NOT NULL DEFAULT 0,
  runs                  :int NOT NULL DEFAULT 0,
  apdus                 :int NOT NULL DEFAULT 0,
  sent_bytes            :int NOT NULL DEFAULT 0,
  received_bytes        :int NOT NULL DEFAULT 0,
  created_at            TEXT NOT NULL,
  updated_at            TEXT NOT NULL
):strict;

CREATE TABLE perso_key (
  public_key :bytes PRIMARY KEY,
  job        TEXT NOT NULL REFERENCES perso_job (id),
  slot       :int NOT NULL,
  proof      :bytes NOT NULL,
  UNIQUE (job, slot)
):strict;

CREATE TABLE perso_intent (
  n    :serial,
  job  TEXT NOT NULL REFERENCES perso_job (id),
  kind TEXT NOT NULL,
  at   TEXT NOT NULL,
  UNIQUE (job, kind)
):strict;

CREATE TABLE perso_history (
  n    :serial,
  job  TEXT NOT NULL REFERENCES perso_job (id),
  what TEXT NOT NULL,
  at   TEXT NOT NULL
):strict;

-- Chips that were refused and must never be tried again, whatever the job, and why.
CREATE TABLE perso_blocked (
  n      :serial,
  serial TEXT NOT NULL UNIQUE,
  reason TEXT NOT NULL,
  at     TEXT NOT NULL
):strict;

-- One receipt chain a station, so that none waits for another: entry n holds the head after n - 1.
CREATE TABLE perso_receipt (
  station   TEXT NOT NULL,
  n         :int NOT NULL,
  job       TEXT NOT NULL UNIQUE REFERENCES perso_job (id),
  previous  :bytes NOT NULL,
  body      :bytes NOT NULL,
  signature :bytes NOT NULL,
  head      :bytes NOT NULL,
  PRIMARY KEY (station, n)
):strict;

CREATE TABLE perso_chain (
  station TEXT PRIMARY KEY,
  n       :int NOT NULL,
  head    :bytes NOT NULL
):strict;
