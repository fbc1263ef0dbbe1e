import { type RefObject, useEffect, useState } from "react";
import { keyOf } from "../model/document";
import { rowFor } from "../model/links";
import { useDesk } from "./desk";

interface Line {
  id: string;
  from: [x: number, y: number];
  to: [x: number, y: number];
  chosen: boolean;
}

/** Lines from the source fields that were read to the targets that read them, where both rows are in sight. */
export function Links({ area }: { area: RefObject<HTMLDivElement | null> }) {
  const { links, chosen, nodes, groups } = useDesk();
  const [lines, setLines] = useState<Line[]>([]);
  const spot = chosen?.spot ? keyOf(chosen.spot) : null;
  useEffect(() => {
    const box = area.current;
    if (!box) return;
    let frame = 0;
    const measure = () => {
      frame = 0;
      const origin = box.getBoundingClientRect();
      if (origin.width === 0) return;
      const sources = rowsIn(box, "data-source");
      const targets = rowsIn(box, "data-drop");
      const seen = new Set(allOf(box, "data-source"));
      const found = new Map<string, Line>();
      for (const link of links) {
        const source = rowFor(link.source, seen);
        const from = source === null ? undefined : sources.get(source);
        const to = targets.get(link.target);
        if (!from || !to) continue;
        const id = `${source} ${link.target}`;
        found.set(id, {
          id,
          from: [from.right - origin.left, from.top + from.height / 2 - origin.top],
          to: [to.left - origin.left, to.top + to.height / 2 - origin.top],
          chosen: link.target === spot,
        });
      }
      setLines([...found.values()].sort((one, other) => Number(one.chosen) - Number(other.chosen)));
    };
    const soon = () => {
      if (frame === 0) frame = requestAnimationFrame(measure);
    };
    const size = new ResizeObserver(soon);
    size.observe(box);
    // folding a group or searching changes the rows without changing what this component is given
    const rows = new MutationObserver(soon);
    for (const body of box.querySelectorAll(".pane-body")) rows.observe(body, { childList: true, subtree: true });
    box.addEventListener("scroll", soon, true);
    soon();
    return () => {
      cancelAnimationFrame(frame);
      size.disconnect();
      rows.disconnect();
      box.removeEventListener("scroll", soon, true);
    };
  }, [area, links, spot, nodes, groups]);
  return (
    <svg className="links" aria-hidden>
      {lines.map(({ id, from, to, chosen: isChosen }) => {
        const middle = (from[0] + to[0]) / 2;
        return <path key={id} d={`M${from} C${middle},${from[1]} ${middle},${to[1]} ${to}`} data-chosen={isChosen} />;
      })}
    </svg>
  );
}

function allOf(box: HTMLElement, name: string): string[] {
  return [...box.querySelectorAll(`[${name}]`)].map((row) => row.getAttribute(name) ?? "");
}

/** Rows whose middle is inside what their pane shows, by name. */
function rowsIn(box: HTMLElement, name: string): Map<string, DOMRect> {
  const found = new Map<string, DOMRect>();
  for (const row of box.querySelectorAll(`[${name}]`)) {
    const pane = row.closest(".pane-body")?.getBoundingClientRect();
    const own = row.getBoundingClientRect();
    const middle = own.top + own.height / 2;
    if (pane && middle >= pane.top && middle <= pane.bottom) {
      // the line ends at the pane's edge, whatever the row's indent
      found.set(row.getAttribute(name) ?? "", new DOMRect(pane.left, own.top, pane.width, own.height));
    }
  }
  return found;
}
