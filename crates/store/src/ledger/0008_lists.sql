-- The ledger, version 8: lists of a million rows, sorted and filtered by any column, and what each operator keeps of them.

-- What a list sorts by, where the column itself would sort wrongly: numbers as numbers, names without regard to diacritics,
-- nothing where there is nothing. None of them takes room in the table.
ALTER TABLE documents ADD COLUMN order_key TEXT NOT NULL GENERATED ALWAYS AS (
  iif(order_number <> '' AND order_number NOT GLOB '*[^0-9]*' AND length(order_number) <= 20,
    substr('00000000000000000000' || order_number, -20), lower(order_number))) VIRTUAL;
ALTER TABLE documents ADD COLUMN number_key TEXT NOT NULL GENERATED ALWAYS AS (
  iif(number IS NULL, '', series || ' ' || iif(length(number) <= 20, substr('00000000000000000000' || number, -20), number)))
  VIRTUAL;
ALTER TABLE documents ADD COLUMN number_bare TEXT NOT NULL GENERATED ALWAYS AS (ltrim(coalesce(number, ''), '0')) VIRTUAL;
ALTER TABLE documents ADD COLUMN client_key TEXT NOT NULL GENERATED ALWAYS AS (
  lower(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    client, 'ă', 'a'), 'Ă', 'a'), 'â', 'a'), 'Â', 'a'), 'î', 'i'), 'Î', 'i'), 'ș', 's'), 'Ș', 's'), 'ş', 's'), 'Ş', 's'),
    'ț', 't'), 'Ț', 't'), 'ţ', 't'), 'Ţ', 't'))) VIRTUAL;
ALTER TABLE documents ADD COLUMN kind_key TEXT NOT NULL GENERATED ALWAYS AS (
  iif(reverses_row IS NOT NULL, 'storno', iif(corrects_row IS NOT NULL, 'correction', role))) VIRTUAL;
ALTER TABLE documents ADD COLUMN issued_key INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(issued_ms, 0)) VIRTUAL;
ALTER TABLE documents ADD COLUMN einvoice_key TEXT NOT NULL GENERATED ALWAYS AS (coalesce(einvoice, '')) VIRTUAL;
ALTER TABLE documents ADD COLUMN paid_key INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(paid_minor, -1)) VIRTUAL;
ALTER TABLE documents ADD COLUMN failure_key TEXT NOT NULL GENERATED ALWAYS AS (
  coalesce(json_extract(failure, '$.kind'), '')) VIRTUAL;
ALTER TABLE orders ADD COLUMN number_key TEXT NOT NULL GENERATED ALWAYS AS (
  iif(number <> '' AND number NOT GLOB '*[^0-9]*' AND length(number) <= 20,
    substr('00000000000000000000' || number, -20), lower(number))) VIRTUAL;
ALTER TABLE orders ADD COLUMN customer_key TEXT NOT NULL GENERATED ALWAYS AS (
  lower(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    customer, 'ă', 'a'), 'Ă', 'a'), 'â', 'a'), 'Â', 'a'), 'î', 'i'), 'Î', 'i'), 'ș', 's'), 'Ș', 's'), 'ş', 's'),
    'Ş', 's'), 'ț', 't'), 'Ț', 't'), 'ţ', 't'), 'Ţ', 't'))) VIRTUAL;
ALTER TABLE orders ADD COLUMN email_key TEXT NOT NULL GENERATED ALWAYS AS (lower(email)) VIRTUAL;

-- newest first, with what totals are made of: read without the rows themselves
CREATE INDEX documents_list_rows ON documents (row, currency, total_minor);
CREATE INDEX orders_list_rows ON orders (row, currency, total_minor);
-- the commonest filter, likewise
DROP INDEX documents_by_state;
CREATE INDEX documents_by_state ON documents (state, row, currency, total_minor);
DROP INDEX orders_by_decision;
CREATE INDEX orders_by_decision ON orders (decision, row, currency, total_minor);

CREATE INDEX documents_list_order ON documents (order_key, row);
CREATE INDEX documents_list_number ON documents (number_key, row);
CREATE INDEX documents_list_bare ON documents (number_bare, row) WHERE number IS NOT NULL;
CREATE INDEX documents_list_client ON documents (client_key, row);
CREATE INDEX documents_list_tax_id ON documents (tax_id, row);
CREATE INDEX documents_list_total ON documents (total_minor, row);
CREATE INDEX documents_list_currency ON documents (currency, row);
CREATE INDEX documents_list_provider ON documents (provider, row);
CREATE INDEX documents_list_connection ON documents (billing_id, row);
CREATE INDEX documents_list_kind ON documents (kind_key, row);
CREATE INDEX documents_list_issued ON documents (issued_key, row);
CREATE INDEX documents_list_created ON documents (created_ms, row);
CREATE INDEX documents_list_einvoice ON documents (einvoice_key, row);
CREATE INDEX documents_list_paid ON documents (paid_key, row);
CREATE INDEX documents_list_mapping ON documents (mapping_version, row);
CREATE INDEX documents_list_failure ON documents (failure_key, row) WHERE failure IS NOT NULL;

CREATE INDEX orders_list_number ON orders (number_key, row);
CREATE INDEX orders_list_customer ON orders (customer_key, row);
CREATE INDEX orders_list_tax_id ON orders (tax_id, row);
CREATE INDEX orders_list_email ON orders (email_key, row);
CREATE INDEX orders_list_total ON orders (total_minor, row);
CREATE INDEX orders_list_currency ON orders (currency, row);
CREATE INDEX orders_list_status ON orders (status, row);
CREATE INDEX orders_list_reason ON orders (reason, row);
CREATE INDEX orders_list_connection ON orders (connection_id, row);
CREATE INDEX orders_list_created ON orders (created_ms, row);
CREATE INDEX orders_list_modified ON orders (modified_ms, row);

-- a filter that somebody gave a name
CREATE TABLE saved_views (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  operator TEXT NOT NULL,
  list TEXT NOT NULL,
  name TEXT NOT NULL,
  -- JSON of the view as the screen gave it
  content TEXT NOT NULL,
  saved_ms INTEGER NOT NULL,
  UNIQUE (operator, list, name)
) STRICT;

-- columns and sort of each operator's lists
CREATE TABLE list_layouts (
  row INTEGER PRIMARY KEY,
  operator TEXT NOT NULL,
  list TEXT NOT NULL,
  content TEXT NOT NULL,
  UNIQUE (operator, list)
) STRICT;
