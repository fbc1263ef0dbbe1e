-- The ledger: files of orders, from their first piece to the last order taken in, and the rows that were not taken.

CREATE TABLE imports (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  connection_id TEXT NOT NULL REFERENCES connections (id),
  file_name TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  -- bytes that are in the file, synced
  received INTEGER NOT NULL DEFAULT 0,
  -- of the whole file, once it is received
  sha256 TEXT,
  who TEXT NOT NULL,
  -- receiving, received, running, done, cancelled, failed
  state TEXT NOT NULL DEFAULT 'receiving',
  -- the file is kept yet
  has_file INTEGER NOT NULL DEFAULT 1,
  -- JSON: which column is which field; NULL: as the file looks by itself
  columns TEXT,
  -- how far into the file, 0 to 1000
  progress INTEGER NOT NULL DEFAULT 0,
  -- orders and rejected rows that were gone past: where it goes on
  position INTEGER NOT NULL DEFAULT 0,
  new INTEGER NOT NULL DEFAULT 0,
  changed INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  -- of the new ones, from before every flow
  older INTEGER NOT NULL DEFAULT 0,
  failure TEXT,
  -- JSON: code and facts of what kept the file from being read
  reason TEXT,
  created_ms INTEGER NOT NULL,
  -- the last piece, start or end
  touched_ms INTEGER NOT NULL,
  ended_ms INTEGER
) STRICT;
CREATE INDEX imports_with_file ON imports (state) WHERE has_file = 1;

CREATE TABLE import_rejects (
  row INTEGER PRIMARY KEY,
  import_row INTEGER NOT NULL REFERENCES imports (row),
  line INTEGER NOT NULL,
  order_number TEXT,
  field TEXT NOT NULL,
  -- JSON: code and facts
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX import_rejects_of ON import_rejects (import_row, row);

-- an order's number without what people and exports add to it, to find the same sale that came by another way
ALTER TABLE orders ADD COLUMN number_bare TEXT NOT NULL GENERATED ALWAYS AS (
  lower(replace(ltrim(trim(number), '#'), ' ', ''))) VIRTUAL;
CREATE INDEX orders_number_bare ON orders (number_bare);
