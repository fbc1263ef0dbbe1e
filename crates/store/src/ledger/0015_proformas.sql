-- The ledger: the proforma that an invoice follows from, and what was issued counted without proformas, which are no
-- fiscal documents.

-- named to the provider: stamped at the claim, kept on repeats
ALTER TABLE documents ADD COLUMN proforma_row INTEGER REFERENCES documents (row);
CREATE INDEX documents_by_proforma ON documents (proforma_row) WHERE proforma_row IS NOT NULL;

DROP INDEX documents_issued_at;
CREATE INDEX documents_issued_at ON documents (issued_ms, billing_id, state, currency, total_minor)
  WHERE issued_ms IS NOT NULL AND role <> 'proforma';

-- issued proformas of a flow, to tell its invoices apart
CREATE TRIGGER proformas_counted_in AFTER INSERT ON documents WHEN new.role = 'proforma' AND new.state = 'issued' BEGIN
  INSERT INTO counters (name, value) VALUES ('flow:' || new.flow_id || ':proformas', 1)
    ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER proformas_counted_on AFTER UPDATE OF state ON documents
WHEN new.role = 'proforma' AND (old.state = 'issued') <> (new.state = 'issued') BEGIN
  INSERT INTO counters (name, value) VALUES ('flow:' || new.flow_id || ':proformas', iif(new.state = 'issued', 1, -1))
    ON CONFLICT (name) DO UPDATE SET value = value + iif(new.state = 'issued', 1, -1);
END;
