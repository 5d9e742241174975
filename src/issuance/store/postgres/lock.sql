  -- Whoever writes to an office's chain is alone with it to the end; and what the same job did before.
  PERFORM pg_advisory_xact_lock(hashtextextended(p_office, 0));
  SELECT a.n, a.revision, a.was, a.now, a.head, a.statement INTO o_n, o_revision, o_was, o_now, o_head, v_statement
    FROM audit a WHERE a.job = p_job AND a.part = p_part;
  IF FOUND THEN
    o_code := CASE WHEN v_statement = p_statement THEN 'again' ELSE 'conflict' END;
    RETURN;
  END IF;
