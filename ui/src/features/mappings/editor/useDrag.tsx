import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import type { SourceNode } from "../model/tree";

const FAR_PX = 4;

interface Drag {
  /** What is being dragged; null when nothing is. */
  node: SourceNode | null;
  /** The drop place under the pointer, by its `data-drop`. */
  over: string | null;
  /** For a row's `onPointerDown`. */
  begin: (node: SourceNode, event: { clientX: number; clientY: number; button: number }) => void;
}

const DragContext = createContext<Drag>({ node: null, over: null, begin: () => {} });

export function useDrag(): Drag {
  return useContext(DragContext);
}

/**
 * Dragging a source by the pointer onto whatever has a `data-drop`. By pointer events, for a web view's own drag and drop
 * belongs to the system's windows and files.
 */
export function DragArea({ onDrop, children }: { onDrop: (node: SourceNode, place: string) => void; children: ReactNode }) {
  const held = useRef<{ node: SourceNode; x: number; y: number } | null>(null);
  const ghost = useRef<HTMLDivElement>(null);
  const [node, setNode] = useState<SourceNode | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const drop = useRef(onDrop);
  drop.current = onDrop;
  const begin = useCallback<Drag["begin"]>((wanted, event) => {
    if (event.button === 0) held.current = { node: wanted, x: event.clientX, y: event.clientY };
  }, []);
  useEffect(() => {
    const end = () => {
      held.current = null;
      setNode(null);
      setOver(null);
    };
    const move = (event: PointerEvent) => {
      const from = held.current;
      if (!from) return;
      const isFar = Math.hypot(event.clientX - from.x, event.clientY - from.y) >= FAR_PX;
      if (isFar) setNode(from.node);
      setOver(placeOf(event.target));
      ghost.current?.style.setProperty("transform", `translate(${event.clientX + 12}px, ${event.clientY + 8}px)`);
    };
    const up = (event: PointerEvent) => {
      const from = held.current;
      const isFar = from !== null && Math.hypot(event.clientX - from.x, event.clientY - from.y) >= FAR_PX;
      const place = placeOf(event.target);
      end();
      if (from && isFar && place !== null) drop.current(from.node, place);
    };
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape") end();
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", end);
    window.addEventListener("keydown", key);
    return () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", up);
      window.removeEventListener("pointercancel", end);
      window.removeEventListener("keydown", key);
    };
  }, []);
  const drag = useMemo(() => ({ node, over: node ? over : null, begin }), [node, over, begin]);
  return (
    <DragContext value={drag}>
      {children}
      <div ref={ghost} className="drag-ghost mono" hidden={!node} aria-hidden>
        {node?.path}
      </div>
    </DragContext>
  );
}

function placeOf(target: EventTarget | null): string | null {
  return target instanceof Element ? (target.closest("[data-drop]")?.getAttribute("data-drop") ?? null) : null;
}
