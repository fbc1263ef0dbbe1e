-- The ledger, version 19: orders whose buyer was erased, and what retention would take away, found without reading it.

-- when what told the buyer was taken out of the order, and the newest version that it was taken out of: a later one is whole
ALTER TABLE orders ADD COLUMN erased_ms INTEGER;
ALTER TABLE orders ADD COLUMN erased_version INTEGER;

CREATE INDEX attempts_kept ON attempts (finished_ms, document_row) WHERE record <> '{}';
CREATE INDEX operations_kept ON operations (finished_ms, state) WHERE record <> '{}';
CREATE INDEX looks_by_time ON looks (at_ms, document_row);
CREATE INDEX findings_closed ON reconcile_findings (closed_ms) WHERE state = 'resolved';
CREATE INDEX findings_by_run ON reconcile_findings (run_row);
CREATE INDEX runs_ended ON reconcile_runs (finished_ms);
CREATE INDEX audit_with_personal ON audit (at_ms) WHERE personal_hash IS NOT NULL;
