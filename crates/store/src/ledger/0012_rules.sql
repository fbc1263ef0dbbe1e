-- The ledger: trigger rules of a flow, what a person released by them, and what follows an invoice by itself.

-- JSON; NULL: every completed or paid order, at once, as mapped
ALTER TABLE flows ADD COLUMN rules TEXT;

-- the order's version, by the code of the failure that a person let pass for it: a JSON object
ALTER TABLE documents ADD COLUMN released TEXT NOT NULL DEFAULT '{}';
-- `due_ms` is the end of a delay that the flow's rules set
ALTER TABLE documents ADD COLUMN delayed INTEGER NOT NULL DEFAULT 0;
-- what is to be done by itself once it is issued: JSON, frozen with the draft; NULL where nothing is, or all was asked for
ALTER TABLE documents ADD COLUMN follow_ups TEXT;
ALTER TABLE documents ADD COLUMN follow_up_due_ms INTEGER;
CREATE INDEX documents_follow_up_due ON documents (follow_up_due_ms) WHERE follow_up_due_ms IS NOT NULL;
