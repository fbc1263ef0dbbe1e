-- The ledger, version 1. Every table has an INTEGER PRIMARY KEY (FTS rowid, keyset pages); our own time-ordered ids are
-- unique columns. Money: minor units. Instants: UTC milliseconds in columns ending in _ms. Decimals and drafts: text.

CREATE TABLE workspace (
  row INTEGER PRIMARY KEY CHECK (row = 1),
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  is_sandbox INTEGER NOT NULL,
  seed BLOB NOT NULL CHECK (length(seed) = 32),
  created_ms INTEGER NOT NULL,
  epoch INTEGER NOT NULL
) STRICT;

CREATE TABLE connections (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  account TEXT NOT NULL,
  company TEXT,
  series TEXT,
  is_sandbox INTEGER NOT NULL,
  stop_failure TEXT,
  stopped_until_ms INTEGER,
  stop_count INTEGER NOT NULL DEFAULT 0,
  last_contact_ms INTEGER,
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE mappings (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  version INTEGER NOT NULL
) STRICT;

CREATE TABLE mapping_versions (
  row INTEGER PRIMARY KEY,
  mapping_id TEXT NOT NULL REFERENCES mappings (id),
  version INTEGER NOT NULL,
  rules TEXT NOT NULL,
  author TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  UNIQUE (mapping_id, version)
) STRICT;

CREATE TABLE flows (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  shop_id TEXT NOT NULL REFERENCES connections (id),
  billing_id TEXT NOT NULL REFERENCES connections (id),
  company TEXT NOT NULL,
  series TEXT NOT NULL,
  condition TEXT NOT NULL,
  mapping_id TEXT NOT NULL REFERENCES mappings (id),
  enabled INTEGER NOT NULL,
  active_from_ms INTEGER NOT NULL,
  series_is_ours INTEGER NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE cursors (
  row INTEGER PRIMARY KEY,
  connection_id TEXT NOT NULL UNIQUE REFERENCES connections (id),
  modified_ms INTEGER NOT NULL,
  swept_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE orders (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  shop_identity TEXT NOT NULL,
  connection_id TEXT NOT NULL REFERENCES connections (id),
  order_id TEXT NOT NULL,
  number TEXT NOT NULL,
  status TEXT NOT NULL,
  status_text TEXT NOT NULL,
  currency TEXT NOT NULL,
  total_minor INTEGER NOT NULL,
  total_text TEXT NOT NULL,
  customer TEXT NOT NULL,
  email TEXT NOT NULL,
  tax_id TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  -- the whole head, as the connector read it
  head TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  version INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  -- requests for a decision since the last one
  wanted INTEGER NOT NULL,
  decision TEXT NOT NULL,
  reason TEXT NOT NULL,
  UNIQUE (shop_identity, order_id)
) STRICT;
CREATE INDEX orders_undecided ON orders (row) WHERE wanted > 0;
CREATE INDEX orders_by_decision ON orders (decision, row);

CREATE TABLE order_versions (
  row INTEGER PRIMARY KEY,
  order_row INTEGER NOT NULL REFERENCES orders (row),
  version INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  content_hash TEXT NOT NULL,
  raw TEXT NOT NULL,
  UNIQUE (order_row, version)
) STRICT;

CREATE TABLE documents (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  issue_key TEXT NOT NULL UNIQUE,
  reference TEXT NOT NULL UNIQUE,
  order_row INTEGER NOT NULL REFERENCES orders (row),
  flow_id TEXT NOT NULL REFERENCES flows (id),
  billing_id TEXT NOT NULL REFERENCES connections (id),
  provider TEXT NOT NULL,
  company TEXT NOT NULL,
  series TEXT NOT NULL,
  role TEXT NOT NULL,
  generation INTEGER NOT NULL,
  state TEXT NOT NULL,
  verification TEXT NOT NULL,
  verification_detail TEXT,
  verify_due_ms INTEGER,
  verify_tries INTEGER NOT NULL DEFAULT 0,
  order_number TEXT NOT NULL,
  order_version INTEGER NOT NULL,
  mapping_version INTEGER NOT NULL,
  draft TEXT,
  problems TEXT NOT NULL,
  failure TEXT,
  client TEXT NOT NULL,
  tax_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  total_minor INTEGER NOT NULL,
  total_text TEXT NOT NULL,
  key_revision INTEGER NOT NULL,
  due_ms INTEGER,
  tries INTEGER NOT NULL,
  issue_date TEXT,
  number TEXT,
  provider_id TEXT,
  link TEXT,
  created_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  issued_ms INTEGER,
  absent_proofs INTEGER NOT NULL DEFAULT 0,
  parked_reason TEXT
) STRICT;
-- one document at the provider belongs to one of ours at most
CREATE UNIQUE INDEX documents_at_provider ON documents (provider, company, role, series, number) WHERE number IS NOT NULL;
CREATE INDEX documents_due ON documents (billing_id, company, series, due_ms, row) WHERE state = 'ready';
CREATE INDEX documents_by_state ON documents (state, row);
CREATE INDEX documents_by_order ON documents (order_row);
CREATE INDEX documents_unverified ON documents (verify_due_ms) WHERE state = 'issued' AND verification = 'pending';
CREATE INDEX documents_mismatched ON documents (row) WHERE verification = 'mismatched';
CREATE INDEX documents_issued_at ON documents (issued_ms) WHERE issued_ms IS NOT NULL;

CREATE TABLE decisions (
  row INTEGER PRIMARY KEY,
  order_row INTEGER NOT NULL REFERENCES orders (row),
  flow_id TEXT NOT NULL REFERENCES flows (id),
  order_version INTEGER NOT NULL,
  decision TEXT NOT NULL,
  reason TEXT NOT NULL,
  document_row INTEGER REFERENCES documents (row),
  decided_ms INTEGER NOT NULL,
  UNIQUE (order_row, flow_id)
) STRICT;

CREATE TABLE attempts (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  document_row INTEGER NOT NULL REFERENCES documents (row),
  trigger TEXT NOT NULL,
  reference TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  baseline TEXT NOT NULL,
  draft TEXT NOT NULL,
  issue_date TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  finished_ms INTEGER,
  outcome TEXT NOT NULL,
  failure TEXT,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX attempts_by_document ON attempts (document_row, row);

CREATE TABLE looks (
  row INTEGER PRIMARY KEY,
  document_row INTEGER NOT NULL REFERENCES documents (row),
  attempt_row INTEGER NOT NULL REFERENCES attempts (row),
  at_ms INTEGER NOT NULL,
  decisive INTEGER NOT NULL,
  evidence TEXT,
  failure TEXT
) STRICT;
CREATE INDEX looks_by_document ON looks (document_row, row);

CREATE TABLE events (
  row INTEGER PRIMARY KEY,
  order_row INTEGER NOT NULL REFERENCES orders (row),
  document_row INTEGER REFERENCES documents (row),
  at_ms INTEGER NOT NULL,
  what TEXT NOT NULL,
  facts TEXT NOT NULL,
  who TEXT NOT NULL,
  failure TEXT
) STRICT;
CREATE INDEX events_by_order ON events (order_row, row);

-- counters are kept, never counted
CREATE TABLE counters (
  row INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  value INTEGER NOT NULL
) STRICT;

CREATE TRIGGER documents_counted_in AFTER INSERT ON documents BEGIN
  INSERT INTO counters (name, value) VALUES ('document:' || new.state, 1)
    ON CONFLICT (name) DO UPDATE SET value = value + 1;
  INSERT INTO counters (name, value) VALUES ('flow:' || new.flow_id || ':' || new.state, 1)
    ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER documents_counted_on AFTER UPDATE OF state ON documents WHEN old.state <> new.state BEGIN
  UPDATE counters SET value = value - 1 WHERE name = 'document:' || old.state;
  UPDATE counters SET value = value - 1 WHERE name = 'flow:' || old.flow_id || ':' || old.state;
  INSERT INTO counters (name, value) VALUES ('document:' || new.state, 1)
    ON CONFLICT (name) DO UPDATE SET value = value + 1;
  INSERT INTO counters (name, value) VALUES ('flow:' || new.flow_id || ':' || new.state, 1)
    ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER documents_mismatch_counted AFTER UPDATE OF verification ON documents
WHEN (old.verification = 'mismatched') <> (new.verification = 'mismatched') BEGIN
  INSERT INTO counters (name, value) VALUES ('mismatched', iif(new.verification = 'mismatched', 1, -1))
    ON CONFLICT (name) DO UPDATE SET value = value + iif(new.verification = 'mismatched', 1, -1);
END;
CREATE TRIGGER orders_counted_in AFTER INSERT ON orders BEGIN
  INSERT INTO counters (name, value) VALUES ('orders', 1)
    ON CONFLICT (name) DO UPDATE SET value = value + 1;
  INSERT INTO counters (name, value) VALUES ('order:' || new.decision, 1)
    ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER orders_counted_on AFTER UPDATE OF decision ON orders WHEN old.decision <> new.decision BEGIN
  UPDATE counters SET value = value - 1 WHERE name = 'order:' || old.decision;
  INSERT INTO counters (name, value) VALUES ('order:' || new.decision, 1)
    ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;

CREATE VIRTUAL TABLE orders_search USING fts5 (
  number, customer, email, tax_id, total_text,
  content = 'orders', content_rowid = 'row', tokenize = "unicode61 remove_diacritics 2", prefix = '2 3 4'
);
CREATE TRIGGER orders_search_in AFTER INSERT ON orders BEGIN
  INSERT INTO orders_search (rowid, number, customer, email, tax_id, total_text)
    VALUES (new.row, new.number, new.customer, new.email, new.tax_id, new.total_text);
END;
CREATE TRIGGER orders_search_on AFTER UPDATE OF number, customer, email, tax_id, total_text ON orders BEGIN
  INSERT INTO orders_search (orders_search, rowid, number, customer, email, tax_id, total_text)
    VALUES ('delete', old.row, old.number, old.customer, old.email, old.tax_id, old.total_text);
  INSERT INTO orders_search (rowid, number, customer, email, tax_id, total_text)
    VALUES (new.row, new.number, new.customer, new.email, new.tax_id, new.total_text);
END;

CREATE VIRTUAL TABLE documents_search USING fts5 (
  order_number, series, number, client, tax_id, total_text, reference,
  content = 'documents', content_rowid = 'row', tokenize = "unicode61 remove_diacritics 2", prefix = '2 3 4'
);
CREATE TRIGGER documents_search_in AFTER INSERT ON documents BEGIN
  INSERT INTO documents_search (rowid, order_number, series, number, client, tax_id, total_text, reference)
    VALUES (new.row, new.order_number, new.series, new.number, new.client, new.tax_id, new.total_text, new.reference);
END;
CREATE TRIGGER documents_search_on
AFTER UPDATE OF order_number, series, number, client, tax_id, total_text ON documents BEGIN
  INSERT INTO documents_search
    (documents_search, rowid, order_number, series, number, client, tax_id, total_text, reference)
    VALUES ('delete', old.row, old.order_number, old.series, old.number, old.client, old.tax_id, old.total_text,
      old.reference);
  INSERT INTO documents_search (rowid, order_number, series, number, client, tax_id, total_text, reference)
    VALUES (new.row, new.order_number, new.series, new.number, new.client, new.tax_id, new.total_text, new.reference);
END;
