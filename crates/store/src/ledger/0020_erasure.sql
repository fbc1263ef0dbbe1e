-- The ledger, version 20: what an erasure looks up while everything else waits for it.

CREATE INDEX orders_erased ON orders (erased_version) WHERE erased_version IS NOT NULL;
CREATE INDEX orders_came_again ON orders (wanted) WHERE erased_version <> version;
CREATE INDEX bulk_items_by_document ON bulk_items (document_row);
CREATE INDEX findings_by_order ON reconcile_findings (order_row) WHERE order_row IS NOT NULL;

-- retention reads every state's findings by their end, and the audit log by its time, which has an index of its own
DROP INDEX findings_closed;
CREATE INDEX findings_closed ON reconcile_findings (state, closed_ms);
DROP INDEX audit_with_personal;
