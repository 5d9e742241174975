-- One row of the audit, onto the chain that `ektp_lock` holds. The same hash as `audit::next`.
CREATE FUNCTION ektp_lock(p_office text, OUT o_n bigint, OUT o_head bytea) LANGUAGE plpgsql AS $$
BEGIN
  SELECT c.n, c.head INTO o_n, o_head FROM chain c WHERE c.office = p_office FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO chain VALUES (p_office, 0, sha256(convert_to('ektp-audit-1' || p_office, 'UTF8'))) ON CONFLICT DO NOTHING;
    SELECT c.n, c.head INTO o_n, o_head FROM chain c WHERE c.office = p_office FOR UPDATE;
  END IF;
END $$;

CREATE FUNCTION ektp_head(p_n bigint, p_head bytea, p_revision bigint, p_was text, p_now text, p_statement text, p_hands text)
RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256('ektp-audit-1'::bytea || int8send(p_n) || p_head || int8send(p_revision)
    || sha256(convert_to(p_was, 'UTF8')) || sha256(convert_to(p_now, 'UTF8'))
    || sha256(convert_to(p_statement, 'UTF8')) || sha256(convert_to(p_hands, 'UTF8')))
$$;
