import type { TFunction } from "i18next";
import type { AuditEntry, AuditSubject } from "../../api/generated/api";
import type { Place, ScreenPath } from "../../shared/lib/navigation";

/** What was done, in words; the command's name where there are none. */
export const actWords = (act: string, t: TFunction) => t(`activity.did.${act}`, { defaultValue: act });

type Acted = Pick<AuditEntry, "who" | "act"> & Partial<Pick<AuditEntry, "outcome" | "subject">>;

/**
 * Who did it; without a name it was Punte itself, or somebody who had not signed in. Whoever signs in has not yet done so while
 * it is written down: once it went well, it was the person whom it names.
 */
export function whoWords({ who, act, outcome, subject }: Acted, t: TFunction) {
  const signedIn = act === "session.sign_in" && outcome === "done" ? (subject?.label ?? subject?.id) : "";
  return who || signedIn || t(act === "ledger.behind" ? "activity.punte" : "activity.nobody");
}

/** What an act was about, as people know it. */
export function subjectWords({ kind, id, label }: AuditSubject, t: TFunction): string {
  const name = label ?? (kind === "month" ? id.split("|").slice(1).join(" ") : id);
  return [t(`activity.subjectKind.${kind}`, { defaultValue: kind }), name].filter(Boolean).join(" ");
}

/** Where a subject can be looked at. */
export function placeOfSubject({ kind, id }: AuditSubject): { record?: Place; screen?: [ScreenPath, Place] } {
  if (id === "") return {};
  switch (kind) {
    case "document":
      return { record: { document: id, order: undefined } };
    case "order":
      return { record: { order: id, document: undefined } };
    case "mapping":
      return { screen: ["/mappings", { mapping: id }] };
    case "connection":
      return { screen: ["/connections", {}] };
    case "flow":
      return { screen: ["/connections", {}] };
    case "delivery":
      return { screen: ["/inbox", { delivery: id }] };
    default:
      return {};
  }
}

/** A day's first instant on this computer, or of the day after. */
export function dayMs(day: string | undefined, after = 0): number | null {
  const [year, month, date] = (day ?? "").split("-").map(Number);
  if (!year || !month || !date) return null;
  return new Date(year, month - 1, date + after).getTime();
}

/** Acts that have words, for the filter. */
export function knownActs(did: Record<string, Record<string, string>>): string[] {
  return Object.entries(did).flatMap(([group, acts]) => Object.keys(acts).map((act) => `${group}.${act}`));
}

/** A value as it is shown: a text bare, anything else as JSON; null: it was not there. */
export function shownValue(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

export const isAsked = ({ request }: AuditEntry) =>
  request !== null && typeof request === "object" && Object.keys(request as object).length > 0;
