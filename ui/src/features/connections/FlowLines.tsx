import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import type { FlowInfo } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";

interface Line {
  from: string;
  to: string;
  path: string;
}

/** Shops, flows and billing beside each other, and a line from each flow to the cards of its shop and its billing. */
export function FlowLines({ flows, children }: { flows: FlowInfo[]; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [lines, setLines] = useState<Line[]>([]);
  // after every drawing, for cards come, go and grow with what they tell; what stayed in place draws nothing anew
  useLayoutEffect(() => {
    const area = box.current;
    if (!area) return;
    const measure = () => {
      const found = linesOf(area, flows);
      setLines((before) => (JSON.stringify(before) === JSON.stringify(found) ? before : found));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(area);
    for (const card of area.querySelectorAll("[data-card]")) observer.observe(card);
    return () => observer.disconnect();
  });
  return (
    <div className="flow-lines" ref={box}>
      <svg aria-hidden>
        {lines.map(({ from, to, path }) => (
          <path key={`${from} ${to}`} d={path} data-testid={ids.flowLine(from, to)} />
        ))}
      </svg>
      {children}
    </div>
  );
}

function linesOf(area: HTMLElement, flows: FlowInfo[]): Line[] {
  const cards = new Map([...area.querySelectorAll<HTMLElement>("[data-card]")].map((card) => [card.dataset.card, card]));
  const { left, top } = area.getBoundingClientRect();
  const line = (from: string, to: string): Line[] => {
    const [start, end] = [cards.get(from)?.getBoundingClientRect(), cards.get(to)?.getBoundingClientRect()];
    if (!start || !end) return [];
    const [x1, y1, x2, y2] = [start.right - left, middle(start) - top, end.left - left, middle(end) - top].map(Math.round);
    const half = Math.round(((x1 ?? 0) + (x2 ?? 0)) / 2);
    return [{ from, to, path: `M${x1},${y1} C${half},${y1} ${half},${y2} ${x2},${y2}` }];
  };
  return flows.flatMap((flow) => [...line(flow.shopId, flow.id), ...line(flow.id, flow.billingId)]);
}

const middle = ({ top, bottom }: DOMRect) => (top + bottom) / 2;
