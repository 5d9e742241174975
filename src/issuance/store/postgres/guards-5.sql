-- Format 5: what a step of an application costs. An index that a step touches makes PostgreSQL write into every index of the row: so the
-- keys by which an application or a card is found, which never change, lie in rows of their own. And a digest's length is held by its type, where it is
-- written: a CHECK of the table would be compiled anew at every step.
CREATE DOMAIN digest AS BYTEA CHECK (length(VALUE) = 32);
DROP TRIGGER application_fixed ON application;
DROP TRIGGER card_fixed ON card;
DROP TRIGGER resident_fixed ON resident;
ALTER TABLE application DROP CONSTRAINT application_subject_check, DROP CONSTRAINT application_family_check,
  ALTER COLUMN subject TYPE digest, ALTER COLUMN family TYPE digest;
ALTER TABLE card DROP CONSTRAINT card_subject_check, ALTER COLUMN subject TYPE digest;
ALTER TABLE resident DROP CONSTRAINT resident_subject_check, ALTER COLUMN subject TYPE digest;
CREATE TRIGGER application_fixed BEFORE UPDATE OF id, subject, family, procedure, office, since ON application
  FOR EACH ROW EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER card_fixed BEFORE UPDATE OF id, subject, application, number, office, since ON card
  FOR EACH ROW EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER resident_fixed BEFORE UPDATE OF id, subject, source, office, since ON resident FOR EACH ROW EXECUTE FUNCTION ektp_fixed();

DROP INDEX application_person, application_family, application_age, application_office;
CREATE TABLE application_key (
  key_id      TEXT PRIMARY KEY,
  key_subject digest NOT NULL,
  key_family  digest,
  key_office  TEXT NOT NULL,
  key_since   BIGINT NOT NULL
);
INSERT INTO application_key SELECT id, subject, family, office, since FROM application;
CREATE INDEX application_person ON application_key (key_subject);
CREATE INDEX application_family ON application_key (key_family) WHERE key_family IS NOT NULL;
CREATE INDEX application_age ON application_key (key_since, key_id);
CREATE INDEX application_office ON application_key (key_office, key_since, key_id);
CREATE FUNCTION ektp_application_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO application_key VALUES (NEW.id, NEW.subject, NEW.family, NEW.office, NEW.since); RETURN NULL; END $$;
CREATE TRIGGER application_begins AFTER INSERT ON application FOR EACH ROW EXECUTE FUNCTION ektp_application_key();
CREATE TRIGGER application_key_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON application_key EXECUTE FUNCTION ektp_fixed();

DROP INDEX card_person, card_application;
CREATE TABLE card_key (
  key_id          TEXT PRIMARY KEY,
  key_subject     digest NOT NULL,
  key_application TEXT NOT NULL
);
INSERT INTO card_key SELECT id, subject, application FROM card;
CREATE INDEX card_person ON card_key (key_subject);
CREATE INDEX card_application ON card_key (key_application);
CREATE FUNCTION ektp_card_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO card_key VALUES (NEW.id, NEW.subject, NEW.application); RETURN NULL; END $$;
CREATE TRIGGER card_begins AFTER INSERT ON card FOR EACH ROW EXECUTE FUNCTION ektp_card_key();
CREATE TRIGGER card_key_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON card_key EXECUTE FUNCTION ektp_fixed();
