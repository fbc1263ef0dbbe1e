-- The ledger, version 3: what became of orders after their invoices were issued, and corrections by negative lines.

-- what a flow does about refunds: propose a document, write it down by itself, or neither
ALTER TABLE flows ADD COLUMN full_refund TEXT NOT NULL DEFAULT 'propose'
  CHECK (full_refund IN ('off', 'propose', 'automatic'));
ALTER TABLE flows ADD COLUMN partial_refund TEXT NOT NULL DEFAULT 'propose'
  CHECK (partial_refund IN ('off', 'propose', 'automatic'));

-- the invoice that this document takes back a part of
ALTER TABLE documents ADD COLUMN corrects_row INTEGER REFERENCES documents (row);
-- when the order is to be compared with what was invoiced; waits until the document is issued
ALTER TABLE documents ADD COLUMN change_due_ms INTEGER;
-- kept by trigger
ALTER TABLE documents ADD COLUMN open_changes INTEGER NOT NULL DEFAULT 0;
CREATE INDEX documents_correcting ON documents (corrects_row) WHERE corrects_row IS NOT NULL;
CREATE INDEX documents_change_due ON documents (change_due_ms) WHERE change_due_ms IS NOT NULL;
CREATE INDEX documents_changed ON documents (row) WHERE open_changes > 0;

CREATE TABLE changes (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  document_row INTEGER NOT NULL REFERENCES documents (row),
  kind TEXT NOT NULL,
  -- the refund's id; empty for the other kinds
  subject TEXT NOT NULL,
  state TEXT NOT NULL,
  -- the flow's choice when it was seen
  mode TEXT NOT NULL,
  order_version INTEGER NOT NULL,
  -- fields with both values
  facts TEXT NOT NULL,
  proposal TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  -- the refund's lines as the shop lists them; null until they were read
  lines TEXT,
  -- why Punte does not do it by itself
  blocked TEXT,
  due_ms INTEGER,
  tries INTEGER NOT NULL DEFAULT 0,
  -- the document that was written down for it
  made_row INTEGER REFERENCES documents (row),
  who TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  created_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  UNIQUE (document_row, kind, subject)
) STRICT;
CREATE INDEX changes_due ON changes (due_ms) WHERE due_ms IS NOT NULL;

CREATE TRIGGER changes_counted_in AFTER INSERT ON changes WHEN new.state = 'open' BEGIN
  UPDATE documents SET open_changes = open_changes + 1 WHERE row = new.document_row;
END;
CREATE TRIGGER changes_counted_on AFTER UPDATE OF state ON changes
WHEN (old.state = 'open') <> (new.state = 'open') BEGIN
  UPDATE documents SET open_changes = open_changes + iif(new.state = 'open', 1, -1) WHERE row = new.document_row;
END;
CREATE TRIGGER documents_changed_counted AFTER UPDATE OF open_changes ON documents
WHEN (old.open_changes > 0) <> (new.open_changes > 0) BEGIN
  INSERT INTO counters (name, value) VALUES ('changed', iif(new.open_changes > 0, 1, -1))
    ON CONFLICT (name) DO UPDATE SET value = value + iif(new.open_changes > 0, 1, -1);
END;

-- what changed before this version is looked at too
UPDATE documents SET change_due_ms = created_ms
  WHERE role = 'invoice' AND state IN ('sending', 'in_doubt', 'issued', 'cancelled')
    AND order_version < (SELECT version FROM orders WHERE orders.row = order_row);
