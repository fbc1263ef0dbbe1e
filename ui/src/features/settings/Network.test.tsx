import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { ids } from "../../shared/lib/testids";
import { wrongs } from "../../test/axe";
import { show } from "../../test/show";
import { Network } from "./Network";

test("hosts of one's own network are permitted by name, and forbidden again", async () => {
  const told = { privateHosts: ["shop.lan"] };
  const { calls, t } = await show(<Network />, { "network.get": told, "network.permit": told, "network.forbid": told });
  expect(await screen.findByText("shop.lan")).toBeVisible();
  expect(screen.getByRole("button", { name: t("network.permit") })).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.networkHost), " 192.168.1.20 {Enter}");
  await waitFor(() => expect(calls).toContainEqual({ command: "network.permit", request: { host: "192.168.1.20" } }));
  await userEvent.click(screen.getByRole("button", { name: t("network.forbid", { host: "shop.lan" }) }));
  await waitFor(() => expect(calls).toContainEqual({ command: "network.forbid", request: { host: "shop.lan" } }));
  expect(await wrongs()).toEqual([]);
});

test("what is no host is told at its field", async () => {
  const refuse = () => {
    throw { code: "invalid_input", detail: "https://shop.lan", field: "host", failure: null };
  };
  const { t } = await show(<Network />, { "network.get": { privateHosts: [] }, "network.permit": refuse });
  expect(await screen.findByText(t("network.none"))).toBeVisible();
  await userEvent.type(screen.getByTestId(ids.networkHost), "https://shop.lan{Enter}");
  expect(await screen.findByText(t("network.wrong"))).toBeVisible();
});
