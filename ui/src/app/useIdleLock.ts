import { useEffect, useEffectEvent } from "react";

const HANDS = ["pointerdown", "pointermove", "wheel", "keydown"] as const;
const LOOK_MS = 2_000;
/** The host is told of hands at most so often. */
const TOUCH_MS = 60_000;

interface Acts {
  /** A hand was on it. */
  touch: () => void;
  lock: () => void;
}

/** Locks after so many minutes without keyboard or mouse, by the clock: the sleep of a machine counts too. 0 never locks. */
export function useIdleLock(minutes: number, acts: Acts): void {
  const touch = useEffectEvent(() => acts.touch());
  const lock = useEffectEvent(() => acts.lock());
  useEffect(() => {
    if (minutes <= 0) return;
    let last = Date.now();
    let told = last;
    const isOver = () => Date.now() - last >= minutes * 60_000;
    const look = () => {
      if (isOver()) lock();
    };
    const hand = () => {
      // the first key after a long sleep does not open what should have been locked
      if (isOver()) return lock();
      last = Date.now();
      if (last - told < TOUCH_MS) return;
      told = last;
      touch();
    };
    const timer = setInterval(look, LOOK_MS);
    document.addEventListener("visibilitychange", look);
    for (const one of HANDS) window.addEventListener(one, hand, { capture: true, passive: true });
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
      for (const one of HANDS) window.removeEventListener(one, hand, { capture: true });
    };
  }, [minutes]);
}
