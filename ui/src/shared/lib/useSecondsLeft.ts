import { useEffect, useState } from "react";

const leftUntil = (untilMs: number | null) => (untilMs === null ? 0 : Math.max(0, Math.ceil((untilMs - Date.now()) / 1000)));

/** Whole seconds until an instant, counted down on screen; 0 when it is over, or where there is none. */
export function useSecondsLeft(untilMs: number | null): number {
  const [left, setLeft] = useState(() => leftUntil(untilMs));
  useEffect(() => {
    setLeft(leftUntil(untilMs));
    if (leftUntil(untilMs) === 0) return;
    const timer = setInterval(() => {
      const now = leftUntil(untilMs);
      setLeft(now);
      if (now === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [untilMs]);
  return left;
}
