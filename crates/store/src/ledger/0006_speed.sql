-- The ledger, version 6: what is counted for a day or a month is found in an index alone, however many rows there are.

CREATE INDEX orders_by_shop ON orders (connection_id, created_ms);
DROP INDEX documents_issued_at;
CREATE INDEX documents_issued_at ON documents (issued_ms, billing_id, state, currency, total_minor)
  WHERE issued_ms IS NOT NULL;
