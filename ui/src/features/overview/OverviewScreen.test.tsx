import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { ids } from "../../shared/lib/testids";
import { alerts } from "../../test/alerts";
import { shop as connection } from "../../test/inbox";
import { overview } from "../../test/samples";
import { show } from "../../test/show";
import { OverviewScreen } from "./OverviewScreen";

test("tells what was issued and what needs a person", async () => {
  const { t } = await show(<OverviewScreen />, { "overview.get": overview });
  expect(await screen.findByText("RON 1,234.56")).toBeVisible();
  expect(screen.getAllByText(t("failure.vat_rate_unknown.title"))).toHaveLength(2);
  expect(screen.getByText(t("overview.noConnections"))).toBeVisible();
});

test("says so when nothing needs anyone", async () => {
  const { t } = await show(<OverviewScreen />, { "overview.get": { ...overview, needsYou: [], connections: [connection] } });
  expect(await screen.findByText(t("overview.nothingNeeded"))).toBeVisible();
  expect(screen.queryByTestId(ids.overviewFirst)).toBeNull();
});

test("where nothing is connected it says what to do first, and leads there", async () => {
  const { place, t } = await show(<OverviewScreen />, { "overview.get": { ...overview, needsYou: [] } });
  expect(await screen.findByText(t("overview.first"))).toBeVisible();
  expect(screen.queryByText(t("overview.nothingNeeded"))).toBeNull();
  await userEvent.click(screen.getByTestId(ids.overviewFirst));
  expect(place()).toBe("/connections");
});

test("an alert that nothing else here shows stands among what needs a person, and leads to its screen", async () => {
  const shown = { ...alerts.open[0], id: "alt_2", rule: "failure_group", title: "Invoices are held" };
  const answers = { "overview.get": { ...overview, needsYou: [] }, "alerts.get": { ...alerts, open: [...alerts.open, shown] } };
  const { place, t } = await show(<OverviewScreen />, answers);
  const alert = await screen.findByTestId(ids.overviewAlert("alt_1"));
  expect(alert).toHaveTextContent("No backup has been made yet");
  expect(screen.queryByText(t("overview.nothingNeeded"))).toBeNull();
  expect(screen.queryByTestId(ids.overviewAlert("alt_2"))).toBeNull();
  await userEvent.click(alert);
  expect(place()).toBe("/settings?section=backup");
});

test("an error names itself and offers another try", async () => {
  const { t } = await show(<OverviewScreen />, { "overview.get": new Error("the pipe broke") });
  expect(await screen.findByText(t("error.internal"))).toBeVisible();
  expect(screen.getByText("the pipe broke")).toBeVisible();
  expect(screen.getByText(t("common.tryAgain"))).toBeVisible();
});

const trend = {
  days: [
    { day: "2026-11-24", issued: 0, failed: 0, totals: [] },
    { day: "2026-11-25", issued: 3, failed: 1, totals: [{ minor: 123400, currency: "RON" }, { minor: 500, currency: "EUR" }] },
  ],
};

test("each day and each number leads to the invoices behind it", async () => {
  const { place, t } = await show(<OverviewScreen />, { "overview.get": overview, "overview.trend": trend });
  const [counts, values] = await screen.findAllByTestId(ids.trendDay("2026-11-25"));
  expect(values).toHaveTextContent("RON 1,234.00 + EUR 5.00");
  expect(screen.queryByTestId(ids.trendDay("2026-11-24"))).toBeNull();
  const searched = () => new URLSearchParams(place().split("?")[1]).get("q");
  await userEvent.click(await screen.findByText(`${t("overview.failed")} 1`));
  expect(place()).toContain("/invoices");
  expect(searched()).toBe("status:held,in_doubt created:2026-11-25");
  expect(counts).toHaveTextContent(`${t("overview.issued")} 3`);
  await userEvent.click(screen.getByText(t("overview.today")));
  expect(searched()).toBe("issued:today");
  await userEvent.click(screen.getByText("RON 1,234.00 + EUR 5.00"));
  expect(searched()).toBe("issued:2026-11-25");
});

test("a shop of any kind tells its orders, and billing what was issued", async () => {
  const one = (kind: string) => ({ ...connection, id: `con_${kind}`, kind, name: kind, today: 7 });
  const kinds = ["woocommerce", "shopify", "stripe", "webhook", "file", "smartbill", "oblio"];
  const { t } = await show(<OverviewScreen />, { "overview.get": { ...overview, connections: kinds.map(one) } });
  const told = (kind: string) => screen.getByText(kind).closest(".card");
  await screen.findByText("shopify");
  for (const kind of kinds.slice(0, 5)) expect(told(kind), kind).toHaveTextContent(t("overview.ordersToday", { count: 7 }));
  for (const kind of kinds.slice(5)) expect(told(kind), kind).toHaveTextContent(t("overview.issuedToday", { count: 7 }));
});
