import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { catalogues } from "../i18n/catalogues";
import { show } from "../../test/show";
import { SHORTCUTS, useShortcuts } from "./shortcuts";

function Listening({ acts }: { acts: Record<string, () => void> }) {
  useShortcuts(acts);
  return <input aria-label="field" />;
}

test("every shortcut is told in both languages, once", () => {
  for (const language of ["ro", "en"] as const) {
    const { desk, nav } = catalogues[language];
    for (const { id, to, group } of SHORTCUTS) {
      const word = to ? (nav as Record<string, string>)[id] : (desk.shortcut as Record<string, string>)[id];
      expect(word, `${language} ${id}`).toBeTruthy();
      expect(desk.shortcutGroup[group], `${language} ${group}`).toBeTruthy();
    }
    const known = SHORTCUTS.filter(({ to }) => !to).map(({ id }) => id);
    expect(Object.keys(desk.shortcut).sort()).toEqual(known.sort());
  }
  expect(new Set(SHORTCUTS.map(({ id }) => id)).size).toBe(SHORTCUTS.length);
});

test("keys in a row are one shortcut, unless something else comes between", async () => {
  const told: string[] = [];
  await show(<Listening acts={{ invoices: () => told.push("invoices"), help: () => told.push("help") }} />, {});
  const press = (key: string, more = {}) => fireEvent.keyDown(window.document.body, { key, ...more });
  press("g");
  press("i");
  press("g");
  press("x");
  press("i");
  press("?", { shiftKey: true });
  expect(told).toEqual(["invoices", "help"]);
});

test("keys that are typed into a field, or held with Ctrl, are no shortcuts", async () => {
  const told: string[] = [];
  await show(<Listening acts={{ search: () => told.push("search") }} />, {});
  fireEvent.keyDown(screen.getByLabelText("field"), { key: "/" });
  fireEvent.keyDown(window.document.body, { key: "/", ctrlKey: true });
  expect(told).toEqual([]);
  fireEvent.keyDown(window.document.body, { key: "/" });
  expect(told).toEqual(["search"]);
});
