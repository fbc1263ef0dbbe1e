import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { RowsRequest } from "../api/generated/api";
import { InvoicesScreen } from "../features/invoices/InvoicesScreen";
import { OverviewScreen } from "../features/overview/OverviewScreen";
import { usePlace } from "../shared/lib/navigation";
import { ids } from "../shared/lib/testids";
import { deskAnswers } from "../test/desk";
import { overview } from "../test/samples";
import { show } from "../test/show";

/** Both screens, as the address says. */
function Both() {
  return usePlace().path === "/invoices" ? <InvoicesScreen /> : <OverviewScreen />;
}

test("the list that a number leads to is filtered by it", async () => {
  const { calls, t } = await show(<Both />, { ...deskAnswers(3), "overview.get": overview, "overview.trend": { days: [] } });
  await userEvent.click(await screen.findByText(t("overview.today")));
  await screen.findByTestId(ids.row("0"));
  const asked = calls.filter((call) => call.command === "table.documents").map((call) => call.request as RowsRequest);
  expect(asked.map(({ query }) => query.text)).toEqual(["issued:today"]);
});
