  -- The row of the audit, onto the chain that is held: the same hash as `audit::next`.
  o_code := 'done';
  o_n := v_n + 1;
  o_head := sha256('ektp-audit-1'::bytea || int8send(o_n) || v_head || int8send(o_revision)
    || sha256(convert_to(o_was, 'UTF8')) || sha256(convert_to(o_now, 'UTF8'))
    || sha256(convert_to(p_statement, 'UTF8')) || sha256(convert_to(p_hands, 'UTF8')));
  INSERT INTO audit VALUES (p_office, o_n, '{kind}', p_id, o_revision, o_was, o_now, p_at, p_job, p_part, p_statement, p_hands, o_head);
  UPDATE chain SET n = o_n, head = o_head WHERE office = p_office;
