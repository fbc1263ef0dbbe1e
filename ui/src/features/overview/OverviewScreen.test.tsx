import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { overview } from "../../test/samples";
import { show } from "../../test/show";
import { OverviewScreen } from "./OverviewScreen";

test("tells what was issued and what needs a person", async () => {
  const { t } = await show(<OverviewScreen />, { "overview.get": overview });
  expect(await screen.findByText("RON 1,234.56")).toBeVisible();
  expect(screen.getByText(t("failure.vat_rate_unknown.title"))).toBeVisible();
  expect(screen.getByText(t("overview.noConnections"))).toBeVisible();
});

test("says so when nothing needs anyone", async () => {
  const { t } = await show(<OverviewScreen />, { "overview.get": { ...overview, needsYou: [] } });
  expect(await screen.findByText(t("overview.nothingNeeded"))).toBeVisible();
});

test("an error names itself and offers another try", async () => {
  const { t } = await show(<OverviewScreen />, { "overview.get": new Error("the pipe broke") });
  expect(await screen.findByText(t("error.internal"))).toBeVisible();
  expect(screen.getByText("the pipe broke")).toBeVisible();
  expect(screen.getByText(t("common.tryAgain"))).toBeVisible();
});
