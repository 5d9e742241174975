-- What no statement may do to the tables of format 2.
CREATE TRIGGER shift_fixed BEFORE UPDATE OF id, station, office, since ON shift
  BEGIN SELECT RAISE(ABORT, 'ektp: never changes'); END;
CREATE TRIGGER incident_fixed BEFORE UPDATE OF id, about, office, since ON incident
  BEGIN SELECT RAISE(ABORT, 'ektp: never changes'); END;
CREATE TRIGGER shift_no_delete BEFORE DELETE ON shift BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
CREATE TRIGGER incident_no_delete BEFORE DELETE ON incident BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
CREATE TRIGGER resident_fixed BEFORE UPDATE OF id, subject, source, office, since ON resident
  BEGIN SELECT RAISE(ABORT, 'ektp: never changes'); END;
CREATE TRIGGER resident_no_delete BEFORE DELETE ON resident BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
