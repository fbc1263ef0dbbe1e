import type { AlertRuleInfo, AlertsInfo, AppInfo, BackupInfo, DesktopInfo, JobInfo, SandboxInfo, VaultInfo } from "../api/generated/api";
import { alerts } from "./alerts";
import { quiet } from "./inbox";
import { people } from "./people";

const open = { id: "ws_1", name: "Atelier", isSandbox: true, folder: "/home/ana/atelier", enabled: true };
const app: AppInfo = {
  version: "0.1.0",
  language: "en",
  theme: "system",
  workspaces: [open],
  open,
  problem: null,
  vault: "os_keyring",
  vaultState: "ready",
  vaultReason: null,
  operator: "ana",
  role: "admin",
  attachedTo: null,
  startLanguage: null,
  quarantine: null,
};
const desktop: DesktopInfo = { isWindow: true, hasTray: true, onClose: "ask", startsWithSession: false, isAsked: false };
const vault: VaultInfo = {
  kind: "os_keyring",
  state: "ready",
  reason: null,
  file: "/home/ana/punte/credentials.vault",
  hasFile: false,
  waitUntilMs: null,
  shortestPassphrase: 12,
};
const job: JobInfo = {
  id: "backup",
  kind: "backup",
  about: "",
  everyMs: 86_400_000,
  lastMs: null,
  nextMs: null,
  running: false,
  outcome: "",
  counts: {},
  failure: null,
};
const backup: BackupInfo = {
  workspace: "ws_1",
  folder: "/home/ana/punte/backups/ws_1",
  defaultFolder: "/home/ana/punte/backups/ws_1",
  everyHours: 24,
  keep: 14,
  encrypt: false,
  passphraseMs: null,
  shortestPassphrase: 12,
  copied: 0,
  pages: 0,
  running: false,
  job,
  files: [],
};
const sandbox: SandboxInfo = { faults: [{ provider: "oblio", kind: "status_500", times: 1 }], smartbillDocuments: 21, oblioDocuments: 9, orders: 40 };

const rule = (name: string, unit: string, usual: number): AlertRuleInfo => ({
  rule: name,
  on: true,
  threshold: usual,
  channels: null,
  passesQuiet: name === "connection_reconnect",
  inDigest: false,
  unit,
  usual,
  least: 0,
  most: 1_000_000,
});
const known = new Set(alerts.rules.map((one) => one.rule));
const rules = [
  ...alerts.rules,
  rule("connection_reconnect", "", 0),
  rule("connection_down", "minutes", 15),
  rule("silent_shop", "minutes", 120),
  rule("einvoice_deadline", "working_days", 1),
  rule("plan_quota", "documents", 0),
  rule("backup_overdue", "hours", 12),
].filter((one, at) => at < alerts.rules.length || !known.has(one.rule));
const everyAlert: AlertsInfo = { ...alerts, rules };

/** What the screen of settings is answered with where nobody changed anything: a window, in a sandbox. */
export const settingsAnswers = {
  "app.get": app,
  "desktop.get": desktop,
  "vault.get": vault,
  "alerts.get": everyAlert,
  "alerts.list": { rows: [], next: null },
  "backup.get": backup,
  "schedule.list": { jobs: [job], retentionMonths: 24 },
  "listener.get": { ...quiet, port: 0 },
  "network.get": { privateHosts: [] },
  "people.list": people,
  "sandbox.get": sandbox,
};
