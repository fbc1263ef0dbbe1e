import { useCallback, useMemo, useReducer, useState } from "react";
import type { MappingDocument, MappingInfo } from "../../../api/generated/api";
import { stepsOf, take } from "../model/steps";
import { type Keeping, useKeeping } from "./useKeeping";
import { useMay } from "../../../shared/ui/useMay";

export interface Editing {
  document: MappingDocument;
  /** The published version that the document was begun from. */
  base: number;
  /** Makes a change; changes of the same `what` in quick succession are one step back. */
  change: (document: MappingDocument, what?: string) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
  keeping: Keeping;
  /** Starts anew from a document that counts as published. */
  restart: (document: MappingDocument, base: number) => void;
  /** Goes on with the same document on another published version. */
  rebase: (base: number) => void;
}

/** The document under edit, with its steps back and forth and its draft kept. */
export function useEditing(info: MappingInfo): Editing {
  const start = info.draft?.document ?? info.published;
  const [steps, step] = useReducer(take, start, stepsOf);
  const [base, setBase] = useState(info.draft?.baseVersion ?? info.version);
  const { may } = useMay("mappings.save_draft");
  const keeping = useKeeping(info.id, steps.now, base, info.draft?.savedMs ?? null, may);
  const { settle } = keeping;
  const change = useCallback(
    (document: MappingDocument, what = "") => step({ act: "change", document, what, atMs: Date.now() }),
    [],
  );
  const restart = useCallback(
    (document: MappingDocument, version: number) => {
      settle(document, version);
      setBase(version);
      step({ act: "load", document });
    },
    [settle],
  );
  const undo = useCallback(() => step({ act: "undo" }), []);
  const redo = useCallback(() => step({ act: "redo" }), []);
  return useMemo(
    () => ({
      document: steps.now,
      base,
      change,
      undo,
      redo,
      canUndo: steps.past.length > 0,
      canRedo: steps.future.length > 0,
      keeping,
      restart,
      rebase: setBase,
    }),
    [steps, base, change, undo, redo, keeping, restart],
  );
}
