-- Format 2 of a station's own journal had tables of other names, and one chain.
INSERT INTO perso_job (n, id, content_digest, state, custody, image_at, image_digest, authorization_digest, document_number, status_index,
  profile, chip_date, trust_point, stream_digest, chip_serial, reader_fingerprint, printer_job, blank_serial_read, blank_serial_expected,
  face_hash, mode, sod, reason, terminated, runs, apdus, sent_bytes, received_bytes, created_at, updated_at)
SELECT rowid, id, content_digest, state, custody, image_at, image_digest, authorization_digest, document_number, status_index,
  profile, chip_date, trust_point, stream_digest, chip_serial, reader_fingerprint, printer_job, blank_serial_read, blank_serial_expected,
  face_hash, mode, sod, reason, terminated, runs, apdus, sent_bytes, received_bytes, created_at, updated_at FROM job;
INSERT INTO perso_key (public_key, job, slot, proof) SELECT key, job, slot, proof FROM public_key;
INSERT INTO perso_intent (n, job, kind, at) SELECT rowid, job, kind, at FROM intent;
INSERT INTO perso_history (n, job, what, at) SELECT n, job, what, at FROM history;
INSERT INTO perso_blocked (n, serial, reason, at) SELECT rowid, serial, reason, at FROM blocked_chip;
INSERT INTO perso_receipt (station, n, job, previous, body, signature, head) SELECT '', n, job, previous, body, signature, head FROM receipt;
INSERT INTO perso_chain (station, n, head) SELECT '', n, head FROM chain_head;
DROP TABLE receipt;
DROP TABLE chain_head;
DROP TABLE blocked_chip;
DROP TABLE history;
DROP TABLE intent;
DROP TABLE public_key;
DROP TABLE job;
