import { useEffect, useRef, useState } from "react";
import type { Section } from "./catalogue";

export const sectionId = (section: Section) => `settings-${section}`;

/** How far from the top of what scrolls a section may begin and count as the one that is read. */
const HEAD_PX = 140;
/** For so long after a section was chosen its own scrolling does not choose another: the last ones never reach the top. */
const CHOSEN_MS = 400;

/** The section that is read now: the last one that began above the upper edge, or the one just chosen. Looked for anew in what was `found`. */
export function useCurrent(sections: readonly Section[], found: unknown): { current: Section | undefined; choose: (section: Section) => void } {
  const [current, set] = useState(sections[0]);
  const chosenAt = useRef(-CHOSEN_MS);
  useEffect(() => {
    const look = () => {
      if (performance.now() - chosenAt.current < CHOSEN_MS) return;
      const parts = sections.flatMap((section) => document.getElementById(sectionId(section)) ?? []).filter((part) => !part.hidden);
      const scrolled = parts[0]?.closest("main");
      if (!scrolled) return;
      const top = scrolled.getBoundingClientRect().top;
      const isEnd = scrolled.scrollHeight > scrolled.clientHeight && scrolled.scrollTop + scrolled.clientHeight >= scrolled.scrollHeight - 2;
      const read = isEnd ? parts.at(-1) : parts.filter((part) => part.getBoundingClientRect().top - top < HEAD_PX).at(-1);
      const now = sections.find((section) => sectionId(section) === (read ?? parts[0])?.id);
      if (now) set(now);
    };
    look();
    // of whatever scrolls: the frame's main part does
    document.addEventListener("scroll", look, { capture: true, passive: true });
    return () => document.removeEventListener("scroll", look, { capture: true });
  }, [sections, found]);
  const choose = (section: Section) => {
    chosenAt.current = performance.now();
    set(section);
  };
  return { current, choose };
}
