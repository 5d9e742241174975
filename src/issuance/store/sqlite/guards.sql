-- What no statement may do, whoever sends it.
CREATE TRIGGER card_revoked BEFORE UPDATE OF state ON card
  WHEN OLD.state IN ('spoiled', 'quarantined', 'missing', 'refused', 'revoked', 'returning', 'returned', 'destroyed')
   AND NEW.state NOT IN ('spoiled', 'quarantined', 'missing', 'refused', 'revoked', 'returning', 'returned', 'destroyed')
  BEGIN SELECT RAISE(ABORT, 'ektp: revoked for good'); END;
CREATE TRIGGER card_can AFTER UPDATE OF state ON card WHEN NEW.state = 'active'
  BEGIN DELETE FROM sealed WHERE kind = 'card' AND id = NEW.id AND part = 'can'; END;
CREATE TRIGGER card_fixed BEFORE UPDATE OF id, subject, application, number, office, since ON card
  BEGIN SELECT RAISE(ABORT, 'ektp: never changes'); END;
CREATE TRIGGER application_fixed BEFORE UPDATE OF id, subject, family, procedure, office, since ON application
  BEGIN SELECT RAISE(ABORT, 'ektp: never changes'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
CREATE TRIGGER chain_no_delete BEFORE DELETE ON chain BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
CREATE TRIGGER application_no_delete BEFORE DELETE ON application BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
CREATE TRIGGER card_no_delete BEFORE DELETE ON card BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
CREATE TRIGGER blank_no_delete BEFORE DELETE ON blank BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
CREATE TRIGGER batch_no_delete BEFORE DELETE ON batch BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
CREATE TRIGGER shipment_no_delete BEFORE DELETE ON shipment BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
