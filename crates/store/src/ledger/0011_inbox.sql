-- The ledger: webhooks as they came, with their verdicts and what was made of them.

CREATE TABLE deliveries (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  connection_id TEXT NOT NULL REFERENCES connections (id),
  received_ms INTEGER NOT NULL,
  -- as the sender says
  sent_ms INTEGER,
  delivery_id TEXT,
  event_id TEXT,
  topic TEXT NOT NULL,
  verdict TEXT NOT NULL,
  -- what it was answered with
  status INTEGER NOT NULL,
  -- JSON: names to values, those that may hold a credential left out
  headers TEXT NOT NULL,
  body BLOB NOT NULL,
  -- of the body as it came, and its SHA-256: of a refused one only the beginning is kept
  size INTEGER NOT NULL,
  digest BLOB NOT NULL,
  -- the order to read again; NULL with a state of waiting: see payload
  subject TEXT,
  -- 1: the body itself is the order's version
  payload INTEGER NOT NULL,
  -- waiting, done, failed, none
  state TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  due_ms INTEGER NOT NULL,
  failure TEXT,
  order_row INTEGER REFERENCES orders (row)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (due_ms) WHERE state = 'waiting';
CREATE INDEX deliveries_by_state ON deliveries (state, row);
CREATE INDEX deliveries_by_connection ON deliveries (connection_id, row);
CREATE INDEX deliveries_known ON deliveries (connection_id, delivery_id) WHERE delivery_id IS NOT NULL;
CREATE INDEX deliveries_refused ON deliveries (connection_id, row) WHERE verdict NOT IN ('accepted', 'ping');
CREATE INDEX deliveries_by_order ON deliveries (order_row) WHERE order_row IS NOT NULL;
CREATE INDEX deliveries_received ON deliveries (received_ms);

CREATE TABLE delivery_replays (
  row INTEGER PRIMARY KEY,
  delivery_row INTEGER NOT NULL REFERENCES deliveries (row) ON DELETE CASCADE,
  who TEXT NOT NULL,
  reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX delivery_replays_of ON delivery_replays (delivery_row);

-- by what a connection's address is derived, and how long its earlier signing secret is still good
CREATE TABLE hooks (
  row INTEGER PRIMARY KEY,
  connection_id TEXT NOT NULL UNIQUE REFERENCES connections (id),
  revision INTEGER NOT NULL,
  old_secret_until_ms INTEGER
) STRICT;
