import { act, fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { tellOpenList } from "../../shared/lib/openList";
import { ids } from "../../shared/lib/testids";
import { issuedRecord } from "../../test/samples";
import { show } from "../../test/show";
import { RecordDrawer } from "./RecordDrawer";

const drawer = <RecordDrawer order={undefined} document="doc_2" />;
const app = { open: { id: "ws_1", name: "Atelier", isSandbox: true, folder: "", enabled: true } };
const answers = { "record.get": issuedRecord, "app.get": app };

afterEach(() => act(() => tellOpenList(null)));

test("the drawer goes through the list that is open, by J and K wherever the focus is, and by its buttons", async () => {
  const steps: number[] = [];
  await show(drawer, answers);
  await screen.findByTestId(ids.drawerState);
  expect(screen.queryByTestId(ids.drawerNext)).toBeNull();
  act(() => tellOpenList({ at: 11, count: 1_000_000, step: (by) => steps.push(by) }));
  expect(screen.getByText("12 of 1,000,000")).toBeVisible();
  const tab = screen.getByTestId(ids.drawerTab("timeline"));
  tab.focus();
  fireEvent.keyDown(tab, { key: "j" });
  fireEvent.keyDown(window.document.body, { key: "K" });
  await userEvent.click(screen.getByTestId(ids.drawerNext));
  expect(steps).toEqual([1, -1, 1]);
});

test("at the ends of the list there is no further", async () => {
  await show(drawer, answers);
  await screen.findByTestId(ids.drawerState);
  act(() => tellOpenList({ at: 0, count: 2, step: () => {} }));
  expect(screen.getByTestId(ids.drawerPrevious)).toBeDisabled();
  act(() => tellOpenList({ at: 1, count: 2, step: () => {} }));
  expect(screen.getByTestId(ids.drawerNext)).toBeDisabled();
});

test("a link names the workspace and the record; its identifiers are copied as they are", async () => {
  const user = userEvent.setup();
  await show(drawer, answers);
  await user.click(await screen.findByTestId(ids.drawerLink));
  expect(await navigator.clipboard.readText()).toBe("punte://ws_1/#/invoices?document=doc_2");
  const drawn = screen.getByTestId(ids.drawer);
  for (const text of ["1042", "RO12345674", "PNT-7K3QM4X2ZPV"]) expect(drawn).toHaveTextContent(text);
});
