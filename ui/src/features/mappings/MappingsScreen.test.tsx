import { fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { DraftInfo, MappingInfo, RuleChange, RulePreview } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { show } from "../../test/show";
import { MappingsScreen } from "./MappingsScreen";

const lei = (minor: number) => ({ minor, currency: "RON" });
const draft: DraftInfo = {
  clientName: "EXEMPLU SRL",
  isCompany: true,
  taxId: "RO12345674",
  vatPayer: true,
  regCom: "J40/1/2020",
  address: "Str. Lunga 1",
  city: "Sector 1",
  county: "Bucuresti",
  country: "Romania",
  email: "a@b.ro",
  phone: "",
  lines: [
    {
      kind: "product",
      name: "Cană ceramică",
      code: "C1",
      description: "",
      unit: "buc",
      quantity: "3",
      unitPrice: "33.9833",
      vatRate: "21",
      gross: lei(10195),
    },
  ],
  vat: [{ rate: "21", net: lei(8426), vat: lei(1769) }],
  total: lei(10195),
  orderTotal: lei(10195),
  paymentKind: null,
  payment: null,
  mentions: "",
};
const mapping: MappingInfo = {
  mappings: [{ id: "map_1", name: "WooCommerce România", flows: ["Companii → Oblio"] }],
  id: "map_1",
  name: "WooCommerce România",
  version: 3,
  rules: [
    {
      target: "client.city",
      block: null,
      expression: "sector(order.billing.city)",
      values: [{ item: "", value: "Sector 1", error: null }],
    },
    {
      target: "vat_rate",
      block: "line_items",
      expression: "vat_rate(item, order, tax_point)",
      values: [
        { item: "Cană ceramică", value: "21", error: null },
        { item: "Farfurie", value: null, error: "vat_rate_not_legal: 19 %" },
      ],
    },
  ],
  samples: [{ id: "ord_1", number: "1042", customer: "EXEMPLU SRL" }],
  sample: { id: "ord_1", number: "1042", customer: "EXEMPLU SRL" },
  draft,
  problems: [{ field: "lines[1].vat_rate", kind: "vat_rate_not_legal", detail: "19 %" }],
};
const sound: RulePreview = {
  error: null,
  line: null,
  column: null,
  values: [{ item: "", value: "Sector 2", error: null }],
  draft: { ...draft, city: "Sector 2" },
  problems: [],
};
const broken: RulePreview = { ...sound, error: "Expecting ')'", line: 1, column: 8, values: [], draft: null };
const answers = {
  "mapping.get": mapping,
  "mapping.preview": (change: RuleChange) => (change.expression.includes("broken") ? broken : sound),
  "mapping.save_rule": { version: 4, remapped: 7, ready: 5 },
};

test("each rule stands with its values for the sample order, in its group", async () => {
  const { t } = await show(<MappingsScreen />, answers, "/mappings");
  const city = await screen.findByTestId(ids.rule("client.city"));
  expect(city).toHaveTextContent("sector(order.billing.city)");
  expect(city).toHaveTextContent("Sector 1");
  const rate = screen.getByTestId(ids.rule("line_items.vat_rate"));
  expect(rate).toHaveTextContent("Cană ceramică: 21");
  expect(rate).toHaveTextContent("Farfurie: vat_rate_not_legal: 19 %");
  expect(screen.getByText(t("mapping.group.line_items"))).toBeInTheDocument();
  expect(screen.getByText(/Companii → Oblio/)).toHaveTextContent(t("mapping.version", { version: 3 }));
});

test("the invoice that comes of it is checked against the order's total, with what holds it", async () => {
  const { t } = await show(<MappingsScreen />, answers, "/mappings");
  expect(await screen.findByTestId("draft")).toHaveTextContent(t("draft.agrees"));
  expect(screen.getByTestId("problems")).toHaveTextContent(t("failure.vat_rate_not_legal.title"));
});

test("the rule that the address names is pointed at and open, on the order it names", async () => {
  const place = "/mappings?order=ord_9&block=line_items&target=vat_rate";
  const { calls } = await show(<MappingsScreen />, answers, place);
  expect(await screen.findByTestId(ids.rule("line_items.vat_rate"))).toHaveAttribute("data-named", "true");
  expect(screen.getByTestId(ids.rule("client.city"))).toHaveAttribute("data-named", "false");
  expect(screen.getByTestId(ids.ruleInput)).toHaveValue("vat_rate(item, order, tax_point)");
  expect(calls).toContainEqual({ command: "mapping.get", request: { mappingId: null, orderId: "ord_9" } });
});

test("a mistake is shown with its place while typing, and cannot be saved", async () => {
  const { t } = await show(<MappingsScreen />, answers, "/mappings");
  await userEvent.click(await screen.findByTestId(ids.ruleEdit("client.city")));
  expect(screen.getByTestId(ids.ruleSave)).toBeDisabled();
  fireEvent.change(screen.getByTestId(ids.ruleInput), { target: { value: "sector(broken" } });
  const where = t("mapping.at", { line: 1, column: 8 });
  const preview = within(screen.getByTestId(ids.rulePreview));
  expect(await preview.findByText(new RegExp(where))).toHaveTextContent("Expecting");
  expect(screen.getByTestId(ids.ruleSave)).toBeDisabled();
  expect(screen.getByText(t("mapping.broken"))).toBeVisible();
});

test("a sound change shows its value, is saved as a version, and leads to what can be retried", async () => {
  const { calls, t } = await show(<MappingsScreen />, answers, "/mappings");
  await userEvent.click(await screen.findByTestId(ids.ruleEdit("client.city")));
  fireEvent.change(screen.getByTestId(ids.ruleInput), { target: { value: "order.billing.city" } });
  expect(await within(screen.getByTestId(ids.rulePreview)).findByText("Sector 2")).toBeVisible();
  expect(screen.getByText(t("mapping.wouldPass"))).toBeVisible();
  expect(screen.getByText(t("mapping.resultTried"))).toBeVisible();
  expect(screen.getByTestId("draft")).toHaveTextContent("Sector 2");
  await userEvent.click(screen.getByTestId(ids.ruleSave));
  const saved = await screen.findByTestId(ids.ruleSaved);
  expect(saved).toHaveTextContent(t("mapping.saved", { version: 4 }));
  expect(saved).toHaveTextContent(t("mapping.remapped", { count: 7 }));
  expect(saved).toHaveTextContent(t("mapping.ready", { count: 5 }));
  expect(within(saved).getByText(t("mapping.toFailures"))).toBeVisible();
  expect(screen.getByText(t("mapping.result"))).toBeVisible();
  expect(calls).toContainEqual({
    command: "mapping.save_rule",
    request: {
      mappingId: "map_1",
      target: "client.city",
      block: null,
      expression: "order.billing.city",
      orderId: "ord_1",
    },
  });
});

test("without an order it says what would be here", async () => {
  const none = { ...mapping, samples: [], sample: null, draft: null, problems: [] };
  const { t } = await show(<MappingsScreen />, { "mapping.get": none }, "/mappings");
  expect(await screen.findByTestId("empty")).toHaveTextContent(t("mapping.noOrdersText"));
});
