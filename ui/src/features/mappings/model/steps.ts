// Going back and forth over a document's states.

import type { MappingDocument } from "../../../api/generated/api";

const KEPT = 200;
/** Keys typed closer together than this are one step. */
const TOGETHER_MS = 1200;

export interface Steps {
  now: MappingDocument;
  past: MappingDocument[];
  future: MappingDocument[];
  /** What the last step changed, and when: typing goes on in it. */
  last: { what: string; atMs: number } | null;
}

export type Step =
  | { act: "change"; document: MappingDocument; what: string; atMs: number }
  | { act: "undo" }
  | { act: "redo" }
  | { act: "load"; document: MappingDocument };

export function stepsOf(document: MappingDocument): Steps {
  return { now: document, past: [], future: [], last: null };
}

/** The next state. Changes of the same thing in quick succession are one step; an empty `what` is always its own. */
export function take(steps: Steps, step: Step): Steps {
  switch (step.act) {
    case "load":
      return stepsOf(step.document);
    case "undo": {
      const before = steps.past.at(-1);
      if (!before) return steps;
      return { now: before, past: steps.past.slice(0, -1), future: [steps.now, ...steps.future], last: null };
    }
    case "redo": {
      const [next, ...future] = steps.future;
      return next ? { now: next, past: [...steps.past, steps.now], future, last: null } : steps;
    }
    case "change": {
      if (step.document === steps.now) return steps;
      const { what, atMs } = step;
      const goesOn = what !== "" && steps.last?.what === what && atMs - steps.last.atMs < TOGETHER_MS;
      const past = goesOn ? steps.past : [...steps.past, steps.now].slice(-KEPT);
      return { now: step.document, past, future: [], last: { what, atMs } };
    }
  }
}
