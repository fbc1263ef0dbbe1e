import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { DesktopInfo } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { show } from "../../test/show";
import { Desktop } from "./Desktop";

const window: DesktopInfo = { isWindow: true, hasTray: true, onClose: "ask", startsWithSession: false, isAsked: false };

test("a browser is told nothing of a window", async () => {
  await show(<Desktop />, { "desktop.get": { ...window, isWindow: false } });
  expect(screen.queryByTestId(ids.desktop)).not.toBeInTheDocument();
});

test("what closing does is chosen, and where no tray is it is said that Punte asks each time", async () => {
  const { calls } = await show(<Desktop />, { "desktop.get": { ...window, hasTray: false }, "desktop.set": window });
  expect(await screen.findByText(/asks each time/)).toBeInTheDocument();
  await userEvent.click(screen.getByTestId(ids.desktopField("close")));
  await userEvent.click(await screen.findByRole("option", { name: "Keep working in the tray" }));
  await waitFor(() => expect(calls).toContainEqual({ command: "desktop.set", request: { onClose: "keep", startsWithSession: null } }));
});

test("a session's start that the system refuses is said with its words", async () => {
  const refusal = { code: "not_now", detail: "session_start: read-only file system", field: null, failure: null };
  await show(<Desktop />, {
    "desktop.get": window,
    "desktop.set": () => {
      throw refusal;
    },
  });
  await userEvent.click(await screen.findByTestId(ids.desktopField("session")));
  expect(await screen.findByText(/did not take it: read-only file system/)).toBeInTheDocument();
});
