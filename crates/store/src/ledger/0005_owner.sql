-- The ledger, version 3: what its owner's machine remembers of it, and what is read at the providers after a part was lost.

-- raised by every intent, in its commit
ALTER TABLE workspace ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
-- of the last owner that kept a mark, and the epoch of that mark
ALTER TABLE workspace ADD COLUMN machine TEXT;
ALTER TABLE workspace ADD COLUMN marked_epoch INTEGER NOT NULL DEFAULT 0;
-- why nothing may be sent; null: everything may
ALTER TABLE workspace ADD COLUMN quarantine TEXT;

CREATE TABLE quarantines (
  row INTEGER PRIMARY KEY,
  reason TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  lifted_ms INTEGER,
  -- the person who lifted it and why; empty where everything was read
  who TEXT NOT NULL DEFAULT '',
  words TEXT NOT NULL DEFAULT ''
) STRICT;

-- a series at a provider, read from its last known document to now
CREATE TABLE series_reads (
  row INTEGER PRIMARY KEY,
  quarantine_row INTEGER NOT NULL REFERENCES quarantines (row),
  billing_id TEXT NOT NULL REFERENCES connections (id),
  company TEXT NOT NULL,
  series TEXT NOT NULL,
  is_proforma INTEGER NOT NULL,
  from_date TEXT NOT NULL,
  from_number INTEGER,
  -- where the last page ended; null: before the first
  next INTEGER,
  -- reading, whole, incomplete or too_long
  state TEXT NOT NULL DEFAULT 'reading',
  read INTEGER NOT NULL DEFAULT 0,
  found INTEGER NOT NULL DEFAULT 0,
  unreadable TEXT NOT NULL DEFAULT '[]',
  failure TEXT,
  tries INTEGER NOT NULL DEFAULT 0,
  UNIQUE (quarantine_row, billing_id, company, series, is_proforma)
) STRICT;

-- documents at the providers that bear a reference of Punte's
CREATE TABLE found_references (
  row INTEGER PRIMARY KEY,
  reference TEXT NOT NULL,
  billing_id TEXT NOT NULL REFERENCES connections (id),
  provider TEXT NOT NULL,
  company TEXT NOT NULL,
  is_proforma INTEGER NOT NULL,
  series TEXT NOT NULL,
  number TEXT NOT NULL,
  provider_id TEXT,
  link TEXT,
  issue_date TEXT,
  cancelled INTEGER,
  is_storno INTEGER NOT NULL,
  found_ms INTEGER NOT NULL,
  UNIQUE (reference, provider, company, is_proforma, series, number)
) STRICT;
