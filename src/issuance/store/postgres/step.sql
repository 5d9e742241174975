-- A {kind} takes a step and the audit its row, in one call. o_code: done, again (the same job before), conflict (another one under its
-- id), refused (no way from where it stands, for a reason that the caller looks up).
CREATE FUNCTION step_{kind}(
  p_office text, p_id text, p_from text[], p_to text[], p_owner text, p_fence bigint, p_at bigint, p_job text, p_part bigint,
  p_statement text, p_hands text,
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
  UPDATE {kind} t SET state = e.now, custody = p_office, changed = p_at, revision = t.revision + 1,
      claim_by = NULL, claim_from = NULL, claim_until = NULL{set}
    FROM unnest(p_from, p_to) AS e (was, now)
    WHERE t.id = p_id AND t.state = e.was{owner}
      AND CASE WHEN p_fence IS NULL THEN t.claim_by IS NULL OR p_at >= t.claim_until OR p_at < t.claim_from
               ELSE t.claim_by IS NOT NULL AND t.fence = p_fence END
    RETURNING t.revision, e.was, e.now INTO o_revision, o_was, o_now;
  IF NOT FOUND THEN
    o_code := 'refused';
    RETURN;
  END IF;
  o_code := 'done';
  o_n := v_n + 1;
  o_head := ektp_head(o_n, v_head, o_revision, o_was, o_now, p_statement, p_hands);
  INSERT INTO audit VALUES (p_office, o_n, '{kind}', p_id, o_revision, o_was, o_now, p_at, p_job, p_part, p_statement, p_hands, o_head);
  UPDATE chain SET n = o_n, head = o_head WHERE office = p_office;
END $$;
