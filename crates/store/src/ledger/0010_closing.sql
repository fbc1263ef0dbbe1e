-- The ledger: months that were closed, by whom and with what, and what is still to reach e-Factura.

CREATE TABLE closings (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  billing_id TEXT NOT NULL REFERENCES connections (id),
  company TEXT NOT NULL,
  -- YYYY-MM
  month TEXT NOT NULL,
  who TEXT NOT NULL,
  note TEXT NOT NULL,
  -- what was not as it should be, and was accepted: a JSON list of codes
  accepted TEXT NOT NULL,
  closed_ms INTEGER NOT NULL,
  reopened_ms INTEGER,
  reopened_by TEXT NOT NULL DEFAULT '',
  reopened_reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX closings_in_force ON closings (billing_id, company, month) WHERE reopened_ms IS NULL;

-- the month's documents as they stood when it was closed
CREATE TABLE closing_documents (
  row INTEGER PRIMARY KEY,
  closing_row INTEGER NOT NULL REFERENCES closings (row),
  document_row INTEGER NOT NULL REFERENCES documents (row),
  state TEXT NOT NULL,
  total_minor INTEGER NOT NULL,
  UNIQUE (closing_row, document_row)
) STRICT;

-- issued, and not known to be in e-Factura
CREATE INDEX documents_einvoice_open ON documents (provider, issue_date, row)
  WHERE number IS NOT NULL AND role <> 'proforma' AND state IN ('issued', 'reversed') AND ifnull(einvoice, '') <> 'accepted';
-- what did not go, by its day
CREATE INDEX documents_failed_at ON documents (state, created_ms) WHERE state IN ('held', 'in_doubt');
