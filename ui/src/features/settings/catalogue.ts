import type { ScreenPath } from "../../shared/lib/navigation";
import defaults from "./defaults.json";

/** The screen's sections, in their order. */
export const SECTIONS = ["computer", "issuing", "alerts", "safety", "data", "setup", "support", "about", "sandbox", "elsewhere"] as const;

export type Section = (typeof SECTIONS)[number];

/** The cards of each section, with the words that stand above them. */
export const CARDS = {
  appearance: { section: "computer", title: "settings.appearance" },
  desktop: { section: "computer", title: "desktop.title" },
  network: { section: "computer", title: "network.title" },
  alone: { section: "issuing", title: "settings.alone" },
  listener: { section: "issuing", title: "listener.title" },
  alerts: { section: "alerts", title: "alerts.title" },
  vault: { section: "safety", title: "vault.title" },
  people: { section: "safety", title: "people.title" },
  backup: { section: "data", title: "backup.title" },
  personal: { section: "data", title: "personal.title" },
  schedule: { section: "data", title: "schedule.title" },
  check: { section: "data", title: "settings.check" },
  setup: { section: "setup", title: "setup.title" },
  support: { section: "support", title: "support.title" },
  about: { section: "about", title: "settings.about" },
  sandbox: { section: "sandbox", title: "sandbox.title" },
  connection: { section: "elsewhere", title: "setting.card.connection" },
  flow: { section: "elsewhere", title: "setting.card.flow" },
  mapping: { section: "elsewhere", title: "setting.card.mapping" },
  lists: { section: "elsewhere", title: "setting.card.lists" },
} as const satisfies Record<string, { section: Section; title: string }>;

export type CardName = keyof typeof CARDS;

interface Entry {
  id: string;
  card: CardName;
  /** Keys of its words. Without a `text` the setting's own under `setting.text` stands below it; with one its control says it. */
  title: string;
  text?: string;
  /** Something that is done or seen here, not set: it has no default, and needs no explanation of its own. */
  act?: true;
  /** The words of its default, where it has one; with a count for those that count. */
  usual?: string | readonly [key: string, count: number];
  /** Where the words of what can be chosen are. */
  values?: readonly string[];
  /** The screen that it is set on, where that is not this one. */
  leads?: ScreenPath;
}

/**
 * Every setting, once. Sections and search are drawn from it, and so is what is said of each. Its synonyms are under
 * `setting.also`, its default as a value in `defaults.json`; the comments name where a default comes from.
 */
export const CATALOGUE = [
  // crates/api/src/host/settings.rs: Settings, whose language and theme are none until chosen
  { id: "language", card: "appearance", title: "settings.language", usual: "settings.themes.system", values: ["settings.languages"] },
  { id: "theme", card: "appearance", title: "settings.theme", usual: "settings.themes.system", values: ["settings.themes"] },
  // crates/api/src/dto/desktop.rs: OnClose; the system is not told to start it
  { id: "on-close", card: "desktop", title: "desktop.onClose", usual: "desktop.close.ask", values: ["desktop.close"] },
  { id: "session-start", card: "desktop", title: "desktop.session", text: "desktop.sessionText", usual: "setting.off" },
  // crates/api/src/host/settings.rs: private_hosts
  { id: "network-hosts", card: "network", title: "network.host", text: "network.hostText", usual: "setting.none" },
  // crates/api/src/host/app.rs: a workspace that is made or opened is switched on
  { id: "workspaces-run", card: "alone", title: "settings.alone", text: "settings.aloneText", usual: "setting.on" },
  // crates/api/src/host/settings.rs: ListenerSettings
  { id: "listener-enabled", card: "listener", title: "listener.enabled", usual: "setting.off" },
  { id: "listener-port", card: "listener", title: "listener.port", text: "listener.portText", usual: "setting.usual.port" },
  { id: "listener-address", card: "listener", title: "listener.publicAddress", text: "listener.publicAddressText", usual: "setting.none" },
  { id: "alert-open", card: "alerts", title: "alerts.open.title", act: true },
  { id: "alert-channels", card: "alerts", title: "alerts.channel.title", text: "alerts.channel.text", usual: "alerts.channel.kind.desktop", values: ["alerts.channel.kind"] },
  // crates/engine/src/alerts/settings.rs: Rule::threshold, RuleSetting::usual, QuietHours, Digest; thresholds come with the answer, too
  { id: "alert-failure_group", card: "alerts", title: "alerts.rule.name.failure_group", text: "alerts.rule.about.failure_group" },
  { id: "alert-in_doubt", card: "alerts", title: "alerts.rule.name.in_doubt", text: "alerts.rule.about.in_doubt" },
  { id: "alert-connection_reconnect", card: "alerts", title: "alerts.rule.name.connection_reconnect", text: "alerts.rule.about.connection_reconnect" },
  { id: "alert-connection_down", card: "alerts", title: "alerts.rule.name.connection_down", text: "alerts.rule.about.connection_down" },
  { id: "alert-silent_shop", card: "alerts", title: "alerts.rule.name.silent_shop", text: "alerts.rule.about.silent_shop" },
  { id: "alert-einvoice_deadline", card: "alerts", title: "alerts.rule.name.einvoice_deadline", text: "alerts.rule.about.einvoice_deadline" },
  { id: "alert-series_gap", card: "alerts", title: "alerts.rule.name.series_gap", text: "alerts.rule.about.series_gap" },
  { id: "alert-plan_quota", card: "alerts", title: "alerts.rule.name.plan_quota", text: "alerts.rule.about.plan_quota" },
  { id: "alert-backup_overdue", card: "alerts", title: "alerts.rule.name.backup_overdue", text: "alerts.rule.about.backup_overdue" },
  { id: "alert-quiet", card: "alerts", title: "alerts.hours.quiet", text: "alerts.hours.quietText", usual: "setting.usual.quiet" },
  { id: "alert-digest", card: "alerts", title: "alerts.hours.digest", text: "alerts.hours.digestText", usual: "setting.usual.digest" },
  { id: "alert-sent", card: "alerts", title: "alerts.sent.title", act: true },
  // crates/api/src/host/settings.rs: none chosen is the keyring
  { id: "vault", card: "vault", title: "vault.title", text: "vault.text", usual: "vault.os_keyring" },
  { id: "people", card: "people", title: "people.title", usual: "setting.usual.people" },
  // crates/engine/src/people.rs: Guards
  { id: "lock-after", card: "people", title: "people.guards.lockAfter", text: "people.guards.lockAfterText", usual: ["people.guards.minutes", defaults["lock-after"]] },
  { id: "second-storno", card: "people", title: "people.guards.storno", text: "people.guards.stornoText", usual: "setting.off" },
  { id: "second-delete", card: "people", title: "people.guards.delete", text: "people.guards.deleteText", usual: "setting.off" },
  { id: "second-bulk", card: "people", title: "people.guards.bulk", text: "people.guards.bulkText", usual: "setting.off" },
  { id: "second-limits", card: "people", title: "people.guards.limits", text: "people.guards.limitsText", usual: "setting.off" },
  { id: "own-password", card: "people", title: "people.changeOwn", act: true },
  { id: "backup-now", card: "backup", title: "backup.now", act: true },
  // crates/engine/src/backup/place.rs: BackupSettings
  { id: "backup-folder", card: "backup", title: "backup.folder", text: "backup.folderText", usual: "setting.usual.folder" },
  { id: "backup-every", card: "backup", title: "backup.every", usual: `backup.hours.${defaults["backup-every"]}`, values: ["backup.hours"] },
  { id: "backup-keep", card: "backup", title: "backup.keep", text: "backup.keepText", usual: ["setting.usual.keep", defaults["backup-keep"]] },
  { id: "backup-encrypt", card: "backup", title: "backup.encrypt", text: "backup.encryptText", usual: "setting.off" },
  { id: "backup-files", card: "backup", title: "backup.list", act: true },
  // crates/store/src/ledger/0004_reconcile.sql: workspace.retention_months
  { id: "retention", card: "personal", title: "personal.retention", text: "personal.retentionText", usual: ["personal.months", defaults.retention] },
  { id: "client-data", card: "personal", title: "personal.client", text: "personal.clientText", act: true },
  { id: "schedule", card: "schedule", title: "schedule.title", text: "schedule.text", values: ["schedule.kind"], act: true },
  { id: "check", card: "check", title: "settings.check", text: "settings.checkText", act: true },
  { id: "setup-export", card: "setup", title: "setup.export.title", text: "setup.export.text", act: true },
  { id: "setup-import", card: "setup", title: "setup.import.title", text: "setup.import.text", act: true },
  // Support.tsx begins so; nothing of it is kept
  { id: "support-days", card: "support", title: "support.title", text: "support.text", usual: ["support.days", defaults["support-days"]] },
  { id: "about", card: "about", title: "settings.about", act: true },
  { id: "sandbox-orders", card: "sandbox", title: "sandbox.orders", act: true },
  { id: "sandbox-trouble", card: "sandbox", title: "sandbox.what", text: "sandbox.text", usual: "setting.none", values: ["fault"] },
  { id: "connection-credential", card: "connection", title: "setting.title.credential", leads: "/connections" },
  { id: "connection-company", card: "connection", title: "wizard.company", leads: "/connections" },
  // ui/src/features/connections/ConnectionForm.tsx: startOf
  { id: "connection-reserve", card: "connection", title: "wizard.reserve", text: "wizard.reserveText", usual: "setting.usual.reserve", leads: "/connections" },
  { id: "connection-legacy", card: "connection", title: "wizard.legacyRoutes", text: "wizard.legacyRoutesText", usual: "setting.off", leads: "/connections" },
  { id: "connection-warehouse", card: "connection", title: "wizard.warehouse", text: "wizard.warehouseText", usual: "wizard.noWarehouse", leads: "/connections" },
  { id: "connection-rates", card: "connection", title: "setting.title.rates", text: "wizard.rateNameText", usual: "wizard.rateBySystem", leads: "/connections" },
  { id: "connection-webhooks", card: "connection", title: "setting.title.webhooks", text: "hooks.text", usual: "setting.none", leads: "/connections" },
  // ui/src/features/connections/FlowForm.tsx: startOf; rulesSentence.ts: untouchedRules
  { id: "flow-enabled", card: "flow", title: "setting.title.flow", text: "flow.activeFromNow", usual: "setting.on", leads: "/connections" },
  { id: "flow-mapping", card: "flow", title: "flow.mapping", text: "flow.mappingText", leads: "/connections" },
  { id: "flow-series", card: "flow", title: "wizard.series", leads: "/connections" },
  { id: "flow-series-rules", card: "flow", title: "rules.seriesRules", text: "rules.seriesText", usual: "setting.none", leads: "/connections" },
  { id: "flow-ours", card: "flow", title: "flow.ours", text: "flow.oursText", usual: "setting.off", leads: "/connections" },
  { id: "flow-document", card: "flow", title: "rules.document", usual: "rules.documents.invoice", values: ["rules.documents"], leads: "/connections" },
  { id: "flow-statuses", card: "flow", title: "rules.only", text: "rules.statusesText", usual: "flow.always", values: ["rules.status"], leads: "/connections" },
  { id: "flow-condition", card: "flow", title: "flow.condition", text: "flow.conditionText", usual: "setting.none", leads: "/connections" },
  { id: "flow-delay", card: "flow", title: "rules.delay", usual: "setting.usual.delay", leads: "/connections" },
  { id: "flow-approve", card: "flow", title: "rules.approve", text: "rules.approveText", usual: "setting.none", leads: "/connections" },
  { id: "flow-date", card: "flow", title: "rules.issueDate", text: "rules.issueDateText", usual: "rules.date.issue_day", values: ["rules.date"], leads: "/connections" },
  { id: "flow-due", card: "flow", title: "rules.dueDays", usual: "setting.usual.mapped", leads: "/connections" },
  { id: "flow-language", card: "flow", title: "setting.title.language", usual: "setting.usual.mapped", leads: "/connections" },
  { id: "flow-collect", card: "flow", title: "rules.collect", text: "rules.collectText", usual: "setting.usual.mapped", values: ["rules.kind"], leads: "/connections" },
  { id: "flow-receipts", card: "flow", title: "rules.receiptSeries", text: "rules.receiptSeriesText", usual: "setting.none", leads: "/connections" },
  { id: "flow-email", card: "flow", title: "rules.email", text: "rules.emailText", usual: "setting.off", leads: "/connections" },
  { id: "flow-einvoice", card: "flow", title: "rules.einvoice", text: "rules.einvoiceText", usual: "setting.off", leads: "/connections" },
  { id: "flow-write-back", card: "flow", title: "flow.writeBack", text: "flow.writeBackText", usual: "setting.off", leads: "/connections" },
  { id: "flow-full-refund", card: "flow", title: "flow.fullRefund", text: "flow.fullRefundText", usual: "flow.refund.propose", values: ["flow.refund"], leads: "/connections" },
  { id: "flow-partial-refund", card: "flow", title: "flow.partialRefund", text: "flow.partialRefundText", usual: "flow.refund.propose", values: ["flow.refund"], leads: "/connections" },
  { id: "mapping-fields", card: "mapping", title: "setting.title.fields", leads: "/mappings" },
  { id: "list-columns", card: "lists", title: "setting.title.columns", leads: "/invoices" },
  { id: "list-views", card: "lists", title: "desk.palette.views", leads: "/invoices" },
] as const satisfies readonly Entry[];

export type SettingId = (typeof CATALOGUE)[number]["id"];

/** A setting of the catalogue, its words optional as they are for any. */
export type Setting = Entry & { id: SettingId };

export const SETTINGS: readonly Setting[] = CATALOGUE;

const byId = new Map(SETTINGS.map((one) => [one.id, one]));

export function isSetting(id: string): id is SettingId {
  return SETTINGS.some((one) => one.id === id);
}

export function settingOf(id: SettingId): Setting {
  const found = byId.get(id);
  if (!found) throw new Error(`no setting ${id}`);
  return found;
}

/** Where its explanation is. */
export const textOf = ({ id, text, act }: Setting) => text ?? (act ? undefined : `setting.text.${id}`);

export const sectionOf = ({ card }: Setting): Section => CARDS[card].section;
