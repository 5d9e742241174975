-- Format 2 of the store of issuance: shifts, incidents and residents.
CREATE TABLE shift (
  id          TEXT PRIMARY KEY,
  format      :int NOT NULL,
  state       TEXT NOT NULL,
  office      TEXT NOT NULL,
  custody     TEXT NOT NULL,
  station     TEXT NOT NULL,
  priority    :int NOT NULL,
  since       :int NOT NULL,
  changed     :int NOT NULL,
  revision    :int NOT NULL,
  claim_by    TEXT,
  claim_from  :int,
  claim_until :int,
  fence       :int NOT NULL DEFAULT 0
):strict;
CREATE INDEX shift_station ON shift (station, since, id);
CREATE UNIQUE INDEX shift_one_open ON shift (office, station) WHERE state = 'open';

CREATE TABLE incident (
  id          TEXT PRIMARY KEY,
  format      :int NOT NULL,
  state       TEXT NOT NULL,
  office      TEXT NOT NULL,
  custody     TEXT NOT NULL,
  about       TEXT NOT NULL,
  priority    :int NOT NULL,
  since       :int NOT NULL,
  changed     :int NOT NULL,
  revision    :int NOT NULL,
  claim_by    TEXT,
  claim_from  :int,
  claim_until :int,
  fence       :int NOT NULL DEFAULT 0
):strict;
CREATE INDEX incident_about ON incident (about);
CREATE INDEX incident_state ON incident (state, priority, changed, id);

CREATE TABLE resident (
  id          TEXT PRIMARY KEY,
  format      :int NOT NULL,
  state       TEXT NOT NULL,
  office      TEXT NOT NULL,
  custody     TEXT NOT NULL,
  subject     :bytes NOT NULL UNIQUE CHECK (length(subject) = 32),
  family      TEXT NOT NULL,
  source      TEXT NOT NULL,
  priority    :int NOT NULL,
  since       :int NOT NULL,
  changed     :int NOT NULL,
  revision    :int NOT NULL,
  claim_by    TEXT,
  claim_from  :int,
  claim_until :int,
  fence       :int NOT NULL DEFAULT 0
):strict;
CREATE INDEX resident_family ON resident (family, since, id);
CREATE INDEX resident_age ON resident (since, id);
