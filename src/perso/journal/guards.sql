-- What no statement may do to a journal, whoever sends it.
CREATE TRIGGER perso_receipt_no_update BEFORE UPDATE ON perso_receipt BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
CREATE TRIGGER perso_receipt_no_delete BEFORE DELETE ON perso_receipt BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
CREATE TRIGGER perso_history_no_update BEFORE UPDATE ON perso_history BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
CREATE TRIGGER perso_history_no_delete BEFORE DELETE ON perso_history BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
CREATE TRIGGER perso_blocked_no_update BEFORE UPDATE ON perso_blocked BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
CREATE TRIGGER perso_blocked_no_delete BEFORE DELETE ON perso_blocked BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
CREATE TRIGGER perso_job_no_delete BEFORE DELETE ON perso_job BEGIN SELECT RAISE(ABORT, 'ektp: append-only'); END;
