import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { ids } from "../../shared/lib/testids";
import { wrongs } from "../../test/axe";
import { listening, quiet } from "../../test/inbox";
import { show } from "../../test/show";
import { Listener } from "./Listener";

const field = (name: string) => screen.findByTestId(ids.listenerField(name));

test("it says where it listens, what came, and how a shop gets there", async () => {
  const { t } = await show(<Listener />, { "listener.get": listening });
  const state = await screen.findByTestId(ids.listenerState);
  expect(state).toHaveTextContent(t("listener.state.listening"));
  expect(state).toHaveTextContent("http://127.0.0.1:8766");
  expect(screen.getByText(/Answered in order: 12 · Refused: 3/)).toBeVisible();
  expect(screen.getByText("docs/webhooks.md")).toBeVisible();
  expect(await field("enabled")).toBeChecked();
  expect(await field("save")).toBeDisabled();
  expect(await wrongs()).toEqual([]);
});

test("off is said to lose no order, and it is switched on as it is set", async () => {
  const { calls, t } = await show(<Listener />, { "listener.get": quiet, "listener.set": listening });
  expect(await screen.findByTestId(ids.listenerState)).toHaveTextContent(t("listener.state.off"));
  await userEvent.click(await field("enabled"));
  const request = { enabled: true, port: 8766, publicAddress: "" };
  await waitFor(() => expect(calls).toContainEqual({ command: "listener.set", request }));
});

test("a port that is taken is told with what to do", async () => {
  const { t } = await show(<Listener />, { "listener.get": { ...listening, address: null, error: "address in use" } });
  expect(await screen.findByTestId(ids.listenerState)).toHaveTextContent("address in use");
  expect(screen.getByText(t("listener.state.failedFix"))).toBeVisible();
});

test("port and public address are saved together", async () => {
  const { calls } = await show(<Listener />, { "listener.get": quiet, "listener.set": quiet });
  const port = await field("port");
  await userEvent.clear(port);
  await userEvent.type(port, "9100");
  await userEvent.type(await field("public-address"), " https://punte.example.ro ");
  await userEvent.click(await field("save"));
  const request = { enabled: false, port: 9100, publicAddress: "https://punte.example.ro" };
  await waitFor(() => expect(calls).toContainEqual({ command: "listener.set", request }));
});

test("what is refused stands at its field, in words", async () => {
  const refuse = () => {
    throw { code: "invalid_input", detail: "begins with https://", field: "publicAddress", failure: null };
  };
  const { t } = await show(<Listener />, { "listener.get": quiet, "listener.set": refuse });
  await userEvent.type(await field("public-address"), "http://punte");
  await userEvent.click(await field("save"));
  expect(await screen.findByText(t("listener.wrong.publicAddress"))).toBeVisible();
  expect(screen.queryByTestId("error-note")).toBeNull();
  expect(await field("public-address")).toHaveValue("http://punte");
});

test("who is sent to it sees it at once", async () => {
  const scroll = vi.fn();
  Element.prototype.scrollIntoView = scroll;
  await show(<Listener />, { "listener.get": quiet }, "/settings?section=listener");
  expect(scroll).toHaveBeenCalled();
});
