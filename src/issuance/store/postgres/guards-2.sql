-- What no statement may do to the tables of format 2.
CREATE TRIGGER shift_fixed BEFORE UPDATE OF id, station, office, since ON shift FOR EACH ROW EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER incident_fixed BEFORE UPDATE OF id, about, office, since ON incident FOR EACH ROW EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER shift_kept BEFORE DELETE OR TRUNCATE ON shift EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER incident_kept BEFORE DELETE OR TRUNCATE ON incident EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER resident_fixed BEFORE UPDATE OF id, subject, source, office, since ON resident FOR EACH ROW EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER resident_kept BEFORE DELETE OR TRUNCATE ON resident EXECUTE FUNCTION ektp_fixed();
