-- The ledger: who did what, in a chain of salted hashes that only grows.

-- what the chain's hashes begin with
CREATE TABLE audit_chain (
  row INTEGER PRIMARY KEY CHECK (row = 1),
  salt BLOB NOT NULL
) STRICT;
INSERT INTO audit_chain (row, salt) VALUES (1, randomblob(32));

CREATE TABLE audit (
  -- 1, 2, 3 … without a gap
  row INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  -- the operator; empty for Punte itself
  who TEXT NOT NULL,
  role TEXT NOT NULL,
  host TEXT NOT NULL,
  act TEXT NOT NULL,
  -- of the row that says how an act ended: the one that says it was asked for
  asked_row INTEGER REFERENCES audit (row),
  subject_kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  -- asked, done, refused, noted
  outcome TEXT NOT NULL,
  -- why it was refused
  code TEXT NOT NULL,
  -- JSON, with no secret and nothing of a person in it
  facts TEXT NOT NULL,
  reason TEXT NOT NULL,
  -- SHA-256 of salt and payload of the personal side row, which may go
  personal_hash BLOB,
  prev_hash BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX audit_ends ON audit (asked_row) WHERE asked_row IS NOT NULL;
CREATE INDEX audit_by_subject ON audit (subject_kind, subject_id, row);

CREATE TABLE audit_personal (
  audit_row INTEGER PRIMARY KEY REFERENCES audit (row),
  salt BLOB NOT NULL,
  -- JSON
  payload TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_grows_at_its_end BEFORE INSERT ON audit
WHEN new.row IS NOT (SELECT coalesce(max(row), 0) + 1 FROM audit) BEGIN
  SELECT RAISE(ABORT, 'the audit log only grows, at its end');
END;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log only grows: no row is changed');
END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log only grows: no row is deleted');
END;
CREATE TRIGGER audit_chain_is_not_changed BEFORE UPDATE ON audit_chain BEGIN
  SELECT RAISE(ABORT, 'the audit log keeps its salt');
END;
CREATE TRIGGER audit_chain_is_not_deleted BEFORE DELETE ON audit_chain BEGIN
  SELECT RAISE(ABORT, 'the audit log keeps its salt');
END;
CREATE TRIGGER audit_chain_is_one BEFORE INSERT ON audit_chain WHEN EXISTS (SELECT 1 FROM audit_chain) BEGIN
  SELECT RAISE(ABORT, 'the audit log keeps its salt');
END;
-- a personal payload may go, and is never another one
CREATE TRIGGER audit_personal_is_not_changed BEFORE UPDATE ON audit_personal BEGIN
  SELECT RAISE(ABORT, 'a personal payload of the audit log may only be erased');
END;
CREATE TRIGGER audit_personal_is_not_replaced BEFORE INSERT ON audit_personal
WHEN new.audit_row IS NOT (SELECT max(row) FROM audit)
  OR EXISTS (SELECT 1 FROM audit_personal WHERE audit_row = new.audit_row) BEGIN
  SELECT RAISE(ABORT, 'a personal payload of the audit log is written with its row');
END;
