import { useLocation, useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";

/** What the address says beside the screen. */
export interface Place {
  order?: string;
  document?: string;
  filter?: string;
  /** What a list is searched for: words and `field:value`. */
  q?: string;
  /** A list's sort: `total`, `-total`. */
  sort?: string;
  block?: string;
  target?: string;
  /** A mapping's id; `all` lists them even where there is only one. */
  mapping?: string;
  /** A value that is proposed for the target. */
  value?: string;
  /** The drawer opens with the draft's fields to be edited. */
  edit?: string;
  /** A delivery of the inbox that is looked at. */
  delivery?: string;
  /** The inbox of this connection alone, or this connection's webhooks. */
  connection?: string;
  /** A flow whose older orders are looked at. */
  older?: string;
  /** An import of orders from a file that is looked at. */
  import?: string;
  /** What waits for a second person is looked at. */
  approvals?: string;
  /** An entry of the audit log that is looked at, by its number. */
  entry?: string;
  /** The audit log of this person, this act, this subject (`kind:id`), these days alone. */
  who?: string;
  act?: string;
  /** Which log the activity screen shows: `log` is the program's; and its lines that are at least so important. */
  tab?: string;
  level?: string;
  /** A section of the settings that is meant, or a card of one. */
  section?: string;
  about?: string;
  from?: string;
  to?: string;
}

export type ScreenPath =
  | "/overview"
  | "/connections"
  | "/mappings"
  | "/orders"
  | "/invoices"
  | "/failures"
  | "/reconcile"
  | "/einvoice"
  | "/inbox"
  | "/activity"
  | "/settings";

/** Where what needs a person is: the screen, and what it shows. */
export function placeOfNeed(what: string | undefined): [ScreenPath, Place] {
  switch (what) {
    case "doubts":
    case "mismatched":
    case "findings":
      return ["/reconcile", {}];
    case "connection":
    case "credential":
      return ["/connections", {}];
    case "vault":
      return ["/settings", { section: "vault" }];
    case "failures":
      return ["/failures", {}];
    case "approvals":
      return ["/overview", { approvals: "waiting" }];
    case "changed":
      return ["/invoices", { q: "status:changed" }];
    default:
      return ["/overview", {}];
  }
}

/** A screen's address as the host writes it (`/failures?filter=held`), to navigate to. */
export function placeAt(path: string): { to: string; search: never } {
  const [to = "/overview", query = ""] = path.split("?");
  return { to, search: Object.fromEntries(new URLSearchParams(query)) as never };
}

const placeOf = ({ search, pathname }: { search: unknown; pathname: string }) => ({ ...(search as Place), path: pathname });

/** What the address says; the same object as long as it says the same. */
export function usePlace(): Place & { path: string } {
  return useLocation({ select: placeOf, structuralSharing: true });
}

/** The screen alone, for what does not look at the rest of the address. */
export function usePath(): string {
  return useLocation({ select: ({ pathname }) => pathname });
}

/** Goes to a screen, or changes what the present one shows. */
export function useGo() {
  const navigate = useNavigate();
  const screen = useCallback(
    (to: ScreenPath, place: Place = {}) => void navigate({ to, search: place as never }),
    [navigate],
  );
  const stay = useCallback(
    (change: Place) =>
      void navigate({ to: ".", search: ((before: Place) => ({ ...before, ...change })) as never, replace: true }),
    [navigate],
  );
  return { screen, stay };
}
