-- The ledger: reconcile passes, what they found, and when the jobs that run by themselves ran last.

CREATE TABLE reconcile_runs (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  billing_id TEXT NOT NULL REFERENCES connections (id),
  company TEXT NOT NULL,
  series TEXT NOT NULL,
  -- the period, YYYY-MM-DD, both days included
  from_day TEXT NOT NULL,
  to_day TEXT NOT NULL,
  -- the operator; empty for Punte itself
  who TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  finished_ms INTEGER,
  -- running, clean, findings, failed, interrupted
  result TEXT NOT NULL,
  -- everything that the period asks for was looked at; otherwise why not
  complete INTEGER NOT NULL DEFAULT 0,
  why TEXT NOT NULL DEFAULT '',
  -- JSON
  counts TEXT NOT NULL DEFAULT '{}',
  failure TEXT,
  -- where numbers are looked at one by one: the first that the next pass begins with
  resume_at INTEGER
) STRICT;
CREATE INDEX reconcile_runs_by_lane ON reconcile_runs (billing_id, company, series, row);

CREATE TABLE reconcile_findings (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  billing_id TEXT NOT NULL REFERENCES connections (id),
  company TEXT NOT NULL,
  series TEXT NOT NULL,
  kind TEXT NOT NULL,
  -- what it is about: the same finding in a later pass has the same
  subject TEXT NOT NULL,
  document_row INTEGER REFERENCES documents (row),
  order_row INTEGER REFERENCES orders (row),
  -- as printed, and as a number
  number TEXT,
  number_value INTEGER,
  provider_id TEXT,
  day TEXT,
  -- JSON
  facts TEXT NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  run_row INTEGER NOT NULL REFERENCES reconcile_runs (row),
  -- open, resolved, ignored
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  who TEXT NOT NULL DEFAULT '',
  closed_ms INTEGER,
  UNIQUE (billing_id, company, series, kind, subject)
) STRICT;
CREATE INDEX reconcile_findings_by_state ON reconcile_findings (state, kind, row);
CREATE INDEX reconcile_findings_by_document ON reconcile_findings (document_row) WHERE document_row IS NOT NULL;

CREATE TRIGGER findings_counted_in AFTER INSERT ON reconcile_findings BEGIN
  INSERT INTO counters (name, value) VALUES ('finding:' || new.kind || ':' || new.state, 1)
    ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER findings_counted_on AFTER UPDATE OF state ON reconcile_findings WHEN old.state <> new.state BEGIN
  UPDATE counters SET value = value - 1 WHERE name = 'finding:' || old.kind || ':' || old.state;
  INSERT INTO counters (name, value) VALUES ('finding:' || new.kind || ':' || new.state, 1)
    ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;

-- issued documents of a series by their day
CREATE INDEX documents_by_series ON documents (provider, company, series, issue_date) WHERE number IS NOT NULL;

-- after how many months requests, answers, looks and closed findings may go; 0 keeps them
ALTER TABLE workspace ADD COLUMN retention_months INTEGER NOT NULL DEFAULT 24 CHECK (retention_months BETWEEN 0 AND 240);
