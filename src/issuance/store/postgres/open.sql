-- A {kind} begins and the audit has its row, in one call. o_code as of step_{kind}, or missing: what it belongs to, named in o_was, is
-- not there; SQLSTATE EK003 with the id of an item that is not.
CREATE OR REPLACE FUNCTION open_{kind}(
  p_office text, p_id text, p_state text, p_subject bytea, p_family bytea, p_owner text, p_word text, p_priority bigint,
  p_items text[], p_at bigint, p_job text, p_part bigint, p_statement text, p_hands text,
  OUT o_code text, OUT o_n bigint, OUT o_revision bigint, OUT o_was text, OUT o_now text, OUT o_head bytea)
LANGUAGE plpgsql AS $$
DECLARE v_statement text;
BEGIN
  {lock}
  INSERT INTO {kind} (id, format, state, office, custody, {columns}, priority, since, changed, revision)
    SELECT p_id, 1, p_state, p_office, p_office, {values}, p_priority, p_at, p_at, 1{from};
  IF NOT FOUND THEN
    o_code := 'missing';
    o_was := p_owner;
    RETURN;
  END IF;
  {items}
  o_revision := 1;
  o_was := '';
  o_now := p_state;
  {append}
END $$;
