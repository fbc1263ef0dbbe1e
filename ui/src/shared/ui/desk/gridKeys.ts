import type { KeyboardEvent } from "react";

interface Grid {
  focus: number;
  count: number;
  /** Rows in sight. */
  page: number;
  /** Moves so many rows on. */
  move: (by: number) => void;
  open: () => void;
  toggle: () => void;
  /** Chooses everything up to this row. */
  extend: (to: number) => void;
  all: () => void;
  none: () => void;
  hasSelection: boolean;
  isOpen: boolean;
  copy: () => void;
}

/** How many rows a key moves; null for others. */
function stepOf(key: string, { focus, count, page }: Grid): number | null {
  switch (key) {
    case "ArrowDown":
    case "j":
    case "J":
      return 1;
    case "ArrowUp":
    case "k":
    case "K":
      return -1;
    case "PageDown":
      return page;
    case "PageUp":
      return -page;
    case "Home":
      return -focus;
    case "End":
      return count - 1 - focus;
    default:
      return null;
  }
}

/** The keys of a list; those pressed in its header are the header's. */
export function gridKeys(grid: Grid): (event: KeyboardEvent<HTMLElement>) => void {
  return (event) => {
    if (event.target !== event.currentTarget || grid.count === 0 || event.altKey) return;
    const act = actOf(event, grid);
    if (!act) return;
    event.preventDefault();
    act();
  };
}

function actOf(event: KeyboardEvent, grid: Grid): (() => void) | null {
  if (event.ctrlKey || event.metaKey) {
    if (event.key === "a") return grid.all;
    if (event.key === "c" && !window.getSelection()?.toString()) return grid.copy;
    if (event.key !== "Home" && event.key !== "End") return null;
  }
  const step = stepOf(event.key, grid);
  if (step !== null) return event.shiftKey ? () => grid.extend(grid.focus + step) : () => grid.move(step);
  if (event.key === "Enter") return grid.open;
  if (event.key === " ") return grid.toggle;
  if (event.key === "Escape" && grid.hasSelection && !grid.isOpen) return grid.none;
  return null;
}
