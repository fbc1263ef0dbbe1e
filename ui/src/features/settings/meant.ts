import { useEffect, useRef } from "react";

/** How long a part is kept in its place while what is above it still arrives. */
const HOLD_MS = 2000;
const HANDS = ["wheel", "keydown", "pointerdown"] as const;

/**
 * Brings an element into sight once it is meant. What stands above it grows while it is read, so it is brought back for a
 * moment, unless a person moves meanwhile.
 */
export function useHeld<T extends HTMLElement>(isMeant: boolean) {
  const element = useRef<T>(null);
  useEffect(() => {
    const meant = element.current;
    if (!isMeant || !meant) return;
    const show = () => meant.scrollIntoView({ block: "start" });
    show();
    const grown = new ResizeObserver(show);
    const list = meant.closest(".settings-list");
    if (list) grown.observe(list);
    const end = () => grown.disconnect();
    const timer = setTimeout(end, HOLD_MS);
    for (const hand of HANDS) window.addEventListener(hand, end, { once: true, passive: true });
    return () => {
      end();
      clearTimeout(timer);
      for (const hand of HANDS) window.removeEventListener(hand, end);
    };
  }, [isMeant]);
  return element;
}
