import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { useState } from "react";
import { expect, test } from "vitest";
import type { ApiError, RulesInfo, RulesPreview, RulesPreviewRequest } from "../../api/generated/api";
import { formatDecimal } from "../../shared/lib/format";
import { ids } from "../../shared/lib/testids";
import { show } from "../../test/show";
import { RulesForm } from "./RulesForm";
import { rulesSentence, unitOf, untouchedRules, untouchedWhen } from "./rulesSentence";

const preview: RulesPreview = {
  looked: 200,
  matching: 143,
  proformas: 0,
  toApprove: 2,
  notTaken: [
    { reason: "not_completed", count: 31, orders: ["1042", "1041", "1040", "1039", "1038"] },
    { reason: "country", count: 1, orders: ["1007"] },
  ],
};

const offered = [
  { name: "FCT", documentType: "invoice", nextNumber: "0008" },
  { name: "PRO", documentType: "proforma", nextNumber: "0002" },
  { name: "CHT", documentType: "receipt", nextNumber: null },
];

function Form({ start, told }: { start: RulesInfo; told: (rules: RulesInfo) => void }) {
  const [rules, setRules] = useState(start);
  const set = (changed: RulesInfo) => {
    setRules(changed);
    told(changed);
  };
  return <RulesForm shopId="con_1" condition="" rules={rules} offered={offered} set={set} wrong={() => undefined} />;
}

async function form(start = untouchedRules, answer: unknown = preview) {
  let last = start;
  const shown = await show(<Form start={start} told={(rules) => (last = rules)} />, { "flows.preview_rules": answer });
  return { ...shown, rules: () => last };
}

const field = (name: string) => screen.getByTestId(ids.flowForm(name));

/** What a list of words is typed into. */
async function type(name: string, ...words: string[]) {
  for (const word of words) await userEvent.type(field(name), `${word}{Enter}`);
}

async function pick(name: string, option: string) {
  await userEvent.click(field(name));
  const list = await waitFor(() => {
    const opened = document.getElementById(field(name).getAttribute("aria-controls") ?? "");
    expect(opened).not.toBeNull();
    return opened as HTMLElement;
  });
  await userEvent.click(within(list).getByText(option));
}

test("rules that nobody touched say that every completed or paid order is invoiced at once", async () => {
  const { t } = await form();
  expect(field("rules-sentence")).toHaveTextContent(`${t("rules.say.usual")}. ${t("rules.say.atOnce")}`);
  expect(screen.queryByTestId(ids.flowForm("when-minTotal"))).toBeNull();
});

test("it counts how many of the newest orders would be taken, and names those that would not with the reason", async () => {
  const { t } = await form();
  const counted = await screen.findByTestId(ids.flowForm("rules-preview"));
  expect(counted).toHaveTextContent("Would take 143 of the last 200 orders. 2 of them would wait for a release.");
  expect(counted).toHaveTextContent(`31 · ${t("reason.not_completed")} (#1042, #1041, #1040, #1039, #1038, …)`);
  expect(counted).toHaveTextContent(`1 · ${t("reason.country")} (#1007)`);
});

test("the count is asked for again once the typing rests, with the rules as they stand", async () => {
  const { calls, rules } = await form();
  await screen.findByTestId(ids.flowForm("rules-preview"));
  await userEvent.type(field("approve"), "5000");
  await type("when-statuses", "completed");
  const asked = () => calls.filter((call) => call.command === "flows.preview_rules").map((call) => call.request as RulesPreviewRequest);
  await waitFor(() => expect(asked().at(-1)?.rules).toEqual(rules()));
  expect(rules()).toMatchObject({ approveAbove: "5000", when: { statuses: ["completed"] } });
  expect(asked().length, "not once for each key").toBeLessThan(5);
});

test("a delay is typed in the unit that a person thinks in", async () => {
  const { rules, t } = await form({ ...untouchedRules, delayMinutes: 120 });
  expect(field("rules-sentence")).toHaveTextContent(t("rules.say.hours", { count: 2 }));
  expect(field("delay")).toHaveValue("2");
  await pick("delay-unit", t("rules.unit.days"));
  expect(rules().delayMinutes).toBe(2 * 1440);
  expect(field("rules-sentence")).toHaveTextContent("The invoice is issued 2 days later.");
  expect([unitOf(0), unitOf(90), unitOf(180), unitOf(2880)]).toEqual(["minutes", "minutes", "hours", "days"]);
});

test("methods, countries and amounts stand behind a disclosure, and in the sentence", async () => {
  const { rules } = await form();
  await userEvent.click(field("rules-only"));
  await type("when-paymentMethods-include", "cod", "bacs");
  await type("when-countries-exclude", "bg");
  await userEvent.type(field("when-minTotal"), "100");
  expect(rules().when).toMatchObject({
    paymentMethods: { include: ["cod", "bacs"], exclude: [] },
    countries: { include: [], exclude: ["BG"] },
    minTotal: "100",
  });
  expect(field("rules-sentence")).toHaveTextContent("paid by cod or bacs, not from BG, of 100.00 or more.");
});

test("amounts are typed and shown as Romanian writes them, and kept with a point", async () => {
  const { rules } = await form({ ...untouchedRules, when: { ...untouchedWhen, minTotal: "99.5" } });
  await act(() => i18next.changeLanguage("ro"));
  expect(field("when-minTotal")).toHaveValue("99,5");
  await userEvent.type(field("approve"), "500,50");
  expect(rules().approveAbove).toBe("500.50");
  expect(field("rules-sentence")).toHaveTextContent("Peste 500,50 o eliberează întâi o persoană.");
  await userEvent.clear(field("when-minTotal"));
  await userEvent.type(field("when-minTotal"), "1.000");
  expect(rules().when.minTotal).toBe("1000");
  await userEvent.clear(field("approve"));
  expect(rules().approveAbove).toBeNull();
  await userEvent.click(field("approve"));
  await userEvent.paste("1.234,56");
  expect(rules().approveAbove).toBe("1234.56");
  await act(() => i18next.changeLanguage("en"));
});

test("a delay of half a day is written with the mark of the language", async () => {
  const { rules } = await form({ ...untouchedRules, delayMinutes: 720 });
  await act(() => i18next.changeLanguage("ro"));
  await pick("delay-unit", "zile");
  await userEvent.clear(field("delay"));
  await userEvent.type(field("delay"), "1,5");
  expect(field("delay")).toHaveValue("1,5");
  expect(rules().delayMinutes).toBe(2160);
  await act(() => i18next.changeLanguage("en"));
});

test("payments are set beside each other by method, and said so", async () => {
  const { rules, t } = await form({ ...untouchedRules, sendEinvoice: true });
  await userEvent.click(field("collect-add"));
  await userEvent.type(field("collect-0-method"), "cod");
  await pick("collect-0-when", t("rules.when.later"));
  await pick("collect-0-as", t("rules.kind.cash_on_delivery"));
  expect(rules()).toMatchObject({ collect: [{ method: "cod", when: "later", as: "cash_on_delivery" }] });
  expect(field("rules-sentence")).toHaveTextContent("cod: the payment is recorded when the order is paid");
});

test("series are set beside each other, and taken away again", async () => {
  const { rules, t } = await form({ ...untouchedRules, sendEinvoice: true });
  await userEvent.click(field("series-add"));
  await userEvent.type(field("series-0"), "EXT");
  await type("series-0-countries-include", "HU");
  expect(rules()).toMatchObject({ seriesRules: [{ series: "EXT", when: { countries: { include: ["HU"] } } }] });
  const said = field("rules-sentence");
  expect(said).toHaveTextContent("In series EXT: from HU.");
  await userEvent.click(within(said.parentElement as HTMLElement).getAllByText(t("rules.remove"))[0] as HTMLElement);
  expect(rules().seriesRules).toEqual([]);
});

test("dates and what follows are open where something is set", async () => {
  const { rules, t } = await form({ ...untouchedRules, sendEinvoice: true });
  await pick("issue-date", t("rules.date.completion_day"));
  await userEvent.type(field("due-days"), "15");
  await userEvent.click(field("email"));
  expect(rules()).toMatchObject({ issueDate: "completion_day", dueDays: 15, sendEinvoice: true, emailClient: true });
  const said = field("rules-sentence");
  for (const words of ["due 15 days after", "It goes to e-Factura."]) expect(said).toHaveTextContent(words);
});

test("a proforma comes first where a person says so, with its series, statuses in words, and its methods", async () => {
  const counted = { ...preview, proformas: 12 };
  const { rules, t } = await form(untouchedRules, counted);
  expect(screen.queryByTestId(ids.flowForm("proforma-series"))).toBeNull();
  await pick("document", t("rules.documents.proforma_then_invoice"));
  await userEvent.click(field("proforma-series"));
  expect(screen.queryByRole("option", { name: "FCT" }), "only series of proformas").toBeNull();
  await userEvent.click(await screen.findByRole("option", { name: "PRO" }));
  await type("proforma-statuses", "on hold");
  await type("proforma-methods", "bacs");
  expect(rules()).toMatchObject({
    document: "proforma_then_invoice",
    proforma: { series: "PRO", statuses: ["on-hold"], paymentMethods: ["bacs"] },
  });
  expect(field("rules-sentence")).toHaveTextContent(
    "Unpaid orders that are on hold, to be paid by bacs, get a proforma in series PRO first.",
  );
  expect(await screen.findByTestId(ids.flowForm("rules-preview"))).toHaveTextContent("12 more would get a proforma.");
});

test("a status that is known stands in words, and one that a shop invented as it is", async () => {
  const { rules } = await form({ ...untouchedRules, when: { ...untouchedWhen, statuses: ["processing", "trimis-curier"] } });
  await type("when-statuses", "on hold", "completed");
  expect(rules().when.statuses).toEqual(["processing", "trimis-curier", "on-hold", "completed"]);
  expect(field("rules-sentence")).toHaveTextContent("processing, trimis-curier, on hold, or completed");
  await i18next.changeLanguage("ro");
  expect(field("rules-sentence")).toHaveTextContent("în procesare, trimis-curier, în așteptare sau finalizată");
  await i18next.changeLanguage("en");
});

test("cash asks for the series of its receipts", async () => {
  const { rules, t } = await form({ ...untouchedRules, sendEinvoice: true });
  await userEvent.click(field("collect-add"));
  expect(screen.queryByTestId(ids.flowForm("receipt-series"))).toBeNull();
  await pick("collect-0-as", t("rules.kind.cash"));
  await userEvent.type(field("receipt-series"), "CHT");
  expect(rules()).toMatchObject({ collect: [{ as: "cash" }], receiptSeries: "CHT" });
  expect(field("rules-sentence")).toHaveTextContent("Receipts for cash are numbered in series CHT.");
});

test("what the rules cannot be is said at its field", async () => {
  const wrong: ApiError = { code: "invalid_input", detail: "12,x", field: "rules.approveAbove", failure: null };
  const { t } = await form({ ...untouchedRules, approveAbove: "12,x" }, () => Promise.reject(wrong));
  expect(await screen.findByText(t("common.wrongNumber", { example: "500.50" }))).toBeVisible();
  expect(field("approve")).toHaveAttribute("aria-invalid", "true");
  expect(screen.queryByText("12,x")).toBeNull();
});

test("without orders nothing is counted, and it says so", async () => {
  const { t } = await form(untouchedRules, { looked: 0, matching: 0, proformas: 0, toApprove: 0, notTaken: [] });
  expect(await screen.findByText(t("rules.preview.none"))).toBeVisible();
});

test("the sentence is right in Romanian, with its numbers", async () => {
  await form();
  await i18next.changeLanguage("ro");
  const saying = { t: i18next.t, language: "ro", amount: (text: string) => formatDecimal(text, "ro") };
  const rules: RulesInfo = {
    ...untouchedRules,
    when: { ...untouchedWhen, countries: { include: ["BG", "HU"], exclude: [] }, maxTotal: "1500" },
    delayMinutes: 20 * 60,
    dueDays: 2,
    approveAbove: "5000",
  };
  expect(rulesSentence(rules, "", saying)).toBe(
    "Preia toate comenzile finalizate sau plătite, din BG sau HU, de cel mult 1.500,00. Factura se emite după 20 de ore. " +
      "Peste 5.000,00 o eliberează întâi o persoană. Este scadentă la 2 zile după data ei.",
  );
  await i18next.changeLanguage("en");
});
