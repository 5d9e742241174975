-- A journal of format 2 at work: one card issued, one signed, one chip set aside.
INSERT INTO job (id, content_digest, state, custody, image_at, image_digest, authorization_digest, document_number, status_index, profile,
  chip_date, trust_point, chip_serial, mode, sod, runs, created_at, updated_at) VALUES
  ('b', zeroblob(32), 'SIGNED', 'HELD', 'images/b', zeroblob(32), zeroblob(32), 'X2', 2, 'ektp-8k', '2026-11-23', x'7F4E00',
   '02020202020202020202', 'local', x'09', 3, '2026-11-26T06:30:00Z', '2026-11-26T06:30:01Z'),
  ('a', zeroblob(32), 'ISSUED', 'RELEASE', 'images/a', zeroblob(32), zeroblob(32), 'X1', 1, 'ektp-8k', '2026-11-23', x'7F4E00',
   '01010101010101010101', 'local', x'08', 1, '2026-11-26T06:30:00Z', '2026-11-26T06:30:01Z');
INSERT INTO public_key VALUES (x'0402', 'b', 1, x'01');
INSERT INTO intent VALUES ('b', 'GENERATE_CA', '2026-11-26T06:30:00Z');
INSERT INTO history (job, what, at) VALUES ('a', 'ISSUED', '2026-11-26T06:30:00Z');
INSERT INTO blocked_chip VALUES ('03030303030303030303', 'card-not-blank', '2026-11-26T06:30:00Z');
INSERT INTO receipt VALUES (1, 'a', zeroblob(32), x'7B7D', x'00', x'0707070707070707070707070707070707070707070707070707070707070707');
UPDATE chain_head SET n = 1, head = (SELECT head FROM receipt);
