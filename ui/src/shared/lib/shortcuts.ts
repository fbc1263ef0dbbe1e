import { useWindowEvent } from "@mantine/hooks";
import { useRef } from "react";
import type { ScreenPath } from "./navigation";

/** A shortcut: its keys one after another (`g`, `i`) or together (`Ctrl+K`), its name under `desk.shortcut`, what it is about. */
export interface Shortcut {
  id: string;
  /** As shown: one entry a key press. */
  keys: string[];
  group: "anywhere" | "go" | "table" | "record";
  /** Where it goes, for those that go somewhere. */
  to?: ScreenPath;
}

/** Every shortcut that there is; the help is made of it. */
export const SHORTCUTS: Shortcut[] = [
  { id: "palette", keys: ["Ctrl+K"], group: "anywhere" },
  { id: "search", keys: ["/"], group: "anywhere" },
  { id: "help", keys: ["?"], group: "anywhere" },
  { id: "lock", keys: ["Ctrl+L"], group: "anywhere" },
  { id: "overview", keys: ["g", "h"], group: "go", to: "/overview" },
  { id: "connections", keys: ["g", "c"], group: "go", to: "/connections" },
  { id: "mappings", keys: ["g", "m"], group: "go", to: "/mappings" },
  { id: "orders", keys: ["g", "o"], group: "go", to: "/orders" },
  { id: "invoices", keys: ["g", "i"], group: "go", to: "/invoices" },
  { id: "failures", keys: ["g", "f"], group: "go", to: "/failures" },
  { id: "reconcile", keys: ["g", "r"], group: "go", to: "/reconcile" },
  { id: "einvoice", keys: ["g", "e"], group: "go", to: "/einvoice" },
  { id: "inbox", keys: ["g", "w"], group: "go", to: "/inbox" },
  { id: "activity", keys: ["g", "a"], group: "go", to: "/activity" },
  { id: "settings", keys: ["g", "s"], group: "go", to: "/settings" },
  { id: "next", keys: ["J"], group: "table" },
  { id: "previous", keys: ["K"], group: "table" },
  { id: "page", keys: ["PgDn"], group: "table" },
  { id: "ends", keys: ["Home"], group: "table" },
  { id: "open", keys: ["Enter"], group: "table" },
  { id: "choose", keys: ["Space"], group: "table" },
  { id: "chooseMore", keys: ["Shift+↓"], group: "table" },
  { id: "chooseAll", keys: ["Ctrl+A"], group: "table" },
  { id: "copyRows", keys: ["Ctrl+C"], group: "table" },
  { id: "nextRecord", keys: ["J"], group: "record" },
  { id: "previousRecord", keys: ["K"], group: "record" },
  { id: "close", keys: ["Esc"], group: "record" },
];

/** How long a first key waits for the second. */
const SEQUENCE_MS = 1200;

const TAKING = "input:not([type=checkbox]), textarea, select, [role=menu], [role=listbox]";

/** Whether keys pressed there are text, or belong to a dialog or a menu that is open. */
export function takesKeys(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest(TAKING)) return true;
  // the drawer stands beside the list and takes its keys; other dialogs stand before it
  const dialog = target.closest("[role=dialog]");
  return dialog !== null && dialog.querySelector(".drawer") === null;
}

/**
 * Listens for shortcuts of one key or of two in a row, which a list of key combinations cannot tell. Keys with Ctrl, Alt or
 * Meta are none of them, and neither are those typed into a field.
 */
export function useShortcuts(acts: Record<string, () => void>): void {
  const first = useRef<{ key: string; atMs: number } | null>(null);
  useWindowEvent("keydown", (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || takesKeys(event.target)) return;
    const before = first.current && event.timeStamp - first.current.atMs < SEQUENCE_MS ? first.current.key : null;
    first.current = null;
    const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const matches = (one: Shortcut, keys: string[]) =>
      one.id in acts && one.keys.length === keys.length && one.keys.every((key, at) => key.toLowerCase() === keys[at]);
    const found =
      (before && SHORTCUTS.find((one) => matches(one, [before, pressed]))) ?? SHORTCUTS.find((one) => matches(one, [pressed]));
    if (found) {
      event.preventDefault();
      acts[found.id]?.();
    } else if (SHORTCUTS.some((one) => one.keys.length > 1 && one.keys[0] === pressed && one.id in acts)) {
      first.current = { key: pressed, atMs: event.timeStamp };
    }
  });
}
