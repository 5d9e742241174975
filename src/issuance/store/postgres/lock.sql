  -- The office's chain, held to the end; and what the same job did before.
  SELECT c.n, c.head INTO v_n, v_head FROM chain c WHERE c.office = p_office FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO chain VALUES (p_office, 0, ektp_genesis(p_office)) ON CONFLICT DO NOTHING;
    SELECT c.n, c.head INTO v_n, v_head FROM chain c WHERE c.office = p_office FOR UPDATE;
  END IF;
  SELECT a.n, a.revision, a.was, a.now, a.head, a.statement INTO o_n, o_revision, o_was, o_now, o_head, v_statement
    FROM audit a WHERE a.job = p_job AND a.part = p_part;
  IF FOUND THEN
    o_code := CASE WHEN v_statement = p_statement THEN 'again' ELSE 'conflict' END;
    RETURN;
  END IF;
