// Made from the command list in crates/api by `make bindings`; do not edit.

export type Amount = { minor: number, currency: string, };

export type Nothing = Record<symbol, never>;

export type ById = { id: string, };

export type FailureInfo = { 
/**
 * Code of the failure kind (`vat_rate_unknown`).
 */
kind: string, 
/**
 * `prepare`, `not_sent`, `unknown`, `refused`, `mismatch`.
 */
phase: string, 
/**
 * `retry_by_itself`, `fix_then_retry`, `ask_provider`, `needs_person`, `stop_connection`.
 */
next: string, 
/**
 * Who spoke: `smartbill`, `oblio`, `woocommerce`; empty where nobody was asked.
 */
source: string, operation: string, object: string, 
/**
 * The other side's own words, to be quoted and labelled.
 */
providerWords: string | null, 
/**
 * Which of its known answers this is (`smartbill.vat_of_product`): its own explanation stands under it.
 */
code?: string, 
/**
 * Facts: the field, the value, the rate.
 */
detail: string | null, retryAtMs: number | null, };

export type WorkspaceInfo = { id: string, name: string, 
/**
 * Wired to the simulators; nothing here is fiscal.
 */
isSandbox: boolean, folder: string, 
/**
 * Runs whenever Punte does, on screen or not; changed from the next start on.
 */
enabled: boolean, };

export type OpenProblem = { workspace: WorkspaceInfo, 
/**
 * `owned_by_other`, `ledger_newer`, `ledger_damaged`, `ledger_read_only`, `folder_missing`, `other`.
 */
code: string, 
/**
 * Facts: the owner's process, the version found, the path.
 */
detail: string, };

export type AppInfo = { version: string, 
/**
 * `ro` or `en`; null follows what was named at the start, else the system.
 */
language: string | null, 
/**
 * `ro` or `en`, where whoever started the program named one: of everybody who chose none.
 */
startLanguage: string | null, 
/**
 * `light`, `dark` or `system`.
 */
theme: string, workspaces: Array<WorkspaceInfo>, open: WorkspaceInfo | null, problem: OpenProblem | null, 
/**
 * `os_keyring`, `file` or `session_memory`; null while nothing is chosen.
 */
vault: string | null, 
/**
 * `ready`, `locked`, `waiting`, `not_chosen` or `refused`.
 */
vaultState: string, 
/**
 * Why it is not the keyring or not open, in the system's words.
 */
vaultReason: string | null, operator: string, role: string, 
/**
 * The process that owns the workspaces, where this window only asks it.
 */
attachedTo: number | null, 
/**
 * Nothing is sent from the open workspace until this is over.
 */
quarantine: QuarantineInfo | null, };

export type QuarantineInfo = { 
/**
 * `behind`, `other_machine` or `not_remembered`.
 */
reason: string, sinceMs: number, 
/**
 * Reading begins then: what the last owner sent may still take effect.
 */
readsFromMs: number | null, series: Array<SeriesReadInfo>, };

export type SeriesReadInfo = { 
/**
 * The connection's name.
 */
connection: string, series: string, 
/**
 * `reading`, `whole`, `incomplete` (read again later) or `too_long` (a person's matter).
 */
state: string, read: number, 
/**
 * References of Punte's among them.
 */
found: number, 
/**
 * Numbers that could not be read.
 */
unreadable: Array<string>, failure: FailureInfo | null, };

export type LiftRequest = { reason: string, };

export type EnabledInput = { id: string, enabled: boolean, };

export type CheckReport = { findings: Array<CheckFinding>, };

export type CheckFinding = { 
/**
 * `file`, `foreign_keys`, `counters`, `sending`, `numbers` or `search`.
 */
check: string, 
/**
 * `good`, `wrong` or `skipped` (only with the workspace closed: `punte-cli check`).
 */
verdict: string, 
/**
 * Facts, in SQLite's words or as ids.
 */
detail: string, };

export type Preferences = { language: string | null, theme: string | null, };

export type NewWorkspace = { name: string, };

export type NeedsYou = { 
/**
 * `quarantine`, `failures`, `doubts`, `mismatched`, `changed`, `findings`, `connection`, `credential`, `vault`.
 */
what: string, count: number, 
/**
 * Connection id, or failure kind.
 */
subject: string, };

export type PeriodSum = { count: number, 
/**
 * One entry a currency.
 */
totals: Array<Amount>, };

export type Counts = { held: number, ready: number, sending: number, issued: number, inDoubt: number, mismatched: number, 
/**
 * Issued, and the order changed since in a way that waits for a decision.
 */
changed: number, 
/**
 * What reconcile passes found beside what is mismatched: one too many, gaps and repeats of a series.
 */
findings: number, cancelled: number, reversed: number, dismissed: number, orders: number, ordersNotInvoiced: number, ordersWaiting: number, };

export type FailureCount = { kind: string, count: number, };

export type Overview = { counts: Counts, issuedToday: PeriodSum, issuedThisMonth: PeriodSum, openFailures: Array<FailureCount>, needsYou: Array<NeedsYou>, connections: Array<ConnectionInfo>, 
/**
 * The engine cannot write: nothing is sent until this is over.
 */
ledgerTrouble: FailureInfo | null, };

export type SandboxFault = { 
/**
 * `smartbill`, `oblio`, `woocommerce`.
 */
provider: string, 
/**
 * `timeout_after`, `timeout_before`, `refuse_vat`, `refuse_series`, `status_429`, `status_500`, `wrong_credential`.
 */
kind: string, 
/**
 * How often; null until cleared.
 */
times: number | null, };

export type SandboxInfo = { faults: Array<SandboxFault>, smartbillDocuments: number, oblioDocuments: number, orders: number, };

export type SandboxOrders = { count: number, };

export type ConnectionInfo = { id: string, 
/**
 * `woocommerce`, `smartbill`, `oblio`, `file`.
 */
kind: string, name: string, address: string, 
/**
 * Login e-mail or consumer key (public half of the credential).
 */
account: string, company: string | null, series: string | null, isSandbox: boolean, 
/**
 * SmartBill's older routes, for an account where the newer ones do not answer.
 */
legacyRoutes: boolean, 
/**
 * Calls of every window that are left to other programs with the same credential.
 */
reserve: number, 
/**
 * The provider's warehouse that goods leave; empty: its stock is not touched.
 */
warehouse: string, 
/**
 * Percentage (`0`, `21`) to the rate's name at the provider, where it has several of that percentage.
 */
vatNames: Record<string, string>, 
/**
 * `healthy`, `degraded`, `needs_reconnect`, `limited`, `credential_missing`, `unknown`; while the vault cannot be asked
 * `waiting_keyring`, `waiting_passphrase` or `waiting_choice`.
 */
health: string, failure: FailureInfo | null, limitedUntilMs: number | null, lastContactMs: number | null, 
/**
 * When the secret was last replaced; null for one of before that was noted.
 */
secretChangedMs: number | null, 
/**
 * The last good answer with this secret.
 */
secretWorkedMs: number | null, 
/**
 * Orders of it are known: where it is, or whose account it is, cannot be changed any more.
 */
hasOrders: boolean, 
/**
 * Of a shop: names of the other workspaces that run here and invoice its orders too. Nobody keeps those from a second invoice.
 */
invoicedIn: Array<string>, 
/**
 * Orders taken in (shops) or documents issued (billing) today.
 */
today: number, };

export type FlowInfo = { id: string, name: string, shopId: string, billingId: string, company: string, series: string, 
/**
 * A condition on the order; empty takes every completed or paid order.
 */
condition: string, mappingId: string, enabled: boolean, 
/**
 * Orders that became due before this are left alone.
 */
activeFromMs: number, 
/**
 * Nobody but Punte writes in this series: an empty look-up may be followed by a repeat without a person.
 */
seriesIsOurs: boolean, 
/**
 * Series, number, link and reference are written back to the shop's order.
 */
writeBack: boolean, 
/**
 * After a refund of the whole order, or of a part, since its invoice: `off`, `propose`, `automatic`.
 */
fullRefund: string, partialRefund: string, rules: RulesInfo, 
/**
 * Without proformas.
 */
issued: number, 
/**
 * Proformas that stand.
 */
proformas: number, held: number, inDoubt: number, waiting: number, };

export type Connections = { shops: Array<ConnectionInfo>, billing: Array<ConnectionInfo>, flows: Array<FlowInfo>, };

export type ConnectionInput = { 
/**
 * Null for a new connection; an existing one keeps its secret when `secret` is empty.
 */
id: string | null, kind: string, name: string, 
/**
 * Site root or provider's address; empty takes the provider's public one.
 */
address: string, account: string, secret: string, company: string | null, series: string | null, legacyRoutes: boolean, 
/**
 * At most 25.
 */
reserve: number, warehouse: string, vatNames: Record<string, string>, };

export type SecretInput = { id: string, secret: string, };

export type VaultInfo = { 
/**
 * `os_keyring`, `file` or `session_memory`; null while nothing is chosen.
 */
kind: string | null, 
/**
 * `ready`, `locked` (the file needs its passphrase), `waiting` (the keyring is locked or silent), `not_chosen` (there is
 * none) or `refused` (there is one, and it keeps nothing).
 */
state: string, 
/**
 * Why it is not the keyring or not open, in the system's words.
 */
reason: string | null, 
/**
 * Where the encrypted file is, or would be.
 */
file: string, hasFile: boolean, 
/**
 * After too many wrong passphrases: none is looked at before.
 */
waitUntilMs: number | null, 
/**
 * Characters that a new passphrase has at least.
 */
shortestPassphrase: number, };

export type VaultChoice = { 
/**
 * `os_keyring`, `file` or `session_memory`.
 */
kind: string, 
/**
 * For a file: a new one's passphrase, or that of the one that is there.
 */
passphrase: string | null, 
/**
 * The secrets of a file that is there are given up: it is put aside.
 */
replace: boolean, };

export type PassphraseInput = { passphrase: string, };

export type PassphraseChange = { old: string, new: string, };

export type TestStep = { step: string, failure: FailureInfo | null, found: string, };

export type CompanyChoice = { cif: string, name: string, };

export type SeriesChoice = { name: string, documentType: string, nextNumber: string | null, };

export type VatChoice = { name: string, percent: string, };

export type TestResult = { ok: boolean, steps: Array<TestStep>, 
/**
 * Null where the provider does not list companies: the person types the CIF.
 */
companies: Array<CompanyChoice> | null, series: Array<SeriesChoice>, vatRates: Array<VatChoice>, };

export type RuleChoice = { include: Array<string>, exclude: Array<string>, };

export type RuleWhen = { 
/**
 * `open`, `paid`, `completed`, or the shop's own words; empty: completed or paid, inside a series rule any.
 */
statuses: Array<string>, 
/**
 * `any`, `yes`, `no`.
 */
paid: string, 
/**
 * As the shop codes them (`cod`, `stripe`).
 */
paymentMethods: RuleChoice, 
/**
 * ISO 3166 codes of two letters.
 */
countries: RuleChoice, 
/**
 * Decimal text in the order's currency, both included.
 */
minTotal: string | null, maxTotal: string | null, };

export type RuleSeries = { when: RuleWhen, series: string, };

export type RuleProforma = { 
/**
 * The provider's series of proformas.
 */
series: string, 
/**
 * `open` or the shop's own words; empty: `open`.
 */
statuses: Array<string>, 
/**
 * As the shop codes them (`bacs`); empty: however it is to be paid.
 */
paymentMethods: Array<string>, };

export type RuleCollect = { 
/**
 * As the shop codes it; empty: every method that no rule before it names.
 */
method: string, 
/**
 * `now`, `later`, `never`.
 */
when: string, 
/**
 * `card`, `bank_transfer`, `cash_on_delivery`, `cash`, `other`.
 */
as: string, };

export type RulesInfo = { when: RuleWhen, 
/**
 * `invoice`, `proforma_then_invoice`.
 */
document: string, proforma: RuleProforma, 
/**
 * From completion or payment to the issue; at most 43,200.
 */
delayMinutes: number, 
/**
 * Orders above it, in their own currency, are held until a person releases them.
 */
approveAbove: string | null, 
/**
 * The first that fits names the series.
 */
seriesRules: Array<RuleSeries>, 
/**
 * `issue_day`, `completion_day`.
 */
issueDate: string, 
/**
 * Days after the issue date; null: as mapped.
 */
dueDays: number | null, collect: Array<RuleCollect>, 
/**
 * The provider's series of receipts, for what is collected in cash.
 */
receiptSeries: string, 
/**
 * `RO`, `EN`…; empty: as mapped.
 */
language: string, 
/**
 * The provider mails the invoice to the client, once.
 */
emailClient: boolean, 
/**
 * The invoice is handed to e-Factura, once.
 */
sendEinvoice: boolean, };

export type RulesPreviewRequest = { shopId: string, rules: RulesInfo, condition: string, };

export type RulesNotTaken = { 
/**
 * A decision's reason.
 */
reason: string, count: number, 
/**
 * Numbers of the newest few.
 */
orders: Array<string>, };

export type RulesPreview = { 
/**
 * The shop's newest orders, at most 200.
 */
looked: number, 
/**
 * To be invoiced.
 */
matching: number, 
/**
 * Not paid yet: they would get a proforma.
 */
proformas: number, 
/**
 * Of the matching, the ones that would be held for a release.
 */
toApprove: number, notTaken: Array<RulesNotTaken>, };

export type ListenerInfo = { enabled: boolean, 
/**
 * Asked for; 0 takes a free one at each start.
 */
port: number, 
/**
 * `http://127.0.0.1:8766`, while it listens.
 */
address: string | null, 
/**
 * Where the world reaches it, as a person typed it (`https://punte.atelier.ro`); empty: nowhere but here.
 */
publicAddress: string, 
/**
 * Why it does not listen although it should.
 */
error: string | null, 
/**
 * Deliveries since it listens: answered in order, refused, and sent away for want of room.
 */
accepted: number, refused: number, overloaded: number, };

export type ListenerInput = { enabled: boolean, port: number, publicAddress: string, };

export type HookInfo = { connectionId: string, kind: string, 
/**
 * `/hooks/…`: behind the listener's own or its public address. Whoever knows it can knock.
 */
path: string, 
/**
 * The whole address to paste at the shop.
 */
url: string | null, 
/**
 * A signing secret is kept.
 */
hasSecret: boolean, 
/**
 * The one before it is still accepted, until this instant.
 */
oldSecretUntilMs: number | null, 
/**
 * Topics to subscribe to at the shop.
 */
topics: Array<string>, lastAcceptedMs: number | null, lastRefusedMs: number | null, };

export type ShopHookInfo = { id: string, name: string, topic: string, 
/**
 * `active`, `paused`, `disabled`, or another word of the shop's.
 */
status: string, deliveryUrl: string, 
/**
 * It delivers to this connection's address.
 */
isOurs: boolean, };

export type ShopHooks = { 
/**
 * Null where the shop does not tell.
 */
hooks: Array<ShopHookInfo> | null, };

export type ShopHookRef = { connection: string, hook: string, };

export type InboxRequest = { connection: string | null, 
/**
 * A state or a verdict; `refused` stands for every verdict that is not `accepted` or `ping`.
 */
show: string | null, 
/**
 * A delivery id, event id, topic or order number, whole.
 */
text: string, 
/**
 * Of the answer before: what comes after it.
 */
before: number | null, };

export type DeliveryRow = { id: string, connectionId: string, connectionName: string, kind: string, receivedMs: number, topic: string, 
/**
 * The shop's id of the delivery; the same over its retries.
 */
deliveryId: string | null, 
/**
 * `accepted`, `ping`, `no_secret`, `no_signature`, `bad_signature`, `stale`, `unreadable`, `replayed`, `too_large`,
 * `wrong_type`.
 */
verdict: string, 
/**
 * What it was answered with.
 */
status: number, 
/**
 * `waiting`, `done`, `failed`, `none` (nothing follows from it).
 */
state: string, tries: number, orderId: string | null, orderNumber: string | null, failure: FailureInfo | null, 
/**
 * Of the body, in bytes.
 */
size: number, };

export type InboxPage = { rows: Array<DeliveryRow>, 
/**
 * Ask with it for what comes after; null at the end.
 */
before: number | null, counts: InboxCounts, };

export type InboxCounts = { waiting: number, done: number, failed: number, refused: number, };

export type DeliveryRequest = { id: string, 
/**
 * Names, addresses, e-mails, phones and personal codes as they came; otherwise masked.
 */
personal: boolean, };

export type DeliveryInfo = { row: DeliveryRow, eventId: string | null, 
/**
 * When the shop says that it sent it.
 */
sentMs: number | null, headers: Record<string, string>, 
/**
 * The body as text, indented where it is JSON. Of a refused one only its beginning is kept.
 */
body: string, isMasked: boolean, isCut: boolean, 
/**
 * Who had it processed again, newest first.
 */
replays: Array<ReplayInfo>, };

export type ReplayInfo = { who: string, atMs: number, reason: string, };

export type BackfillRequest = { flow: string, 
/**
 * First and last day on which the orders were placed, in Romania: `2026-01-31`.
 */
from: string, until: string, };

export type BackfillGroupInfo = { 
/**
 * `issue`, `hold`, `invoiced`, `left_out`.
 */
verdict: string, 
/**
 * Of held ones the failure's kind; of those left out the decision's reason; otherwise empty.
 */
reason: string, count: number, total: Amount, 
/**
 * Given to the flow so far.
 */
released: number, 
/**
 * Numbers of the first orders.
 */
samples: Array<string>, };

export type BackfillInfo = { id: string, flowId: string, 
/**
 * First and last day.
 */
from: string, until: string, who: string, confirmedBy: string | null, 
/**
 * `reading`, `planned`, `running`, `done`, `cancelled`, `failed`.
 */
state: string, 
/**
 * Orders read at the shop so far.
 */
read: number, failure: FailureInfo | null, createdMs: number, endedMs: number | null, groups: Array<BackfillGroupInfo>, };

export type Backfills = { backfills: Array<BackfillInfo>, };

export type BackupRequest = { 
/**
 * A workspace that is not open; null is the one on screen.
 */
workspace: string | null, };

export type BackupInfo = { workspace: string, 
/**
 * Where they lie now.
 */
folder: string, 
/**
 * Where they lie unless another folder is set.
 */
defaultFolder: string, 
/**
 * 0: only on demand.
 */
everyHours: number, 
/**
 * The newest ones that stay.
 */
keep: number, 
/**
 * Sealed under the passphrase that the credential store holds.
 */
encrypt: boolean, 
/**
 * When that passphrase was set.
 */
passphraseMs: number | null, shortestPassphrase: number, 
/**
 * Pages copied and pages there are, while one is being made.
 */
copied: number, pages: number, running: boolean, 
/**
 * When it ran last and runs next; null where the workspace is not open.
 */
job: JobInfo | null, files: Array<BackupFile>, };

export type BackupFile = { file: string, bytes: number, madeMs: number, sealed: boolean, 
/**
 * When it was last opened and found whole; null where it was not looked at, or was not whole.
 */
verifiedMs: number | null, 
/**
 * Requests that were recorded before it was made; null where it was not made here.
 */
sequence: number | null, epoch: number | null, 
/**
 * `sequence:hash` of the audit log's newest row in it.
 */
auditHead: string | null, tookMs: number | null, };

export type BackupSettingsInput = { 
/**
 * Null or empty: the app's own place.
 */
folder: string | null, 
/**
 * 0, 1, 6, 12, 24 or 168.
 */
everyHours: number, 
/**
 * 1 to 365.
 */
keep: number, encrypt: boolean, 
/**
 * A new one; null keeps the one before.
 */
passphrase: string | null, };

export type BackupRun = { 
/**
 * Seals this one under a passphrase of its own, whatever is set.
 */
passphrase: string | null, };

export type BackupRef = { file: string, 
/**
 * Where it is sealed under another passphrase than the one that is kept.
 */
passphrase: string | null, };

export type BackupVerified = { file: string, workspace: string, name: string, epoch: number, sequence: number, auditHead: string | null, bytes: number, pages: number, };

export type RestoreRequest = { workspace: string, file: string, passphrase: string | null, };

export type ImportBegin = { fileName: string, 
/**
 * Size of the whole file.
 */
bytes: number, 
/**
 * The connection whose orders these are; none: the connection for files, made where there is none yet.
 */
connectionId: string | null, 
/**
 * Instead of it, the name of the shop whose table this is: the connection for files of that name, made where there is none.
 */
connectionName?: string | null, };

export type ImportPiece = { id: string, 
/**
 * What was received before.
 */
offset: number, base64: string, };

export type ImportId = { id: string, };

export type ImportColumns = { 
/**
 * Field to the column's heading: `{"number": "Order Number", "line.name": "Item Name"}`. Fields are those of
 * `ImportPreview::fields`.
 */
columns: { [key in string]: string }, 
/**
 * ISO 4217.
 */
currency: string, 
/**
 * ISO 3166-1 alpha-2, of the customer.
 */
country: string, 
/**
 * Whether unit prices and shipping are with VAT.
 */
pricesIncludeVat: boolean, 
/**
 * The VAT rate in percent where no column has one; none: the mapping decides.
 */
vatRate: string | null, 
/**
 * Status of orders where no column has one: `paid` or `completed`.
 */
status: string, 
/**
 * The date format of cells that are text: `auto`, `day_first`, `month_first`. Times without an offset are Romania's.
 */
dates: string, 
/**
 * How numbers are written: `auto`, `point`, `comma`.
 */
numbers: string, };

export type ImportChoice = { id: string, 
/**
 * None: as the file looks by its headings, or a file without columns.
 */
columns: ImportColumns | null, };

export type ImportField = { 
/**
 * `number`, `customer.city`, `line.unit_price`
 */
field: string, 
/**
 * An order without it is not taken.
 */
required: boolean, };

export type ImportSample = { 
/**
 * The line on which it starts, from 1.
 */
line: number, number: string, customer: string, status: string, createdMs: number, total: Amount, lines: number, };

export type ImportReason = { 
/**
 * `not_a_number`, `rows_apart`, …
 */
code: string, facts: { [key in string]: string }, };

export type ImportRejected = { 
/**
 * Key to page on.
 */
row: number, line: number, order: string | null, 
/**
 * The order's field or the column's heading.
 */
field: string, reason: ImportReason, };

export type ImportPreview = { 
/**
 * `json`, `csv`, `xlsx`; blank where the file cannot be read at all.
 */
format: string, 
/**
 * Why the file cannot be read, or not by these columns.
 */
reason: ImportReason | null, 
/**
 * Whose export its headings are: `shopify`, `woocommerce`, `own` (docs/imports.md's), or none known.
 */
layout: string | null, 
/**
 * `utf-8`, `windows-1250`, …; blank where it does not matter.
 */
encoding: string, delimiter: string, 
/**
 * Of a file with columns; empty for JSON.
 */
headings: Array<string>, 
/**
 * The first five rows, a cell for each heading.
 */
rows: Array<Array<string>>, fields: Array<ImportField>, 
/**
 * As asked, or as the headings suggest.
 */
columns: ImportColumns | null, 
/**
 * The first 20 orders.
 */
orders: Array<ImportSample>, 
/**
 * The first 50 that would not be taken.
 */
rejected: Array<ImportRejected>, 
/**
 * Orders looked at, with the rejected.
 */
looked: number, 
/**
 * The file was read to its end for this.
 */
isWhole: boolean, 
/**
 * Of the orders looked at, those that seem to be there as well, come by another way: number, currency and day are the same. A
 * flow would hold them for a person.
 */
doubled: number, 
/**
 * Required fields that no column and no default gives: it cannot be started.
 */
missing: Array<string>, };

export type ImportInfo = { id: string, fileName: string, connectionId: string, connection: string, who: string, 
/**
 * `receiving`, `received`, `running`, `done`, `cancelled`, `failed`.
 */
state: string, bytes: number, received: number, 
/**
 * How far into the file the reading is, 0 to 1000.
 */
progress: number, 
/**
 * Orders read well so far: new, changed, unchanged.
 */
read: number, new: number, changed: number, unchanged: number, 
/**
 * Orders and rows not taken.
 */
rejected: number, 
/**
 * Of the new ones, those from before every flow of the connection: only a backfill takes them up.
 */
older: number, 
/**
 * Why it failed, or what it waits for while it runs.
 */
failure: FailureInfo | null, 
/**
 * What kept the file from being read, where it failed for that.
 */
reason: ImportReason | null, 
/**
 * The file is kept yet: one that failed can be started again, with other columns.
 */
hasFile: boolean, 
/**
 * As it was started with.
 */
columns: ImportColumns | null, createdMs: number, endedMs: number | null, };

export type Imports = { imports: Array<ImportInfo>, };

export type ImportRejectedRequest = { id: string, 
/**
 * The last row of the page before; 0 for the first.
 */
after: number, };

export type ImportRejectedPage = { rows: Array<ImportRejected>, hasMore: boolean, };

export type FlowInput = { id: string | null, name: string, shopId: string, billingId: string, company: string, series: string, condition: string, 
/**
 * Null keeps what the flow has; with a new shop it is one that reads orders of the shop's kind, made from the preset where there
 * is none.
 */
mappingId: string | null, seriesIsOurs: boolean, writeBack: boolean, 
/**
 * `off`, `propose`, `automatic`; null keeps what the flow has, and a new one proposes.
 */
fullRefund: string | null, partialRefund: string | null, 
/**
 * Null keeps what the flow has; a new one takes every completed or paid order.
 */
rules: RulesInfo | null, enabled: boolean, };

export type ListRequest = { 
/**
 * Free text: order number, invoice number, client, CUI, amount. Diacritics do not matter.
 */
search: string, 
/**
 * A document state or decision; empty for all. `mismatched` and `changed` are accepted for documents.
 */
filter: string, after: number | null, 
/**
 * At most 500.
 */
limit: number, };

export type OrderRow = { id: string, number: string, customer: string, taxId: string, email: string, total: Amount, 
/**
 * Status in words that every shop shares (`completed`) and the shop's own.
 */
status: string, statusText: string, createdMs: number, modifiedMs: number, 
/**
 * `document`, `waiting`, `not_invoiced`.
 */
decision: string, 
/**
 * Why: `not_completed`, `before_flow`, `no_flow`, `condition`, `invoiced_elsewhere`, `total_zero`, `refunded`, …
 */
reason: string, documentId: string | null, documentState: string | null, 
/**
 * `invoice`, `proforma`.
 */
documentRole: string | null, 
/**
 * `FCT 0007`
 */
documentNumber: string | null, };

export type OrderPage = { rows: Array<OrderRow>, next: number | null, 
/**
 * Rows that match; null where counting would mean reading them all.
 */
total: number | null, };

export type DocumentRow = { id: string, orderId: string, orderNumber: string, 
/**
 * `invoice`, `proforma`, `storno`, `correction`.
 */
role: string, state: string, verification: string, 
/**
 * `FCT`
 */
series: string, 
/**
 * As printed by the provider (`0007`).
 */
number: string | null, link: string | null, client: string, taxId: string, total: Amount, 
/**
 * `smartbill`, `oblio`.
 */
provider: string, reference: string, createdMs: number, issuedMs: number | null, failure: FailureInfo | null, 
/**
 * Next automatic try.
 */
dueMs: number | null, 
/**
 * JSON of what differs at the provider (`{"field","ours","provider"}`), where mismatched.
 */
mismatch: string | null, 
/**
 * Changes of the order since, that wait for a decision.
 */
changes: number, 
/**
 * The billing connection that it goes over.
 */
connectionId: string, 
/**
 * Version of the mapping that made its draft.
 */
mappingVersion: number, 
/**
 * As the provider said last.
 */
paid: Amount | null, einvoice: EInvoiceInfo | null, };

export type DocumentPage = { rows: Array<DocumentRow>, next: number | null, total: number | null, };

export type FailureGroup = { 
/**
 * The cause's fingerprint.
 */
key: string, 
/**
 * `open`; `snoozed` until an instant or the next record; `retrying`: none is held any more, some are on their way;
 * `resolved`: all went through or were given up, the last of them today.
 */
state: string, 
/**
 * The newest record's failure: its kind and code are shared by the group.
 */
failure: FailureInfo, 
/**
 * Held now.
 */
count: number, 
/**
 * Of these, left for later one by one.
 */
snoozed: number, 
/**
 * Retried and not through yet.
 */
underWay: number, 
/**
 * Went through since the cause came up.
 */
wentThrough: number, 
/**
 * Value held, one sum a currency.
 */
totals: Array<Amount>, sinceMs: number, lastMs: number, 
/**
 * Who looks after it; empty for nobody.
 */
owner: string, snoozedUntilMs: number | null, 
/**
 * The newest held one; further ones by `failures.records`.
 */
documents: Array<DocumentRow>, 
/**
 * Why a retry is safe: `nothing_sent`, `refused`, `proven_absent`; null where a retry is not offered.
 */
safeBecause: string | null, };

export type Failures = { groups: Array<FailureGroup>, 
/**
 * Names to choose an owner from; any other is taken, too.
 */
people: Array<string>, };

export type RetryRequest = { 
/**
 * Document ids, at most 1000.
 */
ids: Array<string>, 
/**
 * Kept with what waits for a person's release, which goes only with one.
 */
reason: string, };

export type Skipped = { id: string, 
/**
 * `not_held`, `in_doubt`, `still_failing`, `not_found`, `needs_reason`.
 */
reason: string, failure: FailureInfo | null, };

export type RetryResult = { queued: Array<string>, skipped: Array<Skipped>, };

export type WithReason = { id: string, reason: string, };

export type ChangedFieldInfo = { 
/**
 * `status`, `total`, `currency`, `refunded`, `client.name`, `client.tax_id`, `client.address`, …
 */
field: string, 
/**
 * Amounts are decimal text in the invoice's currency; statuses are words that every shop shares.
 */
before: string, after: string, };

export type ChangeInfo = { id: string, 
/**
 * The invoice.
 */
documentId: string, 
/**
 * `cancelled`, `refunded_fully`, `refunded_partly`, `total`, `billing`.
 */
kind: string, 
/**
 * The shop's id of the refund; empty for the other kinds.
 */
refund: string, 
/**
 * `open`, `resolved`, `ignored`, `closed`, `noted`.
 */
state: string, 
/**
 * `storno`, `partial_storno`, `nothing`.
 */
proposal: string, 
/**
 * What the proposal takes back, positive.
 */
amount: Amount, facts: Array<ChangedFieldInfo>, 
/**
 * What accepting an open change would issue.
 */
preview: DraftInfo | null, 
/**
 * Why it cannot be accepted now: `more_than_left`, `operation_open`, `has_storno`, …
 */
blocked: string | null, 
/**
 * VAT rates in percent of which a person must choose one, where the refund does not tell.
 */
rates: Array<string>, 
/**
 * A part of the ledger was lost at this time, and the order is as it is since before: it may have been answered there. Of an
 * open change.
 */
lostMs: number | null, 
/**
 * The flow lets Punte accept it by itself.
 */
automatic: boolean, 
/**
 * The document that was written down for it.
 */
madeId: string | null, who: string, reason: string, createdMs: number, changedMs: number, };

export type AcceptChange = { id: string, reason: string, 
/**
 * One of the change's `rates`, where there are any.
 */
vatRate: string | null, };

export type OfferInfo = { 
/**
 * `pdf`, `send_email`, `record_payment`, `delete_payment`, `send_einvoice`, `storno`, `cancel`, `restore`, `delete`,
 * `invoice_again`.
 */
act: string, 
/**
 * Null: it can be asked for. Else `not_offered`, `not_issued`, `cancelled`, `reversed`, `deleted`, `not_cancelled`,
 * `still_issued`, `has_successor`, `operation_open`, `has_storno`, `is_storno`, `in_einvoice`, `einvoice_sent`, `paid`, `not_paid`,
 * `credential_missing`, `proforma` (not of one), `is_invoiced` (a proforma).
 */
blocked: string | null, needsReason: boolean, };

export type PaymentInput = { 
/**
 * `card`, `bank_transfer`, `cash_on_delivery`, `cash` (under a receipt in the flow's series), `other`.
 */
kind: string, 
/**
 * Decimal text with a point: `59.00`.
 */
value: string, 
/**
 * `YYYY-MM-DD`
 */
date: string, documentNumber: string, };

export type EmailInput = { 
/**
 * One address or several, parted by commas.
 */
to: string, cc: string, 
/**
 * Empty: the account's own text at the provider.
 */
subject: string, body: string, };

export type OperateRequest = { id: string, 
/**
 * An act of [`OfferInfo`] except `pdf`, `storno` and `invoice_again`.
 */
kind: string, reason: string, payment: PaymentInput | null, email: EmailInput | null, };

export type OperationInfo = { id: string, kind: string, 
/**
 * `waiting`, `sending`, `done`, `refused`, `in_doubt`, `closed`.
 */
state: string, reason: string, who: string, 
/**
 * What was asked for, in one line: an amount, an address.
 */
about: string, documentId: string, 
/**
 * `FCT 0007`
 */
documentNumber: string, orderId: string, orderNumber: string, provider: string, createdMs: number, startedMs: number | null, finishedMs: number | null, failure: FailureInfo | null, 
/**
 * While in doubt: when Punte looks (again); null where nobody can tell, and a person decides.
 */
lookAtMs: number | null, 
/**
 * What the last look said: `present`, `cancelled`, `absent`, `cannot_tell`, `paid`, an e-invoice's state; empty before it.
 */
seen: string, method: string, url: string, requestBody: string, status: number | null, answerBody: string, };

export type FileContent = { name: string, 
/**
 * `application/pdf`, `application/zip`.
 */
mediaType: string, base64: string, };

export type EInvoiceInfo = { 
/**
 * `not_sent`, `processing`, `accepted`, `rejected`, `not_configured`.
 */
state: string, 
/**
 * The provider's own words.
 */
words: string, };

export type ListsRequest = { 
/**
 * A billing connection.
 */
id: string, 
/**
 * Ask the provider now instead of taking what it said last.
 */
refresh: boolean, };

export type AbilityInfo = { 
/**
 * `proforma`, `storno`, `einvoice`, `email`, …
 */
name: string, can: boolean, };

export type ConnectionListsInfo = { 
/**
 * Null where the provider lists no companies.
 */
companies: Array<CompanyChoice> | null, series: Array<SeriesChoice>, vatRates: Array<VatChoice>, warehouses: Array<string>, languages: Array<string>, units: Array<string>, abilities: Array<AbilityInfo>, readMs: number, };

export type CandidateInfo = { series: string, number: string, total: string | null, client: string | null, cancelled: boolean | null, 
/**
 * `ours`, `another`, `none`, `unreadable`.
 */
reference: string, link: string | null, 
/**
 * Another record of ours already holds it.
 */
taken: boolean, };

export type LookInfo = { atMs: number, 
/**
 * The quiet time was over, so this look could decide.
 */
decisive: boolean, complete: boolean, baselineNumber: string | null, nextNumber: string | null, candidates: Array<CandidateInfo>, 
/**
 * The look itself failed.
 */
failure: FailureInfo | null, };

export type Doubt = { document: DocumentRow, sentMs: number, failure: FailureInfo, 
/**
 * When the quiet time ends and Punte looks again (an estimate of the owner's monotonic count).
 */
quietUntilMs: number | null, 
/**
 * Punte cannot settle it by itself any more: a person decides.
 */
parked: boolean, 
/**
 * `two_found`, `unreadable`, `series_shared`, `repeat_unproven`; empty while Punte is still looking.
 */
parkedReason: string, looks: Array<LookInfo>, 
/**
 * Whether "never issued" may be declared now, and if not why: empty, `quiet_time`, `not_looked`, `found`, `unreadable`.
 */
absentBlocked: string, };

export type Doubts = { doubts: Array<Doubt>, 
/**
 * Issued, but the provider holds another total.
 */
mismatched: Array<DocumentRow>, 
/**
 * Operations on issued documents whose outcome is not known.
 */
operations: Array<OperationInfo>, };

export type LinkRequest = { id: string, series: string, number: string, reason: string, };

export type RecordRequest = { orderId: string | null, documentId: string | null, };

export type OrderVersion = { 
/**
 * From 1.
 */
version: number, receivedMs: number, };

export type OrderVersionRequest = { orderId: string, version: number, };

export type OrderAsReceived = { version: number, 
/**
 * JSON, pretty-printed.
 */
json: string, };

export type DraftLineInfo = { kind: string, name: string, code: string, description: string, unit: string, quantity: string, unitPrice: string, vatRate: string, gross: Amount, };

export type VatShareInfo = { rate: string, net: Amount, vat: Amount, };

export type DraftInfo = { clientName: string, isCompany: boolean, taxId: string, vatPayer: boolean, regCom: string, address: string, city: string, county: string, country: string, email: string, phone: string, lines: Array<DraftLineInfo>, vat: Array<VatShareInfo>, total: Amount, orderTotal: Amount, paymentKind: string | null, payment: Amount | null, mentions: string, };

export type AttemptInfo = { id: string, 
/**
 * `automatic`, `retry`, `repeat`.
 */
trigger: string, startedMs: number, finishedMs: number | null, 
/**
 * `sending`, `issued`, `refused`, `not_sent`, `unknown`.
 */
outcome: string, failure: FailureInfo | null, method: string, url: string, requestBody: string, status: number | null, answerBody: string, };

export type TimelineEntry = { atMs: number, 
/**
 * Code of what happened: `order_received`, `order_changed`, `decided`, `held`, `queued`, `claimed`, `issued`, …
 */
what: string, 
/**
 * Facts for the sentence: number, series, reason, version…
 */
facts: Record<string, string>, 
/**
 * Who: an operator's name, or empty for Punte itself.
 */
who: string, failure: FailureInfo | null, };

export type MadeBy = { mappingId: string, name: string, version: number, };

export type RecordInfo = { order: OrderRow, 
/**
 * The versions that the order was received in, newest first, at most 200.
 */
versions: Array<OrderVersion>, 
/**
 * Which of them the document was made of.
 */
madeOfVersion: number | null, flowId: string | null, document: DocumentRow | null, 
/**
 * Every document of the order, oldest first: its proforma, the invoice, its storno or corrections.
 */
documents: Array<DocumentRow>, 
/**
 * The proforma that the document was made from: `ATP 0001`.
 */
followsFrom: string | null, 
/**
 * Due, and kept until it is known whether its order's proforma was issued.
 */
waitsForProforma: boolean, 
/**
 * What became of the order after the document was issued, newest first.
 */
changes: Array<ChangeInfo>, 
/**
 * What may be done to the document, and what not and why; empty before it is issued.
 */
offers: Array<OfferInfo>, 
/**
 * Newest first.
 */
operations: Array<OperationInfo>, draft: DraftInfo | null, 
/**
 * Which version of which mapping made the draft.
 */
madeBy: MadeBy | null, 
/**
 * What keeps the draft from being sent: target field, kind, facts.
 */
problems: Array<ProblemInfo>, attempts: Array<AttemptInfo>, timeline: Array<TimelineEntry>, safeBecause: string | null, doubt: Doubt | null, };

export type ProblemInfo = { field: string, kind: string, detail: string, };

export type RuleEntry = { 
/**
 * The field's name inside its section: `name`, `unit_price`.
 */
target: string, 
/**
 * Empty: only the default.
 */
expression: string, 
/**
 * A constant, taken when the expression gives nothing and `whenEmpty` is `default`.
 */
default: string | null, 
/**
 * `leave_out`, `default`, `hold`.
 */
whenEmpty: string, note: string, };

export type BlockEntry = { 
/**
 * Unique in the mapping: `line_items`.
 */
name: string, 
/**
 * `product`, `shipping`, `fee`, `discount`.
 */
kind: string, 
/**
 * Gives the list; in the fields' expressions `item` is its entry.
 */
items: string, 
/**
 * Skips entries for which it is false; empty takes all.
 */
when: string, fields: Array<RuleEntry>, };

export type TableRow = { key: string, value: string, };

export type TableEntry = { name: string, rows: Array<TableRow>, };

export type RoundingEntry = { 
/**
 * The largest difference that it may take up, in the order's currency: `0.05`.
 */
cap: string, 
/**
 * Printed name.
 */
name: string, };

export type MappingDocument = { name: string, 
/**
 * The difference to the order's total that is let through as it is: `0`.
 */
tolerance: string, rounding: RoundingEntry | null, client: Array<RuleEntry>, document: Array<RuleEntry>, lines: Array<BlockEntry>, payment: Array<RuleEntry>, tables: Array<TableEntry>, };

export type TargetInfo = { 
/**
 * `client`, `document`, `line`, `payment`.
 */
section: string, name: string, 
/**
 * `text`, `amount`, `flag`.
 */
kind: string, 
/**
 * Without a rule for it the mapping is refused.
 */
required: boolean, };

export type FunctionInfo = { name: string, signature: string, example: string, 
/**
 * What the example gives.
 */
result: string, };

export type MappingSummary = { id: string, name: string, version: number, 
/**
 * Names of the flows that use it.
 */
flows: Array<string>, hasDraft: boolean, 
/**
 * Whose orders it reads as it is published: `woocommerce`, `shopify`, `stripe`, `generic` (an application's, or a file's);
 * empty where that cannot be told.
 */
orders: string, };

export type ShopMapping = { 
/**
 * Whose orders the shop has, in the words of a mapping's `orders`.
 */
orders: string, 
/**
 * The id of the mapping that fits; null: the preset is made with the flow.
 */
mapping: string | null, 
/**
 * The id of the preset of these orders, where no mapping reads them yet; null where one does.
 */
preset: string | null, };

export type Mappings = { mappings: Array<MappingSummary>, 
/**
 * What a flow from each shop gets for which none is named, by the shop's connection's id.
 */
shops: Record<string, ShopMapping>, 
/**
 * Ids of the presets that a new mapping can start from; their words are in the catalogues.
 */
presets: Array<string>, targets: Array<TargetInfo>, functions: Array<FunctionInfo>, };

export type MappingCreate = { name: string, preset: string | null, copyOf: string | null, document: MappingDocument | null, };

export type KeptDraft = { document: MappingDocument, 
/**
 * The version that it was begun from.
 */
baseVersion: number, savedMs: number, author: string, };

export type MappingInfo = { id: string, name: string, 
/**
 * The published version; 0 where none is yet.
 */
version: number, published: MappingDocument, draft: KeptDraft | null, 
/**
 * The flows that use it, whose provider the result can be shown for.
 */
flows: Array<MappingFlow>, };

export type MappingFlow = { id: string, name: string, 
/**
 * `smartbill`, `oblio`.
 */
provider: string, };

export type SampleRequest = { mappingId: string, which: string, value: string | null, 
/**
 * Id of the order that is shown now.
 */
from: string | null, document: MappingDocument | null, };

export type SampleInfo = { 
/**
 * Null for one that was pasted or is built in.
 */
id: string | null, number: string, customer: string, 
/**
 * The order as received.
 */
json: string, };

export type SampleAnswer = { 
/**
 * Null where there is none (any more).
 */
sample: SampleInfo | null, };

export type SamplesRequest = { 
/**
 * Part of a number or name; empty for the newest.
 */
search: string, onlyHeld: boolean, };

export type SampleOrder = { id: string, number: string, customer: string, };

export type Samples = { orders: Array<SampleOrder>, };

export type TryRequest = { mappingId: string, document: MappingDocument, 
/**
 * A known order, or null and `json`.
 */
orderId: string | null, json: string | null, 
/**
 * The flow for whose provider the request is made; null takes the first.
 */
flowId: string | null, };

export type RuleProblem = { 
/**
 * Code of what is wrong, with its words and its fix in the catalogues: `syntax`, `not_there`, `unknown_name`, …
 */
code: string, 
/**
 * Facts: the name, the path, the amounts.
 */
detail: string, 
/**
 * From 1; null where the whole expression is meant.
 */
line: number | null, column: number | null, 
/**
 * What may have been meant: a field or function of a like name.
 */
near: string | null, };

export type RuleErrorInfo = { 
/**
 * `client.name`; in a block the field alone, or `items`, `when`.
 */
target: string, block: string | null, problem: RuleProblem, };

export type InputInfo = { 
/**
 * `order.billing.city`, `item.total`.
 */
path: string, value: string, };

export type RuleValueInfo = { 
/**
 * `client.name`; in a block the field alone.
 */
target: string, block: string | null, 
/**
 * Position in the block's list, from 0.
 */
item: number | null, 
/**
 * Name of the line (`Cană ceramică`), empty outside blocks.
 */
itemName: string, 
/**
 * Null where nothing came of it.
 */
value: string | null, 
/**
 * Where the value is from: `expression`, `default`, `left_out`, `held`, `error`.
 */
origin: string, problem: RuleProblem | null, 
/**
 * What the expression read of the order.
 */
inputs: Array<InputInfo>, };

export type PayloadInfo = { provider: string, 
/**
 * Pretty-printed JSON.
 */
json: string, };

export type MappingTrial = { 
/**
 * What keeps the mapping from being used at all; then there are no values.
 */
errors: Array<RuleErrorInfo>, values: Array<RuleValueInfo>, 
/**
 * There when every required value could be read; it may still have problems.
 */
draft: DraftInfo | null, problems: Array<ProblemInfo>, 
/**
 * What the flow's rules put in place of what the mapping says; the draft bears it.
 */
byRules: Array<FieldChangeInfo>, 
/**
 * VAT as the order states it; null where the mapping does not read it.
 */
orderVat: Amount | null, 
/**
 * There when the draft has no problems.
 */
payload: PayloadInfo | null, };

export type DraftSave = { mappingId: string, document: MappingDocument, baseVersion: number, };

export type DraftSaved = { savedMs: number, };

export type PublishRequest = { mappingId: string, document: MappingDocument, baseVersion: number, reason: string, };

export type Published = { version: number, 
/**
 * Held documents tried again with the new version.
 */
held: number, 
/**
 * Of these, the ones that would now pass.
 */
passing: number, };

export type MappingVersionInfo = { version: number, author: string, reason: string, createdMs: number, 
/**
 * Documents whose draft this version made.
 */
documents: number, };

export type MappingHistory = { 
/**
 * Newest first.
 */
versions: Array<MappingVersionInfo>, };

export type VersionRequest = { mappingId: string, version: number, };

export type DiffRequest = { before: MappingDocument, after: MappingDocument, };

export type MappingChangeInfo = { 
/**
 * `client`, `document`, `payment`, `lines`, `tables`, `settings`.
 */
section: string, 
/**
 * Name of the block or table.
 */
part: string | null, 
/**
 * The field, the table's key, or the setting.
 */
target: string, 
/**
 * `expression`, `default`, `when_empty`, `note`, `items`, `when`, `kind`, `value`.
 */
aspect: string, 
/**
 * Null where it was not there.
 */
before: string | null, after: string | null, };

export type MappingDiff = { changes: Array<MappingChangeInfo>, };

export type MappingText = { fileName: string, content: string, };

export type DryRunRequest = { mappingId: string, document: MappingDocument, last: number, only: string, search: string, };

export type FieldChangeInfo = { 
/**
 * `client.city`, `lines[2].vat_rate`, `total`.
 */
field: string, before: string | null, after: string | null, };

export type DryRunRow = { orderId: string, number: string, customer: string, 
/**
 * What the published version makes of it: `issue`, `hold`.
 */
before: string, after: string, changes: Array<FieldChangeInfo>, 
/**
 * What would hold it with the changed mapping.
 */
problems: Array<ProblemInfo>, 
/**
 * An invoice exists already: it stays as it is.
 */
isIssued: boolean, };

export type FieldCount = { field: string, count: number, };

export type DryRunInfo = { id: string, mappingId: string, 
/**
 * `running`, `done`, `cancelled`, `failed`.
 */
state: string, detail: string, total: number, 
/**
 * Looked at: tried, or left out.
 */
done: number, 
/**
 * Of the tried: `issue` and `hold` together are all of them.
 */
issue: number, hold: number, 
/**
 * Of `issue` and of `hold`: they have an invoice already, which stays as it is.
 */
issueIssued: number, holdIssued: number, 
/**
 * Would differ from what the published version makes.
 */
changed: number, 
/**
 * Held with the published version, issued with the changed one; and the other way round.
 */
mended: number, broken: number, 
/**
 * By the flow's rules no invoice at all (cancelled, not paid, …): not tried. Since when the flow is on leaves none out.
 */
leftOut: number, 
/**
 * The same by reason, most first.
 */
notTaken: Array<RulesNotTaken>, startedMs: number, finishedMs: number | null, 
/**
 * How often each field differs, most first.
 */
fields: Array<FieldCount>, 
/**
 * The ones that differ or would be held, newest order first, at most 500.
 */
rows: Array<DryRunRow>, truncated: boolean, };

export type DryRunAnswer = { run: DryRunInfo | null, };

export type DraftEditEntry = { 
/**
 * `client.city`, `lines[2].vat_rate`, `document.mentions`.
 */
field: string, value: string, };

export type DraftEditRequest = { documentId: string, 
/**
 * All edits of the record; they replace the earlier ones.
 */
edits: Array<DraftEditEntry>, };

export type DraftEditSave = { documentId: string, edits: Array<DraftEditEntry>, reason: string, revision: number, };

export type EditPreview = { draft: DraftInfo | null, problems: Array<ProblemInfo>, 
/**
 * Against what the mapping makes.
 */
changes: Array<FieldChangeInfo>, };

export type DraftEdits = { edits: Array<DraftEditEntry>, 
/**
 * Against what the mapping makes.
 */
changes: Array<FieldChangeInfo>, author: string, reason: string, atMs: number, };

export type DraftFields = { fields: Array<DraftEditEntry>, revision: number, edits: DraftEdits | null, };

export type ReconcileRequest = { 
/**
 * A billing connection.
 */
connectionId: string, company: string, series: string, 
/**
 * `YYYY-MM-DD`, both included; a year at most.
 */
from: string, to: string, };

export type ReconcileStarted = { runId: string, };

export type ReconcileRunInfo = { id: string, connectionId: string, connectionName: string, 
/**
 * `smartbill`, `oblio`.
 */
provider: string, company: string, series: string, from: string, to: string, 
/**
 * Empty: Punte by itself.
 */
who: string, startedMs: number, finishedMs: number | null, 
/**
 * `running`, `clean`, `findings`, `failed`, `interrupted`.
 */
result: string, 
/**
 * Everything that the period asks for was looked at and told.
 */
complete: boolean, 
/**
 * Why not: `too_many_documents`, `too_many_numbers`, `part`, `not_told`, `no_numbers_known`, `cut_off`, `stopped`,
 * `too_many_findings`.
 */
why: string, 
/**
 * Documents or numbers that the provider was asked about.
 */
looked: number, matched: number, notTold: number, 
/**
 * By kind of finding.
 */
found: Record<string, number>, failure: FailureInfo | null, 
/**
 * Where numbers are looked at one by one: the first that the next pass begins with.
 */
resumeAt: number | null, };

export type LaneChoice = { connectionId: string, connectionName: string, provider: string, company: string, series: string, };

export type ReconcileRuns = { 
/**
 * Newest first, a hundred at most.
 */
runs: Array<ReconcileRunInfo>, lanes: Array<LaneChoice>, 
/**
 * Open findings by kind.
 */
open: Record<string, number>, };

export type FindingsRequest = { 
/**
 * `mismatched`, `expected`, `missing_there`, `unknown_here`, `duplicate`, `gap`, `repeat`; empty for all.
 */
kinds: Array<string>, 
/**
 * `open`, `resolved`, `ignored`; empty for all.
 */
state: string, 
/**
 * Only what one pass saw.
 */
runId: string | null, 
/**
 * The key of the last row of the page before.
 */
after: number | null, limit: number, };

export type DifferenceInfo = { 
/**
 * `total`, `currency`, `client`, `date`, `state`, `number`, `reference`.
 */
field: string, ours: string, theirs: string, };

export type SeenInfo = { series: string, number: string, date: string, 
/**
 * Decimal text.
 */
total: string, currency: string, client: string, 
/**
 * `cancelled`, `storno`, or empty.
 */
state: string, references: Array<string>, };

export type FindingInfo = { id: string, kind: string, connectionName: string, provider: string, series: string, number: string | null, 
/**
 * Gap: the last missing number in a row.
 */
until: string, 
/**
 * `YYYY-MM-DD`
 */
day: string | null, 
/**
 * A code for what it is more closely; empty where the kind says all.
 */
why: string, 
/**
 * `storno`, `link`, `look`, or empty.
 */
proposal: string, reference: string, 
/**
 * Series and number of the document that our record is linked to.
 */
linked: string, differs: Array<DifferenceInfo>, theirs: Array<SeenInfo>, documentId: string | null, orderId: string | null, orderNumber: string | null, firstSeenMs: number, lastSeenMs: number, state: string, 
/**
 * Why it was left be or what explains it, who said so, and when.
 */
reason: string, who: string, closedMs: number | null, };

export type FindingPage = { rows: Array<FindingInfo>, 
/**
 * The key for the next page; null when this is the last one.
 */
next: number | null, };

export type IgnoreRequest = { id: string, ignored: boolean, reason: string, };

export type JobInfo = { id: string, 
/**
 * `poll`, `health`, `payments`, `einvoices`, `reconcile`, `retention`, `backup`.
 */
kind: string, 
/**
 * The connection's name, with the series where it is of one; empty where it is of the whole workspace.
 */
about: string, everyMs: number, lastMs: number | null, 
/**
 * Null while it runs.
 */
nextMs: number | null, running: boolean, 
/**
 * `ok`, `failed`, `skipped`; empty before the first run.
 */
outcome: string, 
/**
 * What was done: `read`, `unread`, `series`, `looked`, `matched`, `found`, `purged`, `kib`, `verified`, `pruned`.
 */
counts: Record<string, number>, failure: FailureInfo | null, };

export type ScheduleInfo = { jobs: Array<JobInfo>, 
/**
 * After how many months requests, answers and evidence may go; 0 keeps them.
 */
retentionMonths: number, };

export type RetentionRequest = { 
/**
 * 0, or 12 to 240.
 */
months: number, };

export type RetentionShare = { 
/**
 * `records`, `looks`, `findings`, `approvals`, `audit`, `deliveries`.
 */
kind: string, count: number, 
/**
 * There are at least so many.
 */
isLeast: boolean, oldestMs: number | null, };

export type RetentionPreview = { 
/**
 * The period that it is about.
 */
months: number, 
/**
 * The period that is set.
 */
current: number, shares: Array<RetentionShare>, };

export type ClientQuery = { 
/**
 * An e-mail, a telephone number, a company's or a person's code, or a name: the whole of it, in any case.
 */
query: string, 
/**
 * Keys of the answer's clients, of several; empty: all of them.
 */
only: Array<string>, };

export type ClientErase = { query: string, only: Array<string>, 
/**
 * On record, so without the client's name.
 */
reason: string, };

export type ClientDocument = { id: string, 
/**
 * `smartbill`, `oblio`.
 */
provider: string, series: string, number: string, role: string, state: string, 
/**
 * `YYYY-MM-DD`
 */
issueDate: string | null, total: string, currency: string, 
/**
 * The last day for which the law keeps it, `YYYY-MM-DD`.
 */
keptUntil: string | null, };

export type ClientOpenOrder = { orderId: string, number: string, 
/**
 * `document`, `operation`, `change`, `bulk`, `undecided`, `mapping`.
 */
why: string, documentId: string | null, };

export type ClientInfo = { 
/**
 * Tells it from the others of an answer.
 */
key: string, name: string, email: string, taxId: string, phone: string, orders: number, 
/**
 * Of these, erased before.
 */
erased: number, 
/**
 * Webhooks that led to these orders.
 */
deliveries: number, firstMs: number | null, lastMs: number | null, 
/**
 * Oldest first, at most 500.
 */
documents: Array<ClientDocument>, documentCount: number, open: Array<ClientOpenOrder>, };

export type ClientLoose = { 
/**
 * Webhooks that led to no order.
 */
deliveries: number, 
/**
 * Rows of files that were refused.
 */
rejects: number, 
/**
 * What the audit log keeps aside.
 */
audit: number, 
/**
 * Notes on other orders, reasons, names of views and the like.
 */
texts: number, };

export type ClientsFound = { clients: Array<ClientInfo>, loose: ClientLoose, 
/**
 * Files of orders that wait or run: nobody looked into them.
 */
waitingFiles: number, 
/**
 * There are more orders than were read: neither taken away nor erased.
 */
isCut: boolean, };

export type ClientErased = { 
/**
 * Orders that told the client and do no more.
 */
orders: number, 
/**
 * Documents of theirs that stay.
 */
documents: number, loose: ClientLoose, left: Array<ClientOpenOrder>, 
/**
 * The ledger's file was written anew, so that nothing is left in its free space.
 */
compacted: boolean, };

export type ListName = "documents" | "orders";

export type SortBy = { 
/**
 * Id of a column that can be sorted by.
 */
column: string, descending: boolean, };

export type TableQuery = { list: ListName, 
/**
 * Words and `field:value`: see `table.vocabulary`.
 */
text: string, 
/**
 * Null: newest first.
 */
sort: SortBy | null, };

export type RowsRequest = { query: TableQuery, 
/**
 * Ordinal of the first row, from 0.
 */
from: number, 
/**
 * At most 500.
 */
limit: number, };

export type DocumentRows = { rows: Array<DocumentRow>, from: number, 
/**
 * False: the list has not been gone through so far yet; ask again.
 */
ready: boolean, };

export type OrderRows = { rows: Array<OrderRow>, from: number, 
/**
 * False: the list has not been gone through so far yet; ask again.
 */
ready: boolean, };

export type QueryProblem = { from: number, to: number, 
/**
 * `unknown_field`, `bad_value`, `bad_amount`, `bad_date`, `unclosed_quote`.
 */
code: string, text: string, };

export type TableSummary = { 
/**
 * Rows found so far.
 */
count: number, 
/**
 * Count and totals are whole and of now; otherwise ask again.
 */
complete: boolean, 
/**
 * Rows looked at, of so many.
 */
scanned: number, ofRows: number, 
/**
 * By currency.
 */
totals: Array<Amount>, problems: Array<QueryProblem>, };

export type ListRef = { list: ListName, };

export type FieldValue = { value: string, 
/**
 * A name of its own, as connections have; null: a code with words in the catalogues.
 */
label: string | null, };

export type FieldInfo = { name: string, aliases: Array<string>, 
/**
 * `text`, `choice`, `amount`, `date`.
 */
kind: string, values: Array<FieldValue>, };

export type ColumnInfo = { id: string, sortable: boolean, indexed: boolean, 
/**
 * Name of the field that filters by it.
 */
field: string | null, };

export type TableVocabulary = { columns: Array<ColumnInfo>, fields: Array<FieldInfo>, };

export type ColumnState = { id: string, 
/**
 * In CSS pixels; null: as wide as it is by itself.
 */
width: number | null, hidden: boolean, };

export type TableLayout = { list: ListName, columns: Array<ColumnState>, sort: SortBy | null, };

export type SavedView = { 
/**
 * Empty: a new one.
 */
id: string, list: ListName, name: string, text: string, sort: SortBy | null, columns: Array<ColumnState>, };

export type SavedViews = { views: Array<SavedView>, };

export type ExportColumn = { id: string, heading: string, };

export type ExportRequest = { query: TableQuery, 
/**
 * Only these records, in this order; null: all of the query.
 */
ids: Array<string> | null, 
/**
 * All of the query without these records; empty where `ids` names some.
 */
except: Array<string>, 
/**
 * `csv` or `xlsx`.
 */
format: string, columns: Array<ExportColumn>, 
/**
 * Words for codes, by column and code: `state.issued`.
 */
words: Record<string, string>, };

export type ExportInfo = { id: string, 
/**
 * `running`, `done`, `failed`, `cancelled`.
 */
state: string, written: number, 
/**
 * Null until it is known.
 */
ofRows: number | null, 
/**
 * Of the file on the owner's machine.
 */
path: string, 
/**
 * Of the finished file.
 */
bytes: number, error: string | null, };

export type ExportAnswer = { run: ExportInfo | null, };

export type CauseRecordsRequest = { key: string, after: number | null, 
/**
 * At most 500.
 */
limit: number, };

export type CauseRecord = { document: DocumentRow, owner: string, snoozedUntilMs: number | null, failedMs: number, };

export type CauseRecords = { rows: Array<CauseRecord>, next: number | null, };

export type AssignCause = { key: string, 
/**
 * At most 100 characters.
 */
owner: string, };

export type SnoozeCause = { key: string, untilMs: number | null, };

export type NoteInfo = { id: string, author: string, text: string, 
/**
 * The caller wrote it, and may change it.
 */
own: boolean, createdMs: number, editedMs: number | null, };

export type RecordDesk = { 
/**
 * Newest first.
 */
notes: Array<NoteInfo>, 
/**
 * Who looks after the record; empty for nobody.
 */
owner: string, tags: Array<string>, 
/**
 * Tags in use, the most used first.
 */
knownTags: Array<string>, 
/**
 * Names to choose an owner from; any other is taken, too.
 */
people: Array<string>, };

export type NoteInput = { orderId: string, 
/**
 * Null for a new one.
 */
id: string | null, 
/**
 * 1 to 4000 characters.
 */
text: string, };

export type AssignRecord = { orderId: string, 
/**
 * At most 100 characters; empty for nobody.
 */
owner: string, };

export type TagsInput = { orderId: string, 
/**
 * At most 20, each of 1 to 40 characters.
 */
tags: Array<string>, };

export type SnoozeRecord = { documentId: string, untilMs: number | null, };

export type BulkSelection = { 
/**
 * Document ids; empty where a cause or a query is named.
 */
ids: Array<string>, 
/**
 * A cause's key (`FailureGroup.key`).
 */
cause?: string, 
/**
 * A list of documents: every row of it.
 */
query?: TableQuery, 
/**
 * Document ids that are left out.
 */
except: Array<string>, };

export type BulkRequest = { 
/**
 * `retry`, `storno`, `email`, `refresh`, `dismiss`.
 */
kind: string, 
/**
 * At most 100,000 records.
 */
selection: BulkSelection, };

export type BulkConfirm = { id: string, 
/**
 * Needed where `needsReason`: 1 to 500 characters.
 */
reason: string, };

export type BulkCount = { code: string, count: number, };

export type BulkJob = { id: string, kind: string, 
/**
 * `planning`, `planned` (waits for a person), `running`, `done`, `cancelled`.
 */
state: string, needsReason: boolean, reason: string, who: string, createdMs: number, confirmedMs: number | null, finishedMs: number | null, 
/**
 * Records of the selection; while it is being planned more than have been looked at.
 */
ofRecords: number, 
/**
 * Planned and not begun.
 */
waiting: number, 
/**
 * Begun and not over.
 */
underWay: number, done: number, failed: number, 
/**
 * Nobody knows yet whether it was done; a person settles it.
 */
inDoubt: number, skipped: number, 
/**
 * Not begun, for the job was cancelled.
 */
cancelled: number, 
/**
 * Begun before the job was cancelled: they go on by themselves.
 */
left: number, 
/**
 * Why a running job begins nothing now: `live` orders are due, its `connection` may not be called.
 */
waits?: string, 
/**
 * Value of what was planned.
 */
totals: Array<Amount>, 
/**
 * How many at each provider.
 */
providers: Array<BulkCount>, 
/**
 * Why it is safe: `nothing_sent`, `refused`, `proven_absent`, `nothing_sent_at_all`, `reads_only`, `checked_again`,
 * `sent_once`.
 */
safe: Array<BulkCount>, 
/**
 * Why records are skipped.
 */
skips: Array<BulkCount>, };

export type BulkJobs = { 
/**
 * Newest first, at most 50.
 */
jobs: Array<BulkJob>, };

export type BulkReportRequest = { id: string, 
/**
 * `planned`, `skipped`, `doing`, `done`, `failed`, `in_doubt`, `cancelled`, `left`; empty for all.
 */
state: string, after: number | null, 
/**
 * At most 500.
 */
limit: number, };

export type BulkItem = { documentId: string, orderNumber: string, client: string, total: Amount, provider: string, 
/**
 * Of the record now.
 */
documentState: string, 
/**
 * `FCT 0007`, where it has one.
 */
documentNumber: string | null, state: string, 
/**
 * Why it is safe, or why it was skipped or failed; empty where it was done.
 */
why: string, failure: FailureInfo | null, finishedMs: number | null, };

export type BulkItems = { rows: Array<BulkItem>, next: number | null, };

export type BulkCsvRequest = { id: string, 
/**
 * Words of the screen's language: `column.total`, `state.failed`, `why.held_again`; a code without one stays as it is.
 */
words: Record<string, string>, };

export type AuditRequest = { who: string | null, 
/**
 * A command's name, or the code of what happened by itself.
 */
act: string | null, 
/**
 * Both or neither.
 */
subjectKind: string | null, subjectId: string | null, 
/**
 * `asked` (nobody knows how it ended), `done`, `refused`, `noted`.
 */
outcome: string | null, fromMs: number | null, 
/**
 * The first instant after.
 */
toMs: number | null, 
/**
 * Somewhere in an entry.
 */
text: string, 
/**
 * Of the answer before: what comes after it.
 */
before: number | null, };

export type AuditSubject = { kind: string, 
/**
 * Empty where there is only one.
 */
id: string, 
/**
 * What people know it by, where it is known.
 */
label: string | null, };

export type AuditChange = { field: string, before: unknown, after: unknown, };

export type AuditEntry = { 
/**
 * Its number in the log.
 */
row: number, atMs: number, 
/**
 * Empty for Punte itself.
 */
who: string, role: string, 
/**
 * `window`, `terminal`, `browser`, `engine`.
 */
host: string, act: string, subject: AuditSubject | null, 
/**
 * `asked`, `done`, `refused`, `noted`.
 */
outcome: string, 
/**
 * Why it was refused: an error's code.
 */
code: string, reason: string, 
/**
 * The number of the row that says how it ended.
 */
endRow: number | null, endedMs: number | null, 
/**
 * What was asked for, without secrets and what tells a person.
 */
request: unknown, 
/**
 * The second person, where one was needed.
 */
approvedBy: string | null, 
/**
 * What an act changed: how it was, and how it is.
 */
changes: Array<AuditChange>, 
/**
 * Facts of what happened by itself; of a look at clients, how much it showed.
 */
facts: Record<string, unknown> | null, 
/**
 * Something of it is kept aside, or was and is erased.
 */
hasPersonal: boolean, };

export type AuditPage = { rows: Array<AuditEntry>, 
/**
 * Ask with it for what comes after; null at the end.
 */
before: number | null, };

export type AuditGet = { row: number, 
/**
 * With what is kept aside. That it was shown is on record.
 */
personal: boolean, };

export type AuditAside = { 
/**
 * `/request/email/to`
 */
path: string, value: unknown, };

export type AuditDetail = { entry: AuditEntry, 
/**
 * What is kept aside, by the path at which it stood; null where it was not asked for.
 */
personal: Array<AuditAside> | null, };

export type AuditVerify = { 
/**
 * A head that somebody kept elsewhere: `sequence:hash`, or a whole anchor line.
 */
head: string | null, };

export type AuditBreak = { row: number, 
/**
 * `changed`, `removed`, `moved`, `inserted`, `personal_changed`, `rewritten`.
 */
fault: string, 
/**
 * Of `removed`, the last one that is gone; of `moved`, the number that it was written under; of `rewritten`, the last
 * row that is vouched for.
 */
other: number | null, 
/**
 * Who saw another row there: `mark`, `anchor`, `given`.
 */
witness: string | null, atMs: number | null, who: string, act: string, };

export type AuditLoss = { 
/**
 * The row that says so.
 */
row: number, atMs: number, from: number, to: number, };

export type AuditReport = { 
/**
 * Rows that were read, up to the break.
 */
rows: number, 
/**
 * `sequence:hash` of the last of them.
 */
head: string, 
/**
 * Null: it is whole.
 */
broken: AuditBreak | null, 
/**
 * What was kept aside and is erased.
 */
erased: number, losses: Array<AuditLoss>, 
/**
 * The newest row that a mark, an anchor or a given head vouches for; what follows has only the chain.
 */
witnessedTo: number, witnesses: number, };

export type AuditAnchors = { 
/**
 * As of now: day, workspace, number and hash of the newest row. To be kept elsewhere.
 */
line: string, 
/**
 * Those of the days before, oldest first.
 */
daily: Array<string>, };

export type AuditExport = { 
/**
 * `csv` or `jsonl`.
 */
format: string, who: string | null, 
/**
 * A command's name, or the code of what happened by itself.
 */
act: string | null, 
/**
 * Both or neither.
 */
subjectKind: string | null, subjectId: string | null, 
/**
 * `asked` (nobody knows how it ended), `done`, `refused`, `noted`.
 */
outcome: string | null, fromMs: number | null, 
/**
 * The first instant after.
 */
toMs: number | null, 
/**
 * Somewhere in an entry.
 */
text: string, 
/**
 * Of the answer before: what comes after it.
 */
before: number | null, };

export type SetupText = { 
/**
 * `punte-atelier-cana.setup.toml`
 */
fileName: string, content: string, };

export type SetupInput = { 
/**
 * At most 1 MiB.
 */
content: string, 
/**
 * Tax ids of the file that are another here: in billing connections and in flows.
 */
companies: Array<SetupRename>, 
/**
 * Series of the file that are another here, wherever one is named: in connections, flows and their rules.
 */
series: Array<SetupRename>, 
/**
 * Stripe's accounts of the file that are another here: whose orders come, and a part of what an invoice is known by.
 */
accounts: Array<SetupRename>, };

export type SetupRename = { from: string, to: string, };

export type SetupPlan = { 
/**
 * Name of the workspace that the file is of.
 */
workspace: string, 
/**
 * `null` where the file does not say it.
 */
madeAtMs: number | null, 
/**
 * Of the Punte that wrote it; empty where the file does not say it.
 */
version: string, 
/**
 * Tax ids as they stand in the file, to be put another in their place.
 */
companies: Array<string>, 
/**
 * Series as they stand in the file.
 */
series: Array<string>, 
/**
 * Stripe's accounts as they stand in the file.
 */
accounts: Array<string>, connections: Array<SetupItem>, mappings: Array<SetupItem>, flows: Array<SetupFlow>, 
/**
 * Everything that keeps the file from being taken in, not only the first.
 */
problems: Array<SetupProblem>, };

export type SetupItem = { 
/**
 * As it is named here: a new mapping whose name is taken has another one than in the file.
 */
name: string, 
/**
 * Of a connection `woocommerce`, `smartbill`…; `mapping`.
 */
kind: string, 
/**
 * Of a shop its address (of Stripe its account), of a billing provider its company; of a mapping the count of its rules.
 */
detail: string, 
/**
 * `new`; `kept`: the same one is here already, and is used.
 */
fate: string, };

export type SetupFlow = { name: string, 
/**
 * Names of its connections and its mapping, as they are named here.
 */
shop: string, billing: string, mapping: string, company: string, series: string, 
/**
 * `new`, `kept`.
 */
fate: string, };

export type SetupProblem = { 
/**
 * What is wrong, as a code.
 */
code: string, 
/**
 * Where: `flows[2].mapping`, counted from 1, or `line 12`.
 */
at: string, 
/**
 * The name of the connection, mapping or flow that it is in, where it has one.
 */
name: string, 
/**
 * What stands there, cut; never a secret's value.
 */
given: string, };

export type LogRequest = { 
/**
 * At least so important: `error`, `warn`, `info`, `debug`, `trace`; empty is every line.
 */
level: string, 
/**
 * A connection's id.
 */
connection: string, 
/**
 * An order's number or id, or a document's id.
 */
order: string, 
/**
 * What the line says somewhere.
 */
text: string, 
/**
 * Lines older than this place.
 */
before: string | null, 
/**
 * Lines that came since this place: it and `before` exclude each other.
 */
after: string | null, };

export type LogLine = { 
/**
 * Where it stands. Two lines have the same place where a crash cut the first off.
 */
at: string, 
/**
 * Null where it cannot be read.
 */
atMs: number | null, 
/**
 * `error`, `warn`, `info`, `debug`, `trace`; null where the line is no event of the log.
 */
level: string | null, 
/**
 * The part of the program.
 */
target: string, message: string, 
/**
 * Ids, except for the order: its number at the shop.
 */
connection: string | null, order: string | null, document: string | null, 
/**
 * It tells no workspace: about the machine, or of another program's making.
 */
ofMachine: boolean, 
/**
 * All else that it says.
 */
fields: Record<string, unknown>, };

export type LogPage = { lines: Array<LogLine>, 
/**
 * Older lines are before it; null where there are none.
 */
older: string | null, 
/**
 * What comes from now on is after it. Null while there is no log, and on a page of older lines.
 */
newer: string | null, 
/**
 * So much was gone through that it ends here: look on from `older`. Of what came since: there is more after `newer`.
 */
isCut: boolean, };

export type LogRecordRequest = { orderId: string | null, documentId: string | null, before: string | null, };

export type SupportRequest = { 
/**
 * Days of the log, 1 to 14.
 */
days: number, 
/**
 * What shows the window, in its own words (`AppleWebKit/605.1.15`); empty where there is none.
 */
webview: string, };

export type SupportPart = { 
/**
 * `log.jsonl`, `ledger.json`.
 */
name: string, text: string, bytes: number, 
/**
 * Places where something was taken out, each with `•••` in its stead.
 */
masked: number, 
/**
 * There was more than is taken along.
 */
isCut: boolean, };

export type SupportPreview = { 
/**
 * Saves exactly this.
 */
id: string, parts: Array<SupportPart>, bytes: number, };

export type AlertRuleInput = { 
/**
 * `failure_group`, `in_doubt`, `connection_reconnect`, `connection_down`, `silent_shop`, `einvoice_deadline`, `series_gap`,
 * `plan_quota`, `backup_overdue`.
 */
rule: string, on: boolean, threshold: number, 
/**
 * Ids of channels; null: all there are.
 */
channels: Array<string> | null, 
/**
 * Told in quiet hours, too.
 */
passesQuiet: boolean, 
/**
 * Told in the daily digest, where that is on, instead of at once.
 */
inDigest: boolean, };

export type AlertRuleInfo = { 
/**
 * What the threshold counts: `records`, `minutes`, `working_days`, `documents` (the plan's size in a month, 0 where it is not
 * known), `hours`; empty where there is none.
 */
unit: string, usual: number, least: number, most: number, 
/**
 * `failure_group`, `in_doubt`, `connection_reconnect`, `connection_down`, `silent_shop`, `einvoice_deadline`, `series_gap`,
 * `plan_quota`, `backup_overdue`.
 */
rule: string, on: boolean, threshold: number, 
/**
 * Ids of channels; null: all there are.
 */
channels: Array<string> | null, 
/**
 * Told in quiet hours, too.
 */
passesQuiet: boolean, 
/**
 * Told in the daily digest, where that is on, instead of at once.
 */
inDigest: boolean, };

export type QuietHoursInfo = { on: boolean, fromMinute: number, 
/**
 * Before `fromMinute`: the next morning.
 */
untilMinute: number, };

export type DigestInfo = { on: boolean, atMinute: number, };

export type AlertMail = { host: string, port: number, 
/**
 * `tls`, `starttls`, `plain` (this machine only).
 */
security: string, 
/**
 * Empty: the server asks for no login.
 */
user: string, 
/**
 * `punte@firma.ro`, or with a name: `Punte <punte@firma.ro>`.
 */
from: string, to: Array<string>, };

export type AlertChannelInfo = { id: string, 
/**
 * `desktop`, `mail`, `webhook`.
 */
kind: string, 
/**
 * Empty for the desktop.
 */
name: string, enabled: boolean, mail: AlertMail | null, url: string | null, hasSecret: boolean, 
/**
 * What became of the last notice to it.
 */
last: NoticeSendInfo | null, };

export type AlertChannelInput = { 
/**
 * Null for a new one.
 */
id: string | null, kind: string, name: string, enabled: boolean, mail: AlertMail | null, url: string | null, 
/**
 * A mail server's password, or what calls are signed with (`whsec_…`). Empty keeps the one there is; a new webhook is given one.
 */
secret: string, 
/**
 * Take the channel away.
 */
remove: boolean, };

export type AlertChannelSaved = { id: string, 
/**
 * Made for a new webhook, and shown this once.
 */
secret: string | null, };

export type AlertInfo = { id: string, rule: string, cause: string, 
/**
 * In the app's language.
 */
title: string, 
/**
 * The screen that shows it.
 */
path: string, sinceMs: number, 
/**
 * First put into a notice; null while nobody was told.
 */
toldMs: number | null, 
/**
 * Gone since then, and not yet for long enough to be over.
 */
clearMs: number | null, };

export type AlertsInfo = { rules: Array<AlertRuleInfo>, channels: Array<AlertChannelInfo>, quiet: QuietHoursInfo, digest: DigestInfo, 
/**
 * What stands now, oldest first.
 */
open: Array<AlertInfo>, };

export type AlertsInput = { 
/**
 * Rules that are not named stay as they are.
 */
rules: Array<AlertRuleInput>, quiet: QuietHoursInfo, digest: DigestInfo, };

export type NoticeSendInfo = { channelId: string, kind: string, name: string, 
/**
 * `waiting`, `sent`, `failed`.
 */
state: string, tries: number, 
/**
 * When it is tried next.
 */
nextMs: number | null, endedMs: number | null, 
/**
 * Why the last try did not work, a key under `alerts.failed`; empty where it did.
 */
code: string, 
/**
 * The other side's words.
 */
said: string, };

export type NoticeItemInfo = { rule: string, cause: string, 
/**
 * `raised` or `recovered`.
 */
state: string, title: string, path: string, sinceMs: number, };

export type NoticeInfo = { row: number, id: string, 
/**
 * `raised`, `recovered`, `digest`, `test`.
 */
kind: string, atMs: number, subject: string, text: string, items: Array<NoticeItemInfo>, sends: Array<NoticeSendInfo>, };

export type NoticesRequest = { 
/**
 * The row to go on before; null for the newest.
 */
before: number | null, 
/**
 * At most 200.
 */
limit: number, };

export type NoticePage = { rows: Array<NoticeInfo>, next: number | null, };

export type DesktopNoticesRequest = { 
/**
 * The newest row that was heard of; null: from now on.
 */
after: number | null, };

export type DesktopNotices = { 
/**
 * Oldest first.
 */
rows: Array<NoticeInfo>, 
/**
 * What to ask after next time.
 */
last: number, };

export type BooksInfo = { connectionId: string, connectionName: string, 
/**
 * `smartbill`, `oblio`.
 */
provider: string, company: string, };

export type BooksList = { books: Array<BooksInfo>, };

export type MonthRequest = { 
/**
 * A billing connection.
 */
connectionId: string, company: string, 
/**
 * `YYYY-MM`
 */
month: string, };

export type CountedAmount = { count: number, total: Amount, };

export type MonthMoney = { currency: string, invoices: CountedAmount, 
/**
 * Negative.
 */
stornos: CountedAmount, 
/**
 * Parts taken back by negative lines: negative.
 */
corrections: CountedAmount, net: CountedAmount, 
/**
 * Cancelled at the provider, and counted nowhere else.
 */
cancelled: CountedAmount, 
/**
 * Of the invoices. What was paid; for `unpaid` and `not_told`, what is owed.
 */
paid: CountedAmount, partlyPaid: CountedAmount, unpaid: CountedAmount, notTold: CountedAmount, };

export type MonthVat = { 
/**
 * Percent, decimal text.
 */
rate: string, documents: number, base: Amount, vat: Amount, total: Amount, };

export type GapInfo = { from: string, until: string, count: number, 
/**
 * `deleted_here`, `record_missing`, `unexplained`, `not_compared`.
 */
why: string, explained: boolean, 
/**
 * The finding that a person can explain (`reconcile.ignore`).
 */
findingId: string | null, 
/**
 * A person's explanation, who gave it, and when.
 */
reason: string, who: string, atMs: number | null, };

export type MonthSeries = { series: string, count: number, first: string, last: string, gaps: Array<GapInfo>, repeats: Array<string>, 
/**
 * When the whole month was compared with the provider; null: not yet.
 */
comparedMs: number | null, 
/**
 * Why that was not complete, as a pass says it; empty where it was.
 */
comparedWhy: string, };

export type LeftOutInfo = { 
/**
 * `waiting`, `not_invoiced`.
 */
decision: string, reason: string, count: number, total: Amount, };

export type MonthEInvoices = { 
/**
 * The provider tells how they fare; without it all of this is zero.
 */
told: boolean, accepted: number, processing: number, rejected: number, notSent: number, late: number, 
/**
 * `YYYY-MM-DD`: of what is not sent and still in time.
 */
nextDeadline: string | null, };

export type ObstacleInfo = { 
/**
 * A code of [`MonthReport`].
 */
code: string, count: number, };

export type ClosingInfo = { id: string, who: string, note: string, 
/**
 * Codes of what was not as it should be, and was accepted.
 */
accepted: Array<string>, closedMs: number, reopenedMs: number | null, reopenedBy: string, reopenedReason: string, };

export type SinceClosingInfo = { documentId: string, 
/**
 * `FCT 0007`
 */
number: string, client: string, total: Amount, 
/**
 * The state then; null: it was not there.
 */
before: string | null, state: string, changedMs: number, };

export type MonthReport = { books: BooksInfo, month: string, 
/**
 * `YYYY-MM-DD`, both included.
 */
from: string, to: string, over: boolean, money: Array<MonthMoney>, vat: Array<MonthVat>, 
/**
 * Documents that stand without a draft here: they are in no VAT sum.
 */
withoutDraft: number, series: Array<MonthSeries>, leftOut: Array<LeftOutInfo>, 
/**
 * Documents that are not issued, by state, up to the month's end.
 */
notIssued: Record<string, number>, mismatched: number, missingThere: number, unknownHere: number, duplicates: number, einvoices: MonthEInvoices, 
/**
 * The one in force.
 */
closing: ClosingInfo | null, 
/**
 * Closings that were taken back, newest first.
 */
earlier: Array<ClosingInfo>, 
/**
 * What is otherwise than when it was closed.
 */
since: Array<SinceClosingInfo>, 
/**
 * `in_doubt`, `not_compared`, `gaps`, `repeats`, `mismatched`, `missing_there`, `unknown_here`, `duplicates`.
 */
blocked: Array<ObstacleInfo>, 
/**
 * `running`, `partly_compared`, `not_sent_yet`, `orders_waiting`, `einvoice_late`, `einvoice_rejected`, `without_draft`.
 */
warnings: Array<ObstacleInfo>, };

export type MonthClose = { connectionId: string, company: string, month: string, 
/**
 * Every code of the report's warnings.
 */
accepted: Array<string>, note: string, };

export type MonthFileRequest = { connectionId: string, company: string, month: string, 
/**
 * `xlsx`, `pdf`.
 */
format: string, 
/**
 * The screen's words by key; a key that is missing stands for itself.
 */
words: Record<string, string>, };

export type EInvoicesRequest = { 
/**
 * `not_sent`, which is `late` or `in_time`; `processing`, `rejected`, `not_configured`; empty for all.
 */
state: string, 
/**
 * `next` of the page before.
 */
after: EInvoiceKey | null, limit: number, };

export type EInvoiceKey = { day: string, row: number, };

export type EInvoiceEntry = { document: DocumentRow, 
/**
 * `YYYY-MM-DD`
 */
issued: string, 
/**
 * The last day on which it may reach e-Factura.
 */
deadline: string, 
/**
 * Working days; 0 on the last day, negative once it is over.
 */
daysLeft: number, };

export type EInvoices = { 
/**
 * The oldest day of issue that is looked at.
 */
from: string, 
/**
 * Not sent, as far as is known, and over the time.
 */
late: number, inTime: number, processing: number, rejected: number, notConfigured: number, 
/**
 * Late first.
 */
rows: Array<EInvoiceEntry>, next: EInvoiceKey | null, 
/**
 * Names of connections whose provider does not tell how e-invoices fare.
 */
silent: Array<string>, };

export type ExpectedDocuments = { count: number, 
/**
 * The next ones, at most 50.
 */
rows: Array<DocumentRow>, };

export type ExpectedOrders = { count: number, rows: Array<OrderRow>, };

export type Expected = { 
/**
 * Issued; a read is to confirm it.
 */
unverified: ExpectedDocuments, 
/**
 * Sent to e-Factura; the answer is awaited.
 */
einvoice: ExpectedDocuments, 
/**
 * Came from the shop, and are decided on next.
 */
undecided: ExpectedOrders, };

export type CandidateRequest = { 
/**
 * Our document in doubt.
 */
id: string, series: string, number: string, };

export type TrendRequest = { 
/**
 * 1 to 92, today included.
 */
days: number, };

export type TrendDay = { 
/**
 * `YYYY-MM-DD`, Europe/Bucharest.
 */
day: string, issued: number, 
/**
 * Created on the day, and held or in doubt now.
 */
failed: number, 
/**
 * Of what was issued, net; one entry a currency.
 */
totals: Array<Amount>, };

export type Trend = { 
/**
 * Oldest first.
 */
days: Array<TrendDay>, };

export type OnClose = "ask" | "keep" | "quit";

export type DesktopInfo = { 
/**
 * Not so in a browser and at a terminal: they have no window of ours, and nothing of this is theirs to choose.
 */
isWindow: boolean, 
/**
 * Somebody shows the tray's icon now. Without one a hidden window is found again only by starting Punte once more.
 */
hasTray: boolean, onClose: OnClose, 
/**
 * Whether the system starts Punte with the session.
 */
startsWithSession: boolean, 
/**
 * The window was to be closed, and what follows is not said yet.
 */
isAsked: boolean, };

export type DesktopChoice = { onClose: OnClose | null, startsWithSession: boolean | null, };

export type Leaving = { 
/**
 * `ask` leaves the window as it is.
 */
how: OnClose, 
/**
 * Done so each time from now on.
 */
remember: boolean, };

export type NetworkInfo = { 
/**
 * Hosts of a private network, permitted by name.
 */
privateHosts: Array<string>, };

export type NetworkHost = { host: string, };

export type SessionInfo = { 
/**
 * The workspace has people: whoever works here signs in.
 */
needed: boolean, signedIn: boolean, 
/**
 * Whoever is signed in; without people, whoever sits at the machine.
 */
operator: string, 
/**
 * `viewer`, `operator`, `admin`; empty while nobody is signed in.
 */
role: string, 
/**
 * Minutes without a hand on it after which the window is locked; 0 never.
 */
lockAfterMin: number, 
/**
 * Names to sign in with.
 */
people: Array<string>, };

export type SignInRequest = { name: string, password: string, };

export type PersonInfo = { id: string, name: string, 
/**
 * `viewer`, `operator` or `admin`.
 */
role: string, active: boolean, createdMs: number, 
/**
 * When the password was set.
 */
changedMs: number, signedInMs: number | null, };

export type GuardsInfo = { lockAfterMin: number, 
/**
 * A storno needs a second person.
 */
storno: boolean, 
/**
 * Deleting a document at its provider needs a second person.
 */
delete: boolean, 
/**
 * A bulk job of more records than this needs a second person.
 */
bulkOver: number | null, 
/**
 * Letting a flow take larger amounts, or hold fewer for approval, needs a second person.
 */
limits: boolean, };

export type People = { people: Array<PersonInfo>, guards: GuardsInfo, };

export type NewPerson = { name: string, role: string, password: string, };

export type PersonChange = { id: string, name: string, role: string, active: boolean, };

export type PersonPassword = { id: string, password: string, };

export type OwnPassword = { old: string, new: string, };

export type ApprovalInfo = { id: string, command: string, 
/**
 * A flat object of texts: what it is about.
 */
facts: { [key in string]: string }, reason: string, askedBy: string, askedMs: number, 
/**
 * `waiting`, `approved`, `refused`, `withdrawn` or `failed`.
 */
state: string, decidedBy: string | null, decidedMs: number | null, note: string, 
/**
 * Of the error that an approved act was answered with: nothing was done. Empty otherwise.
 */
code: string, 
/**
 * Whoever asks may decide it: another person than the one who asked, with the role that the act needs.
 */
mayDecide: boolean, 
/**
 * Whoever asks may take it back.
 */
isOwn: boolean, };

export type Approvals = { approvals: Array<ApprovalInfo>, };

export type ApprovalDecision = { id: string, approve: boolean, note: string, };

export type AccessRole = "viewer" | "operator" | "admin";

export type Tag = "alerts" | "app" | "audit" | "backfill" | "bulk" | "connections" | "desk" | "documents" | "dry_run" | "exports" | "imports" | "inbox" | "mappings" | "orders" | "people" | "reconcile" | "sandbox" | "schedule" | "views";

export type Event = { tags: Array<Tag>, };

export type ErrorCode = "unknown_command" | "invalid_input" | "forbidden" | "sign_in_needed" | "wrong_password" | "try_later" | "needs_approval" | "no_workspace" | "not_found" | "not_now" | "already_linked" | "workspace_owned" | "owner_silent" | "ledger_newer" | "ledger_damaged" | "ledger_read_only" | "vault" | "not_on_record" | "vault_waiting" | "vault_locked" | "vault_not_chosen" | "wrong_passphrase" | "outside" | "internal";

export type ApiError = { code: ErrorCode, 
/**
 * Facts: the field, the id, the path, the owner. Not a sentence to show by itself.
 */
detail: string, 
/**
 * The input field that was wrong, where one was.
 */
field: string | null, failure: FailureInfo | null, };

export interface Commands {
  "app.get": { request: Nothing; response: AppInfo };
  "app.set_preferences": { request: Preferences; response: AppInfo };
  "workspace.create": { request: NewWorkspace; response: AppInfo };
  "workspace.open": { request: ById; response: AppInfo };
  "workspace.lift_quarantine": { request: LiftRequest; response: AppInfo };
  "workspace.set_enabled": { request: EnabledInput; response: AppInfo };
  "workspace.check": { request: Nothing; response: CheckReport };
  "workspace.open_sandbox": { request: Nothing; response: AppInfo };
  "audit.list": { request: AuditRequest; response: AuditPage };
  "audit.get": { request: AuditGet; response: AuditDetail };
  "audit.verify": { request: AuditVerify; response: AuditReport };
  "audit.anchor": { request: Nothing; response: AuditAnchors };
  "audit.export": { request: AuditExport; response: FileContent };
  "log.tail": { request: LogRequest; response: LogPage };
  "log.record": { request: LogRecordRequest; response: LogPage };
  "support.preview": { request: SupportRequest; response: SupportPreview };
  "support.save": { request: ById; response: FileContent };
  "desktop.get": { request: Nothing; response: DesktopInfo };
  "desktop.set": { request: DesktopChoice; response: DesktopInfo };
  "desktop.leave": { request: Leaving; response: Nothing };
  "network.get": { request: Nothing; response: NetworkInfo };
  "network.permit": { request: NetworkHost; response: NetworkInfo };
  "network.forbid": { request: NetworkHost; response: NetworkInfo };
  "session.get": { request: Nothing; response: SessionInfo };
  "session.sign_in": { request: SignInRequest; response: SessionInfo };
  "session.lock": { request: Nothing; response: Nothing };
  "session.touch": { request: Nothing; response: Nothing };
  "session.change_password": { request: OwnPassword; response: Nothing };
  "people.list": { request: Nothing; response: People };
  "people.add": { request: NewPerson; response: People };
  "people.change": { request: PersonChange; response: People };
  "people.set_password": { request: PersonPassword; response: Nothing };
  "people.set_guards": { request: GuardsInfo; response: People };
  "approvals.list": { request: Nothing; response: Approvals };
  "approvals.decide": { request: ApprovalDecision; response: Approvals };
  "approvals.withdraw": { request: ById; response: Approvals };
  "vault.get": { request: Nothing; response: VaultInfo };
  "vault.choose": { request: VaultChoice; response: VaultInfo };
  "vault.unlock": { request: PassphraseInput; response: VaultInfo };
  "vault.change_passphrase": { request: PassphraseChange; response: VaultInfo };
  "overview.get": { request: Nothing; response: Overview };
  "counts.get": { request: Nothing; response: Counts };
  "connections.list": { request: Nothing; response: Connections };
  "connections.test": { request: ConnectionInput; response: TestResult };
  "connections.save": { request: ConnectionInput; response: ConnectionInfo };
  "connections.set_secret": { request: SecretInput; response: ConnectionInfo };
  "connections.wake": { request: ById; response: Nothing };
  "connections.lists": { request: ListsRequest; response: ConnectionListsInfo };
  "connections.hook": { request: ById; response: HookInfo };
  "connections.set_hook_secret": { request: SecretInput; response: HookInfo };
  "connections.renew_hook": { request: ById; response: HookInfo };
  "connections.shop_hooks": { request: ById; response: ShopHooks };
  "connections.enable_shop_hook": { request: ShopHookRef; response: ShopHooks };
  "backfill.plan": { request: BackfillRequest; response: BackfillInfo };
  "backfill.confirm": { request: ById; response: BackfillInfo };
  "backfill.cancel": { request: ById; response: BackfillInfo };
  "backfill.list": { request: Nothing; response: Backfills };
  "listener.get": { request: Nothing; response: ListenerInfo };
  "listener.set": { request: ListenerInput; response: ListenerInfo };
  "inbox.list": { request: InboxRequest; response: InboxPage };
  "inbox.get": { request: DeliveryRequest; response: DeliveryInfo };
  "inbox.replay": { request: WithReason; response: DeliveryInfo };
  "flows.save": { request: FlowInput; response: FlowInfo };
  "flows.preview_rules": { request: RulesPreviewRequest; response: RulesPreview };
  "orders.list": { request: ListRequest; response: OrderPage };
  "imports.begin": { request: ImportBegin; response: ImportInfo };
  "imports.append": { request: ImportPiece; response: ImportInfo };
  "imports.preview": { request: ImportChoice; response: ImportPreview };
  "imports.start": { request: ImportChoice; response: ImportInfo };
  "imports.cancel": { request: ImportId; response: ImportInfo };
  "imports.get": { request: ImportId; response: ImportInfo };
  "imports.list": { request: Nothing; response: Imports };
  "imports.rejected": { request: ImportRejectedRequest; response: ImportRejectedPage };
  "documents.list": { request: ListRequest; response: DocumentPage };
  "record.get": { request: RecordRequest; response: RecordInfo };
  "record.order_version": { request: OrderVersionRequest; response: OrderAsReceived };
  "failures.list": { request: Nothing; response: Failures };
  "failures.records": { request: CauseRecordsRequest; response: CauseRecords };
  "failures.assign": { request: AssignCause; response: Nothing };
  "failures.snooze": { request: SnoozeCause; response: Nothing };
  "record.desk": { request: ById; response: RecordDesk };
  "record.assign": { request: AssignRecord; response: Nothing };
  "record.tag": { request: TagsInput; response: Nothing };
  "record.snooze": { request: SnoozeRecord; response: Nothing };
  "notes.save": { request: NoteInput; response: Nothing };
  "notes.delete": { request: ById; response: Nothing };
  "notes.restore": { request: ById; response: Nothing };
  "bulk.plan": { request: BulkRequest; response: BulkJob };
  "bulk.confirm": { request: BulkConfirm; response: BulkJob };
  "bulk.cancel": { request: ById; response: BulkJob };
  "bulk.get": { request: ById; response: BulkJob };
  "bulk.list": { request: Nothing; response: BulkJobs };
  "bulk.report": { request: BulkReportRequest; response: BulkItems };
  "bulk.csv": { request: BulkCsvRequest; response: FileContent };
  "documents.retry": { request: RetryRequest; response: RetryResult };
  "documents.dismiss": { request: WithReason; response: Nothing };
  "documents.reopen": { request: WithReason; response: Nothing };
  "documents.operate": { request: OperateRequest; response: OperationInfo };
  "documents.storno": { request: WithReason; response: DocumentRow };
  "documents.invoice_again": { request: WithReason; response: DocumentRow };
  "documents.accept_change": { request: AcceptChange; response: DocumentRow };
  "documents.ignore_change": { request: WithReason; response: Nothing };
  "documents.pdf": { request: ById; response: FileContent };
  "documents.einvoice_archive": { request: ById; response: FileContent };
  "documents.refresh": { request: ById; response: Nothing };
  "operations.close": { request: WithReason; response: Nothing };
  "doubts.list": { request: Nothing; response: Doubts };
  "doubts.look": { request: ById; response: LookInfo };
  "doubts.link": { request: LinkRequest; response: Nothing };
  "doubts.declare_absent": { request: WithReason; response: Nothing };
  "reconcile.run": { request: ReconcileRequest; response: ReconcileStarted };
  "reconcile.runs": { request: Nothing; response: ReconcileRuns };
  "reconcile.findings": { request: FindingsRequest; response: FindingPage };
  "reconcile.ignore": { request: IgnoreRequest; response: Nothing };
  "reconcile.expected": { request: Nothing; response: Expected };
  "doubts.candidate_pdf": { request: CandidateRequest; response: FileContent };
  "doubts.issue": { request: WithReason; response: RetryResult };
  "month.books": { request: Nothing; response: BooksList };
  "month.report": { request: MonthRequest; response: MonthReport };
  "month.close": { request: MonthClose; response: MonthReport };
  "month.reopen": { request: WithReason; response: Nothing };
  "month.file": { request: MonthFileRequest; response: FileContent };
  "einvoices.list": { request: EInvoicesRequest; response: EInvoices };
  "overview.trend": { request: TrendRequest; response: Trend };
  "schedule.list": { request: Nothing; response: ScheduleInfo };
  "schedule.run_now": { request: ById; response: Nothing };
  "schedule.set_retention": { request: RetentionRequest; response: Nothing };
  "retention.preview": { request: RetentionRequest; response: RetentionPreview };
  "clients.find": { request: ClientQuery; response: ClientsFound };
  "clients.export": { request: ClientQuery; response: FileContent };
  "clients.erase": { request: ClientErase; response: ClientErased };
  "setup.export": { request: Nothing; response: SetupText };
  "setup.preview": { request: SetupInput; response: SetupPlan };
  "setup.import": { request: SetupInput; response: SetupPlan };
  "backup.get": { request: BackupRequest; response: BackupInfo };
  "backup.set": { request: BackupSettingsInput; response: BackupInfo };
  "backup.run": { request: BackupRun; response: Nothing };
  "backup.verify": { request: BackupRef; response: BackupVerified };
  "backup.restore": { request: RestoreRequest; response: AppInfo };
  "alerts.get": { request: Nothing; response: AlertsInfo };
  "alerts.set": { request: AlertsInput; response: AlertsInfo };
  "alerts.set_channel": { request: AlertChannelInput; response: AlertChannelSaved };
  "alerts.test": { request: ById; response: NoticeSendInfo };
  "alerts.list": { request: NoticesRequest; response: NoticePage };
  "alerts.desktop": { request: DesktopNoticesRequest; response: DesktopNotices };
  "mappings.list": { request: Nothing; response: Mappings };
  "mappings.get": { request: ById; response: MappingInfo };
  "mappings.create": { request: MappingCreate; response: MappingSummary };
  "mappings.samples": { request: SamplesRequest; response: Samples };
  "mappings.sample": { request: SampleRequest; response: SampleAnswer };
  "mappings.try": { request: TryRequest; response: MappingTrial };
  "mappings.save_draft": { request: DraftSave; response: DraftSaved };
  "mappings.discard_draft": { request: ById; response: Nothing };
  "mappings.publish": { request: PublishRequest; response: Published };
  "mappings.retry_held": { request: ById; response: RetryResult };
  "mappings.history": { request: ById; response: MappingHistory };
  "mappings.version": { request: VersionRequest; response: MappingDocument };
  "mappings.diff": { request: DiffRequest; response: MappingDiff };
  "mappings.write_text": { request: MappingDocument; response: MappingText };
  "mappings.read_text": { request: MappingText; response: MappingDocument };
  "dry_run.start": { request: DryRunRequest; response: DryRunInfo };
  "dry_run.get": { request: ById; response: DryRunAnswer };
  "dry_run.cancel": { request: ById; response: Nothing };
  "table.documents": { request: RowsRequest; response: DocumentRows };
  "table.orders": { request: RowsRequest; response: OrderRows };
  "table.summary": { request: TableQuery; response: TableSummary };
  "table.vocabulary": { request: ListRef; response: TableVocabulary };
  "views.list": { request: ListRef; response: SavedViews };
  "views.save": { request: SavedView; response: SavedView };
  "views.delete": { request: ById; response: Nothing };
  "layout.get": { request: ListRef; response: TableLayout };
  "layout.save": { request: TableLayout; response: Nothing };
  "export.start": { request: ExportRequest; response: ExportInfo };
  "export.get": { request: Nothing; response: ExportAnswer };
  "export.cancel": { request: ById; response: Nothing };
  "drafts.fields": { request: ById; response: DraftFields };
  "drafts.preview": { request: DraftEditRequest; response: EditPreview };
  "drafts.save": { request: DraftEditSave; response: DraftFields };
  "drafts.undo": { request: WithReason; response: DraftFields };
  "sandbox.get": { request: Nothing; response: SandboxInfo };
  "sandbox.set_fault": { request: SandboxFault; response: SandboxInfo };
  "sandbox.clear_faults": { request: Nothing; response: SandboxInfo };
  "sandbox.add_orders": { request: SandboxOrders; response: SandboxInfo };
}

export const staleBy: Record<keyof Commands, Tag[]> = {
  "app.get": ["app"],
  "app.set_preferences": [],
  "workspace.create": [],
  "workspace.open": [],
  "workspace.lift_quarantine": [],
  "workspace.set_enabled": [],
  "workspace.check": [],
  "workspace.open_sandbox": [],
  "audit.list": ["audit"],
  "audit.get": [],
  "audit.verify": [],
  "audit.anchor": [],
  "audit.export": [],
  "log.tail": [],
  "log.record": [],
  "support.preview": [],
  "support.save": [],
  "desktop.get": ["app"],
  "desktop.set": [],
  "desktop.leave": [],
  "network.get": ["app"],
  "network.permit": [],
  "network.forbid": [],
  "session.get": ["app", "people"],
  "session.sign_in": [],
  "session.lock": [],
  "session.touch": [],
  "session.change_password": [],
  "people.list": ["people"],
  "people.add": [],
  "people.change": [],
  "people.set_password": [],
  "people.set_guards": [],
  "approvals.list": ["people"],
  "approvals.decide": [],
  "approvals.withdraw": [],
  "vault.get": ["app"],
  "vault.choose": [],
  "vault.unlock": [],
  "vault.change_passphrase": [],
  "overview.get": ["app", "connections", "documents", "orders", "reconcile"],
  "counts.get": ["documents", "orders", "reconcile"],
  "connections.list": ["connections", "documents"],
  "connections.test": [],
  "connections.save": [],
  "connections.set_secret": [],
  "connections.wake": [],
  "connections.lists": ["connections"],
  "connections.hook": ["connections", "inbox"],
  "connections.set_hook_secret": [],
  "connections.renew_hook": [],
  "connections.shop_hooks": [],
  "connections.enable_shop_hook": [],
  "backfill.plan": [],
  "backfill.confirm": [],
  "backfill.cancel": [],
  "backfill.list": ["backfill"],
  "listener.get": ["inbox"],
  "listener.set": [],
  "inbox.list": ["inbox"],
  "inbox.get": ["inbox"],
  "inbox.replay": [],
  "flows.save": [],
  "flows.preview_rules": ["orders"],
  "orders.list": ["orders", "documents"],
  "imports.begin": [],
  "imports.append": [],
  "imports.preview": [],
  "imports.start": [],
  "imports.cancel": [],
  "imports.get": ["imports"],
  "imports.list": ["imports"],
  "imports.rejected": ["imports"],
  "documents.list": ["documents"],
  "record.get": ["orders", "documents", "mappings"],
  "record.order_version": [],
  "failures.list": ["documents", "desk"],
  "failures.records": ["documents", "desk"],
  "failures.assign": [],
  "failures.snooze": [],
  "record.desk": ["desk"],
  "record.assign": [],
  "record.tag": [],
  "record.snooze": [],
  "notes.save": [],
  "notes.delete": [],
  "notes.restore": [],
  "bulk.plan": [],
  "bulk.confirm": [],
  "bulk.cancel": [],
  "bulk.get": ["bulk"],
  "bulk.list": ["bulk"],
  "bulk.report": ["bulk"],
  "bulk.csv": [],
  "documents.retry": [],
  "documents.dismiss": [],
  "documents.reopen": [],
  "documents.operate": [],
  "documents.storno": [],
  "documents.invoice_again": [],
  "documents.accept_change": [],
  "documents.ignore_change": [],
  "documents.pdf": [],
  "documents.einvoice_archive": [],
  "documents.refresh": [],
  "operations.close": [],
  "doubts.list": ["documents"],
  "doubts.look": [],
  "doubts.link": [],
  "doubts.declare_absent": [],
  "reconcile.run": [],
  "reconcile.runs": ["reconcile", "connections"],
  "reconcile.findings": ["reconcile"],
  "reconcile.ignore": [],
  "reconcile.expected": ["documents", "orders"],
  "doubts.candidate_pdf": [],
  "doubts.issue": [],
  "month.books": ["connections"],
  "month.report": ["documents", "orders", "reconcile"],
  "month.close": [],
  "month.reopen": [],
  "month.file": [],
  "einvoices.list": ["documents", "connections"],
  "overview.trend": ["documents"],
  "schedule.list": ["schedule", "connections"],
  "schedule.run_now": [],
  "schedule.set_retention": [],
  "retention.preview": ["schedule"],
  "clients.find": [],
  "clients.export": [],
  "clients.erase": [],
  "setup.export": ["connections", "mappings"],
  "setup.preview": ["connections", "mappings"],
  "setup.import": [],
  "backup.get": ["schedule", "app"],
  "backup.set": [],
  "backup.run": [],
  "backup.verify": [],
  "backup.restore": [],
  "alerts.get": ["alerts"],
  "alerts.set": [],
  "alerts.set_channel": [],
  "alerts.test": [],
  "alerts.list": ["alerts"],
  "alerts.desktop": ["alerts"],
  "mappings.list": ["mappings", "connections"],
  "mappings.get": ["mappings", "connections"],
  "mappings.create": [],
  "mappings.samples": ["orders", "documents"],
  "mappings.sample": [],
  "mappings.try": [],
  "mappings.save_draft": [],
  "mappings.discard_draft": [],
  "mappings.publish": [],
  "mappings.retry_held": [],
  "mappings.history": ["mappings", "documents"],
  "mappings.version": ["mappings"],
  "mappings.diff": [],
  "mappings.write_text": [],
  "mappings.read_text": [],
  "dry_run.start": [],
  "dry_run.get": ["dry_run"],
  "dry_run.cancel": [],
  "table.documents": ["documents"],
  "table.orders": ["orders", "documents"],
  "table.summary": ["documents", "orders"],
  "table.vocabulary": ["connections"],
  "views.list": ["views"],
  "views.save": [],
  "views.delete": [],
  "layout.get": ["views"],
  "layout.save": [],
  "export.start": [],
  "export.get": ["exports"],
  "export.cancel": [],
  "drafts.fields": ["documents", "mappings"],
  "drafts.preview": [],
  "drafts.save": [],
  "drafts.undo": [],
  "sandbox.get": ["sandbox", "documents", "orders"],
  "sandbox.set_fault": [],
  "sandbox.clear_faults": [],
  "sandbox.add_orders": [],
};

export const neededRole: Record<keyof Commands, AccessRole> = {
  "app.get": "viewer",
  "app.set_preferences": "viewer",
  "workspace.create": "admin",
  "workspace.open": "viewer",
  "workspace.lift_quarantine": "admin",
  "workspace.set_enabled": "admin",
  "workspace.check": "operator",
  "workspace.open_sandbox": "viewer",
  "audit.list": "operator",
  "audit.get": "operator",
  "audit.verify": "operator",
  "audit.anchor": "operator",
  "audit.export": "operator",
  "log.tail": "operator",
  "log.record": "operator",
  "support.preview": "admin",
  "support.save": "admin",
  "desktop.get": "viewer",
  "desktop.set": "viewer",
  "desktop.leave": "viewer",
  "network.get": "viewer",
  "network.permit": "admin",
  "network.forbid": "admin",
  "session.get": "viewer",
  "session.sign_in": "viewer",
  "session.lock": "viewer",
  "session.touch": "viewer",
  "session.change_password": "viewer",
  "people.list": "admin",
  "people.add": "admin",
  "people.change": "admin",
  "people.set_password": "admin",
  "people.set_guards": "admin",
  "approvals.list": "viewer",
  "approvals.decide": "operator",
  "approvals.withdraw": "operator",
  "vault.get": "viewer",
  "vault.choose": "admin",
  "vault.unlock": "viewer",
  "vault.change_passphrase": "admin",
  "overview.get": "viewer",
  "counts.get": "viewer",
  "connections.list": "viewer",
  "connections.test": "admin",
  "connections.save": "admin",
  "connections.set_secret": "admin",
  "connections.wake": "operator",
  "connections.lists": "viewer",
  "connections.hook": "admin",
  "connections.set_hook_secret": "admin",
  "connections.renew_hook": "admin",
  "connections.shop_hooks": "operator",
  "connections.enable_shop_hook": "operator",
  "backfill.plan": "admin",
  "backfill.confirm": "admin",
  "backfill.cancel": "operator",
  "backfill.list": "viewer",
  "listener.get": "viewer",
  "listener.set": "admin",
  "inbox.list": "viewer",
  "inbox.get": "operator",
  "inbox.replay": "operator",
  "flows.save": "admin",
  "flows.preview_rules": "viewer",
  "orders.list": "viewer",
  "imports.begin": "operator",
  "imports.append": "operator",
  "imports.preview": "operator",
  "imports.start": "operator",
  "imports.cancel": "operator",
  "imports.get": "viewer",
  "imports.list": "viewer",
  "imports.rejected": "viewer",
  "documents.list": "viewer",
  "record.get": "viewer",
  "record.order_version": "viewer",
  "failures.list": "viewer",
  "failures.records": "viewer",
  "failures.assign": "operator",
  "failures.snooze": "operator",
  "record.desk": "viewer",
  "record.assign": "operator",
  "record.tag": "operator",
  "record.snooze": "operator",
  "notes.save": "operator",
  "notes.delete": "operator",
  "notes.restore": "operator",
  "bulk.plan": "operator",
  "bulk.confirm": "operator",
  "bulk.cancel": "operator",
  "bulk.get": "viewer",
  "bulk.list": "viewer",
  "bulk.report": "viewer",
  "bulk.csv": "viewer",
  "documents.retry": "operator",
  "documents.dismiss": "operator",
  "documents.reopen": "operator",
  "documents.operate": "operator",
  "documents.storno": "operator",
  "documents.invoice_again": "operator",
  "documents.accept_change": "operator",
  "documents.ignore_change": "operator",
  "documents.pdf": "viewer",
  "documents.einvoice_archive": "viewer",
  "documents.refresh": "operator",
  "operations.close": "operator",
  "doubts.list": "viewer",
  "doubts.look": "operator",
  "doubts.link": "operator",
  "doubts.declare_absent": "operator",
  "reconcile.run": "operator",
  "reconcile.runs": "viewer",
  "reconcile.findings": "viewer",
  "reconcile.ignore": "operator",
  "reconcile.expected": "viewer",
  "doubts.candidate_pdf": "viewer",
  "doubts.issue": "operator",
  "month.books": "viewer",
  "month.report": "viewer",
  "month.close": "operator",
  "month.reopen": "operator",
  "month.file": "viewer",
  "einvoices.list": "viewer",
  "overview.trend": "viewer",
  "schedule.list": "viewer",
  "schedule.run_now": "operator",
  "schedule.set_retention": "admin",
  "retention.preview": "admin",
  "clients.find": "admin",
  "clients.export": "admin",
  "clients.erase": "admin",
  "setup.export": "admin",
  "setup.preview": "admin",
  "setup.import": "admin",
  "backup.get": "viewer",
  "backup.set": "admin",
  "backup.run": "operator",
  "backup.verify": "operator",
  "backup.restore": "admin",
  "alerts.get": "viewer",
  "alerts.set": "admin",
  "alerts.set_channel": "admin",
  "alerts.test": "admin",
  "alerts.list": "viewer",
  "alerts.desktop": "viewer",
  "mappings.list": "viewer",
  "mappings.get": "viewer",
  "mappings.create": "admin",
  "mappings.samples": "viewer",
  "mappings.sample": "viewer",
  "mappings.try": "viewer",
  "mappings.save_draft": "admin",
  "mappings.discard_draft": "admin",
  "mappings.publish": "admin",
  "mappings.retry_held": "operator",
  "mappings.history": "viewer",
  "mappings.version": "viewer",
  "mappings.diff": "viewer",
  "mappings.write_text": "viewer",
  "mappings.read_text": "viewer",
  "dry_run.start": "operator",
  "dry_run.get": "viewer",
  "dry_run.cancel": "operator",
  "table.documents": "viewer",
  "table.orders": "viewer",
  "table.summary": "viewer",
  "table.vocabulary": "viewer",
  "views.list": "viewer",
  "views.save": "viewer",
  "views.delete": "viewer",
  "layout.get": "viewer",
  "layout.save": "viewer",
  "export.start": "viewer",
  "export.get": "viewer",
  "export.cancel": "viewer",
  "drafts.fields": "viewer",
  "drafts.preview": "viewer",
  "drafts.save": "operator",
  "drafts.undo": "operator",
  "sandbox.get": "viewer",
  "sandbox.set_fault": "operator",
  "sandbox.clear_faults": "operator",
  "sandbox.add_orders": "operator",
};
