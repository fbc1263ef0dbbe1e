-- The ledger: who may work in this workspace, what needs a second person, and what waits for one.

CREATE TABLE operators (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  -- viewer, operator, admin
  role TEXT NOT NULL,
  -- argon2id, as a PHC string
  password TEXT NOT NULL,
  active INTEGER NOT NULL DEFAULT 1,
  created_ms INTEGER NOT NULL,
  -- of the password
  changed_ms INTEGER NOT NULL,
  signed_in_ms INTEGER,
  -- wrong passwords since the last right one
  wrong INTEGER NOT NULL DEFAULT 0,
  -- no password is looked at before
  wait_until_ms INTEGER
) STRICT;

-- JSON: minutes until the lock, and what needs a second person
ALTER TABLE workspace ADD COLUMN guards TEXT NOT NULL DEFAULT '{}';

CREATE TABLE approvals (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  command TEXT NOT NULL,
  -- JSON, as it was asked; {} once it is over
  payload TEXT NOT NULL,
  -- JSON: what the screen says of it
  facts TEXT NOT NULL,
  reason TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_ms INTEGER NOT NULL,
  -- waiting, approved, refused, withdrawn, failed
  state TEXT NOT NULL,
  decided_by TEXT,
  decided_ms INTEGER,
  note TEXT NOT NULL DEFAULT '',
  -- of the error that an approved act was answered with
  code TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX approvals_waiting ON approvals (row) WHERE state = 'waiting';
