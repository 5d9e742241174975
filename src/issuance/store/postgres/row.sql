  -- The row of the audit, onto the chain that is held: the same hash as `audit::next`.
  o_code := 'done';
  FOR attempt IN 1..2 LOOP
    UPDATE chain SET n = n + 1, head = sha256('ektp-audit-1'::bytea || int8send(n + 1) || head || int8send(o_revision)
        || sha256(convert_to(o_was, 'UTF8')) || sha256(convert_to(o_now, 'UTF8'))
        || sha256(convert_to(p_statement, 'UTF8')) || sha256(convert_to(p_hands, 'UTF8')))
      WHERE office = p_office RETURNING n, head INTO o_n, o_head;
    EXIT WHEN FOUND;
    INSERT INTO chain VALUES (p_office, 0, ektp_genesis(p_office));
  END LOOP;
  INSERT INTO audit VALUES (p_office, o_n, '{kind}', p_id, o_revision, o_was, o_now, p_at, p_job, p_part, p_statement, p_hands, o_head);
