-- What no statement may do, whoever sends it; and the head before an office's first row. SQLSTATE EK001: revoked for good, EK002: never changes or append-only.
CREATE FUNCTION ektp_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'EK001', MESSAGE = 'revoked for good'; END $$;
CREATE FUNCTION ektp_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'EK002', MESSAGE = 'never changes'; END $$;
CREATE FUNCTION ektp_erase_can() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN DELETE FROM sealed WHERE kind = 'card' AND id = NEW.id AND part = 'can'; RETURN NULL; END $$;

CREATE TRIGGER card_revoked BEFORE UPDATE OF state ON card FOR EACH ROW
  WHEN (OLD.state IN ('spoiled', 'quarantined', 'missing', 'refused', 'revoked', 'returning', 'returned', 'destroyed')
   AND NEW.state NOT IN ('spoiled', 'quarantined', 'missing', 'refused', 'revoked', 'returning', 'returned', 'destroyed'))
  EXECUTE FUNCTION ektp_revoked();
CREATE TRIGGER card_can AFTER UPDATE OF state ON card FOR EACH ROW WHEN (NEW.state = 'active') EXECUTE FUNCTION ektp_erase_can();
CREATE TRIGGER card_fixed BEFORE UPDATE OF id, subject, application, number, office, since ON card
  FOR EACH ROW EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER application_fixed BEFORE UPDATE OF id, subject, family, procedure, office, since ON application
  FOR EACH ROW EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER audit_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER chain_fixed BEFORE DELETE OR TRUNCATE ON chain EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER application_kept BEFORE DELETE OR TRUNCATE ON application EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER card_kept BEFORE DELETE OR TRUNCATE ON card EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER blank_kept BEFORE DELETE OR TRUNCATE ON blank EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER batch_kept BEFORE DELETE OR TRUNCATE ON batch EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER shipment_kept BEFORE DELETE OR TRUNCATE ON shipment EXECUTE FUNCTION ektp_fixed();
ALTER TABLE chain SET (fillfactor = 10);
CREATE FUNCTION ektp_genesis(p_office text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(convert_to('ektp-audit-1' || p_office, 'UTF8'))
$$;
