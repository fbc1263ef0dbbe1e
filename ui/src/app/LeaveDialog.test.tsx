import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { DesktopInfo } from "../api/generated/api";
import { ids } from "../shared/lib/testids";
import { show } from "../test/show";
import { LeaveDialog } from "./LeaveDialog";

const asked: DesktopInfo = { isWindow: true, hasTray: true, onClose: "ask", startsWithSession: false, isAsked: true };

test("nothing is asked before the window is closed", async () => {
  await show(<LeaveDialog />, { "desktop.get": { ...asked, isAsked: false } });
  expect(screen.queryByText("Close the window, and then?")).not.toBeInTheDocument();
});

test("with a tray the answer is remembered unless it is said otherwise", async () => {
  const { calls } = await show(<LeaveDialog />, { "desktop.get": asked, "desktop.leave": {} });
  expect(await screen.findByText(/stays in the tray/)).toBeInTheDocument();
  await userEvent.click(screen.getByTestId(ids.leaveAct("keep")));
  await waitFor(() => expect(calls).toContainEqual({ command: "desktop.leave", request: { how: "keep", remember: true } }));
});

test("without a tray it is asked each time, and said how the window comes back", async () => {
  const { calls } = await show(<LeaveDialog />, { "desktop.get": { ...asked, hasTray: false }, "desktop.leave": {} });
  expect(await screen.findByText(/start Punte again to see it/)).toBeInTheDocument();
  expect(screen.queryByTestId(ids.leaveAct("remember"))).not.toBeInTheDocument();
  await userEvent.click(screen.getByTestId(ids.leaveAct("quit")));
  await waitFor(() => expect(calls).toContainEqual({ command: "desktop.leave", request: { how: "quit", remember: false } }));
});

test("who changes their mind goes on as before", async () => {
  const { calls } = await show(<LeaveDialog />, { "desktop.get": asked, "desktop.leave": {} });
  await userEvent.click(await screen.findByTestId(ids.leaveAct("stay")));
  await waitFor(() => expect(calls).toContainEqual({ command: "desktop.leave", request: { how: "ask", remember: true } }));
});
