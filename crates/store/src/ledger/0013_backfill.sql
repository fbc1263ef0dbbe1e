-- The ledger: orders from before a flow that a person had it take up, after a plan.

CREATE TABLE backfills (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  flow_id TEXT NOT NULL REFERENCES flows (id),
  -- orders placed in [from, until)
  from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  who TEXT NOT NULL,
  -- reading, planned, running, done, cancelled, failed
  state TEXT NOT NULL,
  -- orders read at the shop so far
  read INTEGER NOT NULL DEFAULT 0,
  failure TEXT,
  created_ms INTEGER NOT NULL,
  confirmed_ms INTEGER,
  confirmed_by TEXT,
  ended_ms INTEGER
) STRICT;
CREATE INDEX backfills_open ON backfills (state) WHERE state IN ('reading', 'planned', 'running');

CREATE TABLE backfill_orders (
  row INTEGER PRIMARY KEY,
  backfill_row INTEGER NOT NULL REFERENCES backfills (row),
  order_row INTEGER NOT NULL REFERENCES orders (row),
  -- issue, hold, invoiced, left_out
  verdict TEXT NOT NULL,
  -- the failure's kind, or the rule's reason
  reason TEXT NOT NULL,
  total_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  -- given to the flow
  released INTEGER NOT NULL DEFAULT 0,
  UNIQUE (backfill_row, order_row)
) STRICT;
CREATE INDEX backfill_orders_released ON backfill_orders (order_row) WHERE released = 1;
CREATE INDEX backfill_orders_next ON backfill_orders (backfill_row, row) WHERE released = 0 AND verdict IN ('issue', 'hold');
