  -- Whoever writes to an office's chain is alone with it to the end.
  PERFORM pg_advisory_xact_lock(hashtextextended(p_office, 0));
