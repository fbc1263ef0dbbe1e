import { fiscalDay } from "../../../shared/lib/format";

/** First and last day, both included, in Romania. */
export interface Range {
  from: string;
  until: string;
}

/** The longest time that is planned at once. */
export const MOST_DAYS = 731;

const DAY_MS = 24 * 60 * 60 * 1000;
const msOf = (day: string) => Date.parse(`${day}T00:00:00Z`);

/** The present month up to yesterday; on its first day the month before. */
export function usualRange(nowMs: number): Range {
  const until = new Date(msOf(fiscalDay(nowMs)) - DAY_MS).toISOString().slice(0, 10);
  return { from: `${until.slice(0, 7)}-01`, until };
}

/** What keeps a time from being planned: a key of the words. */
export function problemOf({ from, until }: Range, today: string): "noDay" | "future" | "backwards" | "long" | null {
  const [first, last] = [msOf(from), msOf(until)];
  if (Number.isNaN(first) || Number.isNaN(last)) return "noDay";
  if (until > today) return "future";
  if (last < first) return "backwards";
  return (last - first) / DAY_MS + 1 > MOST_DAYS ? "long" : null;
}
