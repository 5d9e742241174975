-- The store of issuance, format 1; `:bytes`, `:int` and `:strict` are each database's own words.
-- Times are microseconds since 1970. Of persons there are keyed digests and sealed parts, nothing else.
CREATE TABLE store (
  one       :int PRIMARY KEY CHECK (one = 1),
  id        TEXT NOT NULL,
  format    :int NOT NULL,
  key_check :bytes NOT NULL
):strict;

CREATE TABLE application (
  id          TEXT PRIMARY KEY,
  format      :int NOT NULL,
  state       TEXT NOT NULL,
  office      TEXT NOT NULL,
  custody     TEXT NOT NULL,
  subject     :bytes NOT NULL CHECK (length(subject) = 32),
  family      :bytes CHECK (length(family) = 32),
  procedure   TEXT NOT NULL,
  priority    :int NOT NULL,
  since       :int NOT NULL,
  changed     :int NOT NULL,
  revision    :int NOT NULL,
  claim_by    TEXT,
  claim_from  :int,
  claim_until :int,
  fence       :int NOT NULL DEFAULT 0
):strict;
CREATE INDEX application_person ON application (subject);
CREATE INDEX application_family ON application (family) WHERE family IS NOT NULL;
CREATE INDEX application_age ON application (since, id);
CREATE INDEX application_office ON application (office, since, id);
CREATE INDEX application_state ON application (state, priority, changed, id);
CREATE UNIQUE INDEX application_one_open ON application (subject) WHERE state NOT IN ('delivered', 'closed', 'rejected', 'withdrawn');

CREATE TABLE card (
  id          TEXT PRIMARY KEY,
  format      :int NOT NULL,
  state       TEXT NOT NULL,
  office      TEXT NOT NULL,
  custody     TEXT NOT NULL,
  subject     :bytes NOT NULL CHECK (length(subject) = 32),
  application TEXT NOT NULL REFERENCES application (id),
  number      TEXT NOT NULL UNIQUE,
  priority    :int NOT NULL,
  since       :int NOT NULL,
  changed     :int NOT NULL,
  revision    :int NOT NULL,
  claim_by    TEXT,
  claim_from  :int,
  claim_until :int,
  fence       :int NOT NULL DEFAULT 0
):strict;
CREATE INDEX card_person ON card (subject);
CREATE INDEX card_application ON card (application);
CREATE INDEX card_state ON card (state, priority, changed, id);
CREATE UNIQUE INDEX card_one_live ON card (subject) WHERE state IN ('active', 'suspended');
CREATE UNIQUE INDEX card_one_unfinished ON card (subject)
  WHERE state IN ('allocated', 'encoding', 'encoded', 'printed', 'checked', 'packed', 'in-transit', 'waiting');

CREATE TABLE blank (
  id          TEXT PRIMARY KEY,
  format      :int NOT NULL,
  state       TEXT NOT NULL,
  office      TEXT NOT NULL,
  custody     TEXT NOT NULL,
  card        TEXT UNIQUE REFERENCES card (id),
  type        TEXT NOT NULL,
  priority    :int NOT NULL,
  since       :int NOT NULL,
  changed     :int NOT NULL,
  revision    :int NOT NULL,
  claim_by    TEXT,
  claim_from  :int,
  claim_until :int,
  fence       :int NOT NULL DEFAULT 0
):strict;
CREATE INDEX blank_state ON blank (state, priority, changed, id);

CREATE TABLE batch (
  id          TEXT PRIMARY KEY,
  format      :int NOT NULL,
  state       TEXT NOT NULL,
  office      TEXT NOT NULL,
  custody     TEXT NOT NULL,
  type        TEXT NOT NULL,
  priority    :int NOT NULL,
  since       :int NOT NULL,
  changed     :int NOT NULL,
  revision    :int NOT NULL,
  claim_by    TEXT,
  claim_from  :int,
  claim_until :int,
  fence       :int NOT NULL DEFAULT 0
):strict;
CREATE TABLE batch_item (
  batch TEXT NOT NULL REFERENCES batch (id),
  item  TEXT NOT NULL REFERENCES application (id),
  PRIMARY KEY (batch, item)
):strict;

CREATE TABLE shipment (
  id          TEXT PRIMARY KEY,
  format      :int NOT NULL,
  state       TEXT NOT NULL,
  office      TEXT NOT NULL,
  custody     TEXT NOT NULL,
  destination TEXT NOT NULL,
  priority    :int NOT NULL,
  since       :int NOT NULL,
  changed     :int NOT NULL,
  revision    :int NOT NULL,
  claim_by    TEXT,
  claim_from  :int,
  claim_until :int,
  fence       :int NOT NULL DEFAULT 0
):strict;
CREATE TABLE shipment_item (
  shipment TEXT NOT NULL REFERENCES shipment (id),
  item     TEXT NOT NULL REFERENCES card (id),
  PRIMARY KEY (shipment, item)
):strict;

-- AES-256-GCM, the format in front; table, id, part and format are associated data.
CREATE TABLE sealed (
  kind  TEXT NOT NULL,
  id    TEXT NOT NULL,
  part  TEXT NOT NULL,
  bytes :bytes NOT NULL,
  PRIMARY KEY (kind, id, part)
):strict;

-- One hash chain an office. What is signed is `statement`, by those in `hands`.
CREATE TABLE chain (
  office TEXT PRIMARY KEY,
  n      :int NOT NULL,
  head   :bytes NOT NULL
):strict;
CREATE TABLE audit (
  office    TEXT NOT NULL,
  n         :int NOT NULL,
  kind      TEXT NOT NULL,
  id        TEXT NOT NULL,
  revision  :int NOT NULL,
  was       TEXT NOT NULL,
  now       TEXT NOT NULL,
  at        :int NOT NULL,
  job       TEXT NOT NULL,
  part      :int NOT NULL,
  statement TEXT NOT NULL,
  hands     TEXT NOT NULL,
  head      :bytes NOT NULL,
  CONSTRAINT audit_row UNIQUE (office, n),
  CONSTRAINT audit_life UNIQUE (kind, id, revision),
  CONSTRAINT audit_job UNIQUE (job, part)
):strict;
