-- A {kind} begins and the audit has its row, in one call. o_code as of step_{kind}, or missing: what it belongs to, named in o_was, is
-- not there; SQLSTATE EK003 with the id of an item that is not.
CREATE FUNCTION open_{kind}(
  p_office text, p_id text, p_state text, p_subject bytea, p_family bytea, p_owner text, p_word text, p_priority bigint,
  p_items text[], p_at bigint, p_job text, p_part bigint, p_statement text, p_hands text,
  OUT o_code text, OUT o_n bigint, OUT o_revision bigint, OUT o_was text, OUT o_now text, OUT o_head bytea)
LANGUAGE plpgsql AS $$
DECLARE v_n bigint; v_head bytea; v_statement text;
BEGIN
  SELECT l.o_n, l.o_head INTO v_n, v_head FROM ektp_lock(p_office) l;
  SELECT a.n, a.revision, a.was, a.now, a.head, a.statement INTO o_n, o_revision, o_was, o_now, o_head, v_statement
    FROM audit a WHERE a.job = p_job AND a.part = p_part;
  IF FOUND THEN
    o_code := CASE WHEN v_statement = p_statement THEN 'again' ELSE 'conflict' END;
    RETURN;
  END IF;
  INSERT INTO {kind} (id, format, state, office, custody, {columns}, priority, since, changed, revision)
    SELECT p_id, 1, p_state, p_office, p_office, {values}, p_priority, p_at, p_at, 1{from};
  IF NOT FOUND THEN
    o_code := 'missing';
    o_was := p_owner;
    RETURN;
  END IF;
  {items}
  o_code := 'done';
  o_n := v_n + 1;
  o_revision := 1;
  o_was := '';
  o_now := p_state;
  o_head := ektp_head(o_n, v_head, 1, '', p_state, p_statement, p_hands);
  INSERT INTO audit VALUES (p_office, o_n, '{kind}', p_id, 1, '', p_state, p_at, p_job, p_part, p_statement, p_hands, o_head);
  UPDATE chain SET n = o_n, head = o_head WHERE office = p_office;
END $$;
