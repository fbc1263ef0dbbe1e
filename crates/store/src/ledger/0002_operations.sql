-- The ledger, version 2: what is done to issued documents, stornos, and notes on the shop's order.

-- SmartBill's older routes; calls of every window that are left to other programs with the same token
ALTER TABLE connections ADD COLUMN legacy_routes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE connections ADD COLUMN reserve INTEGER NOT NULL DEFAULT 0 CHECK (reserve BETWEEN 0 AND 25);
-- chosen from the provider's lists: the warehouse that goods leave, and the name of a rate where one percentage has several
ALTER TABLE connections ADD COLUMN warehouse TEXT NOT NULL DEFAULT '';
ALTER TABLE connections ADD COLUMN vat_names TEXT NOT NULL DEFAULT '{}';

ALTER TABLE flows ADD COLUMN write_back INTEGER NOT NULL DEFAULT 0;

-- the document that this one reverses, where it is a storno
ALTER TABLE documents ADD COLUMN reverses_row INTEGER REFERENCES documents (row);
-- what the provider said last: paid so far, and the e-invoice's state with its words
ALTER TABLE documents ADD COLUMN paid_minor INTEGER;
ALTER TABLE documents ADD COLUMN einvoice TEXT;
ALTER TABLE documents ADD COLUMN einvoice_words TEXT;
ALTER TABLE documents ADD COLUMN einvoice_due_ms INTEGER;
-- when our notes on the shop's order are to be written (again)
ALTER TABLE documents ADD COLUMN note_due_ms INTEGER;
ALTER TABLE documents ADD COLUMN note_tries INTEGER NOT NULL DEFAULT 0;

-- Invoices and their corrections share a series' numbers; a deleted number may be given again.
DROP INDEX documents_at_provider;
CREATE UNIQUE INDEX documents_at_provider
  ON documents (provider, company, (role = 'proforma'), series, number)
  WHERE number IS NOT NULL AND state <> 'deleted';
CREATE INDEX documents_reversing ON documents (reverses_row) WHERE reverses_row IS NOT NULL;
CREATE INDEX documents_to_note ON documents (note_due_ms) WHERE note_due_ms IS NOT NULL;
CREATE INDEX documents_einvoice_due ON documents (einvoice_due_ms) WHERE einvoice_due_ms IS NOT NULL;

CREATE TABLE operations (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  document_row INTEGER NOT NULL REFERENCES documents (row),
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  -- what was asked for: the payment, the e-mail
  params TEXT NOT NULL,
  reason TEXT NOT NULL,
  who TEXT NOT NULL,
  -- what a settlement compares with (the paid amount before), written with the intent
  baseline TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  record TEXT NOT NULL,
  failure TEXT,
  -- what the last look said while in doubt
  evidence TEXT,
  tries INTEGER NOT NULL,
  due_ms INTEGER,
  created_ms INTEGER NOT NULL,
  started_ms INTEGER,
  finished_ms INTEGER
) STRICT;
CREATE INDEX operations_by_document ON operations (document_row, row);
-- one at a time on a document
CREATE UNIQUE INDEX operations_open ON operations (document_row) WHERE state IN ('waiting', 'sending', 'in_doubt');
CREATE INDEX operations_by_state ON operations (state, row);
