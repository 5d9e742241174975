-- A {kind} takes a step and the audit its row, in one call. o_code: done, refused (no way from where it stands, for a reason that the
-- caller looks up). What the same job did before is in its way, by where the thing stands or by the audit's constraint: the caller looks.
CREATE OR REPLACE FUNCTION step_{kind}(
  p_office text, p_id text, p_from text[], p_to text[], p_owner text, p_fence bigint, p_at bigint, p_job text, p_part bigint,
  p_statement text, p_hands text,
  OUT o_code text, OUT o_n bigint, OUT o_revision bigint, OUT o_was text, OUT o_now text, OUT o_head bytea)
LANGUAGE plpgsql AS $$
BEGIN
  {lock}
  IF cardinality(p_from) = 1 THEN
    o_was := p_from[1];
  ELSE
    SELECT t.state INTO o_was FROM {kind} t WHERE t.id = p_id FOR UPDATE;
  END IF;
  o_now := p_to[array_position(p_from, o_was)];
  UPDATE {kind} t SET state = o_now, custody = p_office, changed = p_at, revision = t.revision + 1,
      claim_by = NULL, claim_from = NULL, claim_until = NULL{set}
    -- IS TRUE keeps the planner from the index of states, where it would read all that stand in this one.
    WHERE t.id = p_id AND (t.state = o_was) IS TRUE AND o_now IS NOT NULL{owner}
      AND CASE WHEN p_fence IS NULL THEN t.claim_by IS NULL OR p_at >= t.claim_until OR p_at < t.claim_from
               ELSE t.claim_by IS NOT NULL AND t.fence = p_fence END
    RETURNING t.revision INTO o_revision;
  IF NOT FOUND THEN
    o_code := 'refused';
    RETURN;
  END IF;
  {append}
END $$;
