-- What no statement may do to the journal of format 3.
CREATE TRIGGER perso_receipt_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON perso_receipt EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER perso_history_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON perso_history EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER perso_blocked_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON perso_blocked EXECUTE FUNCTION ektp_fixed();
CREATE TRIGGER perso_job_kept BEFORE DELETE OR TRUNCATE ON perso_job EXECUTE FUNCTION ektp_fixed();
