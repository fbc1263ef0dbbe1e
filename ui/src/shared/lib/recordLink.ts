import type { Place, ScreenPath } from "./navigation";

/** A record's place in a workspace, as text that can be handed to somebody who has the same workspace. */
export interface RecordLink {
  workspace: string;
  screen: ScreenPath;
  place: Place;
}

/** `punte://ws_1/#/invoices?document=doc_1` */
export function linkText(link: RecordLink): string {
  const { document, order } = link.place;
  const query = document ? `document=${encodeURIComponent(document)}` : `order=${encodeURIComponent(order ?? "")}`;
  return `punte://${encodeURIComponent(link.workspace)}/#${link.screen}?${query}`;
}

const LINK = /punte:\/\/([^/\s]+)\/#(\/invoices|\/orders|\/failures|\/reconcile)\?(document|order)=([^&\s]+)/;

/** The first such link in a text; null where there is none. */
export function readLink(text: string): RecordLink | null {
  const found = LINK.exec(text);
  if (!found) return null;
  const [, workspace = "", screen, kind, id = ""] = found;
  try {
    const place = { [kind as "document" | "order"]: decodeURIComponent(id) };
    return { workspace: decodeURIComponent(workspace), screen: screen as ScreenPath, place };
  } catch {
    return null;
  }
}
