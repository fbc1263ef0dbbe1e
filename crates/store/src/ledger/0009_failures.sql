-- The ledger, version 9: failures by cause, what people do about them, and jobs over many records.

-- what the record's last failure has in common with others; kept while it is on its way again, gone once it went through
ALTER TABLE documents ADD COLUMN fingerprint TEXT;
ALTER TABLE documents ADD COLUMN failed_ms INTEGER;
ALTER TABLE documents ADD COLUMN snoozed_until_ms INTEGER;
CREATE INDEX documents_by_cause ON documents (fingerprint, state, currency, total_minor, failed_ms, snoozed_until_ms)
  WHERE fingerprint IS NOT NULL;
CREATE INDEX documents_of_cause ON documents (fingerprint, row) WHERE fingerprint IS NOT NULL AND state = 'held';

-- one row a fingerprint that was ever seen
CREATE TABLE causes (
  row INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL UNIQUE,
  -- since when there is a record without pause
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  -- of these, records that went through, and the last time that one did
  went INTEGER NOT NULL DEFAULT 0,
  went_ms INTEGER,
  owner TEXT NOT NULL DEFAULT '',
  snoozed_until_ms INTEGER,
  -- the failure of the last record that came, for when there is none any more
  failure TEXT NOT NULL
) STRICT;
CREATE INDEX causes_gone ON causes (went_ms) WHERE went_ms IS NOT NULL;

-- a record that joins begins anew where no other is left, and wakes a snoozed cause
CREATE TRIGGER causes_came AFTER INSERT ON documents WHEN new.fingerprint IS NOT NULL BEGIN
  INSERT INTO causes (fingerprint, first_ms, last_ms, failure) VALUES (new.fingerprint, new.failed_ms, new.failed_ms, new.failure)
    ON CONFLICT (fingerprint) DO UPDATE SET
      first_ms = iif(EXISTS (SELECT 1 FROM documents d WHERE d.fingerprint = new.fingerprint AND d.row <> new.row),
        first_ms, new.failed_ms),
      went = iif(EXISTS (SELECT 1 FROM documents d WHERE d.fingerprint = new.fingerprint AND d.row <> new.row), went, 0),
      last_ms = new.failed_ms, snoozed_until_ms = NULL, failure = new.failure;
END;
CREATE TRIGGER causes_joined AFTER UPDATE OF fingerprint ON documents
WHEN new.fingerprint IS NOT NULL AND new.fingerprint IS NOT old.fingerprint BEGIN
  INSERT INTO causes (fingerprint, first_ms, last_ms, failure) VALUES (new.fingerprint, new.failed_ms, new.failed_ms, new.failure)
    ON CONFLICT (fingerprint) DO UPDATE SET
      first_ms = iif(EXISTS (SELECT 1 FROM documents d WHERE d.fingerprint = new.fingerprint AND d.row <> new.row),
        first_ms, new.failed_ms),
      went = iif(EXISTS (SELECT 1 FROM documents d WHERE d.fingerprint = new.fingerprint AND d.row <> new.row), went, 0),
      last_ms = new.failed_ms, snoozed_until_ms = NULL, failure = new.failure;
END;
-- those held now get theirs when the ledger is opened next
INSERT INTO counters (name, value) VALUES ('fingerprints_wanted', 1);

CREATE TRIGGER causes_went AFTER UPDATE OF state ON documents
WHEN old.fingerprint IS NOT NULL AND new.state = 'issued' AND old.state <> 'issued' BEGIN
  UPDATE causes SET went = went + 1, went_ms = new.changed_ms WHERE fingerprint = old.fingerprint;
END;

-- who looks after an order's record
CREATE TABLE record_owners (
  row INTEGER PRIMARY KEY,
  order_row INTEGER NOT NULL UNIQUE REFERENCES orders (row),
  owner TEXT NOT NULL
) STRICT;
CREATE INDEX record_owners_by_name ON record_owners (owner);

CREATE TABLE notes (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  order_row INTEGER NOT NULL REFERENCES orders (row),
  author TEXT NOT NULL,
  text TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  edited_ms INTEGER,
  deleted_ms INTEGER
) STRICT;
CREATE INDEX notes_by_order ON notes (order_row, row);

CREATE TABLE tags (
  row INTEGER PRIMARY KEY,
  order_row INTEGER NOT NULL REFERENCES orders (row),
  tag TEXT NOT NULL,
  UNIQUE (order_row, tag)
) STRICT;
CREATE INDEX tags_by_name ON tags (tag, order_row);

-- something done to many records: planned, confirmed, run, reported
CREATE TABLE bulk_jobs (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  -- retry, storno, email, refresh, dismiss
  kind TEXT NOT NULL,
  -- planning, planned, running, done, cancelled
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  who TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  confirmed_ms INTEGER,
  finished_ms INTEGER,
  -- records of the selection, planned or not
  of_records INTEGER NOT NULL,
  -- JSON of what the plan found: value, providers, reasons
  plan TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX bulk_jobs_open ON bulk_jobs (state, row);

CREATE TABLE bulk_items (
  row INTEGER PRIMARY KEY,
  job_row INTEGER NOT NULL REFERENCES bulk_jobs (row),
  document_row INTEGER NOT NULL REFERENCES documents (row),
  -- planned, skipped, doing, done, failed, in_doubt, cancelled, left
  state TEXT NOT NULL,
  -- why it is safe where planned; why not where skipped or failed
  why TEXT NOT NULL,
  failure TEXT,
  -- connection, company and series
  lane TEXT NOT NULL,
  -- what must be over for it to be done: the document itself, its storno
  target_row INTEGER,
  -- the record's last attempt when the item began: what was sent since is of the item
  attempt_row INTEGER NOT NULL DEFAULT 0,
  started_ms INTEGER,
  finished_ms INTEGER,
  UNIQUE (job_row, document_row)
) STRICT;
CREATE INDEX bulk_items_next ON bulk_items (job_row, state, lane, row);
CREATE INDEX bulk_items_doing ON bulk_items (target_row) WHERE state = 'doing';
CREATE INDEX bulk_items_by_lane ON bulk_items (lane) WHERE state = 'doing' AND target_row IS NOT NULL;
CREATE INDEX bulk_items_by_job ON bulk_items (job_row, row);
