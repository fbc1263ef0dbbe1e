-- The ledger: when a connection's secret was last replaced. The secret itself is in the vault.
ALTER TABLE connections ADD COLUMN secret_changed_ms INTEGER;
