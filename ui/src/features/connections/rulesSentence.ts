import type { TFunction } from "i18next";
import type { RulesInfo, RuleWhen } from "../../api/generated/api";
import { statusWord } from "./statusWords";

/** Rules that nobody touched: every completed or paid order, at once, as mapped. */
export const untouchedWhen: RuleWhen = {
  statuses: [],
  paid: "any",
  paymentMethods: { include: [], exclude: [] },
  countries: { include: [], exclude: [] },
  minTotal: null,
  maxTotal: null,
};
export const untouchedRules: RulesInfo = {
  when: untouchedWhen,
  document: "invoice",
  proforma: { series: "", statuses: [], paymentMethods: [] },
  delayMinutes: 0,
  approveAbove: null,
  seriesRules: [],
  issueDate: "issue_day",
  dueDays: null,
  collect: [],
  receiptSeries: "",
  language: "",
  emailClient: false,
  sendEinvoice: false,
};

export type DelayUnit = "minutes" | "hours" | "days";
export const minutesOf: Record<DelayUnit, number> = { minutes: 1, hours: 60, days: 1440 };

/** The largest unit in which a delay is a whole number. */
export function unitOf(minutes: number): DelayUnit {
  if (minutes > 0 && minutes % minutesOf.days === 0) return "days";
  return minutes > 0 && minutes % minutesOf.hours === 0 ? "hours" : "minutes";
}

export interface Saying {
  t: TFunction;
  language: string;
  amount: (text: string) => string;
}

/** What rules will do, in words, built of the catalogue's pieces. */
export function rulesSentence(rules: RulesInfo, condition: string, saying: Saying): string {
  const { t, amount } = saying;
  const { when } = rules;
  const statuses = statusesOf(when.statuses, saying);
  const first = when.statuses.length > 0 ? t("rules.say.statuses", { statuses }) : t("rules.say.usual");
  const taken = [first, ...pieces(when, saying)];
  if (condition.trim() !== "") taken.push(t("rules.say.condition"));
  const unit = unitOf(rules.delayMinutes);
  const count = rules.delayMinutes / minutesOf[unit];
  const sentences = [
    `${taken.join(", ")}.`,
    rules.document === "proforma_then_invoice" && proformaOf(rules, saying),
    count > 0 ? t(`rules.say.${unit}`, { count }) : t("rules.say.atOnce"),
    filled(rules.approveAbove) && t("rules.say.approve", { amount: amount(rules.approveAbove) }),
    ...rules.seriesRules.map((rule) => t("rules.say.series", { series: rule.series, orders: ordersOf(rule.when, saying) })),
    rules.issueDate === "completion_day" && t("rules.say.completionDay"),
    rules.dueDays !== null && t("rules.say.due", { count: rules.dueDays }),
    ...rules.collect.map((rule) =>
      t(`rules.say.collect_${rule.when}`, { method: rule.method || t("rules.say.otherMethods"), kind: t(`rules.kind.${rule.as}`) }),
    ),
    rules.receiptSeries !== "" && takesCash(rules) && t("rules.say.receipts", { series: rules.receiptSeries }),
    rules.language !== "" && t("rules.say.language", { language: rules.language }),
    rules.sendEinvoice && t("rules.say.einvoice"),
    rules.emailClient && t("rules.say.email"),
  ];
  return sentences.filter((sentence) => sentence !== false).join(" ");
}

const filled = (text: string | null): text is string => text !== null && text.trim() !== "";

function ordersOf(when: RuleWhen, saying: Saying): string {
  const statuses = when.statuses.length > 0 ? [saying.t("rules.say.status", { list: statusesOf(when.statuses, saying) })] : [];
  const all = [...statuses, ...pieces(when, saying)];
  return all.length > 0 ? all.join(", ") : saying.t("rules.say.anyOrder");
}

/** The conditions beside the status. */
function pieces(when: RuleWhen, saying: Saying): string[] {
  const { t, amount } = saying;
  const list = (words: string[]) => listOf(words, saying);
  const { paymentMethods, countries } = when;
  return [
    when.paid !== "any" && t(`rules.say.paid_${when.paid}`),
    paymentMethods.include.length > 0 && t("rules.say.methods", { list: list(paymentMethods.include) }),
    paymentMethods.exclude.length > 0 && t("rules.say.notMethods", { list: list(paymentMethods.exclude) }),
    countries.include.length > 0 && t("rules.say.countries", { list: list(countries.include) }),
    countries.exclude.length > 0 && t("rules.say.notCountries", { list: list(countries.exclude) }),
    filled(when.minTotal) && t("rules.say.from", { amount: amount(when.minTotal) }),
    filled(when.maxTotal) && t("rules.say.to", { amount: amount(when.maxTotal) }),
  ].filter((piece) => piece !== false);
}

/** Whether any payment is recorded in cash, under a receipt. */
export function takesCash(rules: RulesInfo): boolean {
  return rules.collect.some((rule) => rule.as === "cash" && rule.when !== "never");
}

function proformaOf({ proforma }: RulesInfo, saying: Saying): string {
  const { series, paymentMethods } = proforma;
  const statuses = statusesOf(proforma.statuses.length > 0 ? proforma.statuses : ["open"], saying);
  const facts = { series, statuses, methods: listOf(paymentMethods, saying) };
  return saying.t(paymentMethods.length > 0 ? "rules.say.proformaBy" : "rules.say.proforma", facts);
}

function statusesOf(codes: string[], saying: Saying): string {
  return listOf(codes.map((code) => statusWord(saying.t, code)), saying);
}

function listOf(words: string[], { language }: Saying): string {
  return new Intl.ListFormat(language, { type: "disjunction" }).format(words);
}
