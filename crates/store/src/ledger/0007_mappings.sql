-- The ledger, version 7: why a mapping was published, changes of one that are not published yet, and one record's own edits.

ALTER TABLE mapping_versions ADD COLUMN reason TEXT NOT NULL DEFAULT '';

-- what somebody is at: one for a mapping, gone once it is published
CREATE TABLE mapping_drafts (
  row INTEGER PRIMARY KEY,
  mapping_id TEXT NOT NULL UNIQUE REFERENCES mappings (id),
  document TEXT NOT NULL,
  base_version INTEGER NOT NULL,
  author TEXT NOT NULL,
  saved_ms INTEGER NOT NULL
) STRICT;

-- of the mapping whose version made the draft
ALTER TABLE documents ADD COLUMN mapping_id TEXT NOT NULL DEFAULT '';
UPDATE documents SET mapping_id = (SELECT mapping_id FROM flows WHERE flows.id = flow_id);
-- fields set by hand, with who and why; null: the draft is what the mapping makes
ALTER TABLE documents ADD COLUMN edits TEXT;
ALTER TABLE documents ADD COLUMN edit_revision INTEGER NOT NULL DEFAULT 0;
CREATE INDEX documents_by_mapping ON documents (mapping_id, mapping_version) WHERE draft IS NOT NULL AND role = 'invoice';
