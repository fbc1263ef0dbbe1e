import { spotlight } from "@mantine/spotlight";
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { afterEach, expect, test } from "vitest";
import { ids } from "../shared/lib/testids";
import { app, overview } from "../test/samples";
import { show } from "../test/show";
import { Shell } from "./Shell";

const view = { id: "view_1", list: "documents", name: "Big ones", text: "total:>500", sort: null, columns: [] };
const answers = {
  "app.get": app,
  "overview.get": overview,
  "documents.list": { rows: [], next: null, total: 0 },
  "views.list": ({ list }: { list: string }) => ({ views: list === "documents" ? [view] : [] }),
  "app.set_preferences": app,
};

// whether it is open is one for all windows of a page
afterEach(() => act(() => spotlight.close()));

async function typed(text: string) {
  const shown = await show(<Shell />, answers);
  await userEvent.click(await screen.findByRole("button", { name: /Search or jump/, hidden: true }));
  fireEvent.change(await screen.findByPlaceholderText(/Search or jump/), { target: { value: text } });
  return shown;
}

test("a pasted link opens its record", async () => {
  const { place, t } = await typed("look: punte://ws_1/#/invoices?document=doc_7");
  await userEvent.click(await screen.findByText("doc_7"));
  await waitFor(() => expect(place()).toContain("document=doc_7"));
  expect(screen.queryByText(t("shell.nothing"))).toBeNull();
});

test("a link to another workspace is not opened in this one", async () => {
  const { place, t } = await typed("punte://ws_2/#/invoices?document=doc_7");
  await userEvent.click(await screen.findByText(t("desk.palette.linkElsewhere", { workspace: "Other SRL" })));
  expect(place()).not.toContain("doc_7");
});

test("saved views, the language and a list's own search are a word away", async () => {
  const { place, calls, t } = await typed("Big");
  await userEvent.click(await screen.findByText("Big ones"));
  await waitFor(() => expect(new URLSearchParams(place().split("?")[1]).get("q")).toBe("total:>500"));
  await userEvent.click(await screen.findByRole("button", { name: /Search or jump/, hidden: true }));
  fireEvent.change(await screen.findByPlaceholderText(/Search or jump/), { target: { value: "Rom" } });
  await userEvent.click(await screen.findByText(t("desk.palette.language", { language: "Română" })));
  await waitFor(() => expect(calls).toContainEqual({ command: "app.set_preferences", request: { language: "ro", theme: null } }));
  await userEvent.click(await screen.findByRole("button", { name: /Search or jump/, hidden: true }));
  fireEvent.change(await screen.findByPlaceholderText(/Search or jump/), { target: { value: "cui:123" } });
  await userEvent.click(await screen.findByText(t("desk.palette.searchIn", { text: "cui:123", list: t("nav.orders") })));
  await waitFor(() => expect(place()).toContain("/orders"));
  expect(new URLSearchParams(place().split("?")[1]).get("q")).toBe("cui:123");
});

test("a new workspace is found by its name, and asks for the company's", async () => {
  const { t } = await typed("New work");
  await userEvent.click(await screen.findByText(t("start.newAct")));
  expect(await screen.findByTestId(ids.startName)).toBeVisible();
});

test("? lists the shortcuts, and g with a letter goes", async () => {
  const { place, t } = await show(<Shell />, answers);
  await screen.findByTestId(ids.nav("invoices"));
  fireEvent.keyDown(window.document.body, { key: "g" });
  fireEvent.keyDown(window.document.body, { key: "i" });
  await waitFor(() => expect(place()).toContain("/invoices"));
  fireEvent.keyDown(window.document.body, { key: "?", shiftKey: true });
  expect(await screen.findByTestId(ids.shortcut("chooseAll"))).toHaveTextContent(t("desk.shortcut.chooseAll"));
  expect(screen.getByTestId(ids.shortcut("reconcile"))).toHaveTextContent(t("nav.reconcile"));
});

test("the inbox is reached from the frame, the palette, and g with w", async () => {
  const { place, t } = await typed(i18next.t("nav.inbox"));
  const palette = within(await screen.findByRole("dialog"));
  await userEvent.click(await palette.findByText(t("nav.inbox")));
  await waitFor(() => expect(place()).toContain("/inbox"));
  await userEvent.click(screen.getByTestId(ids.nav("settings")));
  await waitFor(() => expect(place()).toContain("/settings"));
  fireEvent.keyDown(window.document.body, { key: "g" });
  fireEvent.keyDown(window.document.body, { key: "w" });
  await waitFor(() => expect(screen.getByTestId(ids.nav("inbox"))).toHaveAttribute("aria-current", "page"));
});
