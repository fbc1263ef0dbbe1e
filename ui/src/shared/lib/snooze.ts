import { fiscalDay, formatClock } from "./format";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Choices of how long something may wait. */
export type SnoozeChoice = "hour" | "tomorrow" | "monday";

/** The instant of a choice: in an hour, or at eight in the morning of a day in Bucharest. */
export function snoozeUntil(choice: SnoozeChoice, nowMs: number): number {
  if (choice === "hour") return nowMs + HOUR_MS;
  const weekday = new Date(Date.parse(`${fiscalDay(nowMs)}T00:00:00Z`)).getUTCDay();
  const days = choice === "tomorrow" ? 1 : (8 - weekday) % 7 || 7;
  return eightOf(fiscalDay(nowMs), days);
}

/** Eight o'clock in Bucharest, so many days after a day. */
function eightOf(day: string, days: number): number {
  const guess = Date.parse(`${day}T08:00:00Z`) + days * DAY_MS;
  // the clock there is two hours ahead, or three in summer
  return guess - (Number(formatClock(guess, "en").slice(0, 2)) - 8) * HOUR_MS;
}
