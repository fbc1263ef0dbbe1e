-- The ledger: what is watched, whom it is told to, what came up, and what was sent.

-- JSON: rules, quiet hours, digest; what is not in it is as usual
ALTER TABLE workspace ADD COLUMN alerts TEXT NOT NULL DEFAULT '{}';

-- a password or a signing secret is in the vault, under the channel's id
CREATE TABLE alert_channels (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  -- desktop, mail, webhook
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  -- JSON: server, addresses, url
  settings TEXT NOT NULL,
  has_secret INTEGER NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;
INSERT INTO alert_channels (id, kind, name, enabled, settings, has_secret, created_ms)
  VALUES ('desktop', 'desktop', '', 1, '{}', 0, 0);

-- a cause that stands, or stood
CREATE TABLE alerts (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  rule TEXT NOT NULL,
  -- what makes it one: told once while it stands
  cause TEXT NOT NULL,
  -- JSON: what its words are made of
  facts TEXT NOT NULL,
  seen_ms INTEGER NOT NULL,
  -- NULL while it has not stood for long enough
  raised_ms INTEGER,
  -- first put into a notice
  notified_ms INTEGER,
  -- gone since then, and not yet for long enough
  clear_ms INTEGER,
  recovered_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX alerts_standing ON alerts (rule, cause) WHERE recovered_ms IS NULL;
CREATE INDEX alerts_recovered ON alerts (recovered_ms, rule, cause) WHERE recovered_ms IS NOT NULL;

-- words as they were made once: a repeat says the same under the same id
CREATE TABLE notices (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  -- raised, recovered, digest, test
  kind TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  -- JSON
  items TEXT NOT NULL
) STRICT;
CREATE INDEX notices_by_time ON notices (at_ms);

-- one a notice and channel, before anything is sent
CREATE TABLE notice_sends (
  row INTEGER PRIMARY KEY,
  notice_row INTEGER NOT NULL REFERENCES notices (row) ON DELETE CASCADE,
  -- as the channel was then: it may be gone
  channel_id TEXT NOT NULL,
  channel_kind TEXT NOT NULL,
  channel_name TEXT NOT NULL,
  -- waiting, sent, failed
  state TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  due_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  -- of the last try that did not work
  code TEXT NOT NULL DEFAULT '',
  said TEXT NOT NULL DEFAULT '',
  UNIQUE (notice_row, channel_id)
) STRICT;
CREATE INDEX notice_sends_due ON notice_sends (due_ms) WHERE state = 'waiting';
CREATE INDEX notice_sends_by_channel ON notice_sends (channel_id, row);

-- which channel an alert was told to, and in what send
CREATE TABLE alert_tellings (
  row INTEGER PRIMARY KEY,
  alert_row INTEGER NOT NULL REFERENCES alerts (row) ON DELETE CASCADE,
  send_row INTEGER NOT NULL REFERENCES notice_sends (row) ON DELETE CASCADE,
  channel_id TEXT NOT NULL,
  -- until its end is told there, too, or need not be
  open INTEGER NOT NULL,
  UNIQUE (alert_row, channel_id)
) STRICT;
CREATE INDEX alert_tellings_open ON alert_tellings (alert_row) WHERE open = 1;
CREATE INDEX alert_tellings_by_send ON alert_tellings (send_row);
