import { Tooltip } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { useFormat } from "./useFormat";

const listeners = new Set<() => void>();
let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const one of listeners) one();
  }, 5000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The present, renewed every five seconds for the whole screen at once. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => nowMs);
}

/** Relative, with the Bucharest date and time on hover. */
export function Time({ ms }: { ms: number }) {
  const format = useFormat();
  const now = useNow();
  return (
    <Tooltip label={format.instant(ms)}>
      <time dateTime={new Date(ms).toISOString()}>{format.relative(ms, Math.max(now, Math.min(ms, Date.now())))}</time>
    </Tooltip>
  );
}
