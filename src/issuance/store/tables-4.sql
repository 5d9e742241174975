-- Format 4 of the store of issuance: by what applications are found that are like another by their data; keyed digests, each of a part of
-- a name with a part of a birth date.
CREATE TABLE likeness (
  mark        :bytes NOT NULL CHECK (length(mark) = 16),
  application TEXT NOT NULL,
  PRIMARY KEY (mark, application)
):clustered;
CREATE INDEX likeness_application ON likeness (application);
