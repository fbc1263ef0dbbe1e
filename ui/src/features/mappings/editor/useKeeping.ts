import { useCallback, useEffect, useRef, useState } from "react";
import type { ApiError, MappingDocument } from "../../../api/generated/api";
import { toApiError, useHost } from "../../../api/host";
import { isEqual, withoutBlankRows } from "../model/document";

const REST_MS = 800;

export interface Keeping {
  state: "clean" | "waiting" | "saving" | "saved" | "failed";
  savedMs: number | null;
  error: ApiError | null;
  /** Writes down at once what was not written yet. */
  flush: () => Promise<void>;
  /** The document that counts as written down: after a discard, a publish. */
  settle: (document: MappingDocument, baseVersion: number) => void;
}

interface Written {
  document: MappingDocument;
  baseVersion: number;
}

function isKept(kept: Written, wanted: Written): boolean {
  return kept.baseVersion === wanted.baseVersion && isEqual(kept.document, wanted.document);
}

/**
 * Keeps the draft: when the changes rest, and before the screen is left. One write at a time, the newest last. Of whoever may
 * not, nothing is kept: they only try.
 */
export function useKeeping(
  mappingId: string,
  document: MappingDocument,
  baseVersion: number,
  savedMs: number | null,
  may: boolean,
): Keeping {
  const host = useHost();
  const kept = useRef({ document, baseVersion });
  const newest = useRef({ document, baseVersion });
  newest.current = { document, baseVersion };
  const running = useRef<Promise<void> | null>(null);
  const [shown, show] = useState<Pick<Keeping, "state" | "savedMs" | "error">>(() => ({
    state: savedMs === null ? "clean" : "saved",
    savedMs,
    error: null,
  }));
  const flush = useCallback(async (): Promise<void> => {
    if (running.current) await running.current;
    const wanted = newest.current;
    if (!may || isKept(kept.current, wanted)) return;
    const before = kept.current;
    kept.current = wanted;
    show((now) => ({ ...now, state: "saving" }));
    running.current = host.call("mappings.save_draft", { ...wanted, mappingId, document: withoutBlankRows(wanted.document) }).then(
      ({ savedMs: at }) => show({ state: "saved", savedMs: at, error: null }),
      (error: unknown) => {
        kept.current = before;
        show((now) => ({ ...now, state: "failed", error: toApiError(error) }));
      },
    );
    await running.current;
    running.current = null;
  }, [host, mappingId, may]);
  useEffect(() => {
    if (!may || isKept(kept.current, { document, baseVersion })) return;
    show((now) => ({ ...now, state: "waiting" }));
    const timer = setTimeout(() => void flush(), REST_MS);
    return () => clearTimeout(timer);
  }, [document, baseVersion, flush]);
  useEffect(() => {
    const leave = () => void flush();
    window.addEventListener("pagehide", leave);
    window.addEventListener("blur", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("blur", leave);
      leave();
    };
  }, [flush]);
  const settle = useCallback((settled: MappingDocument, base: number) => {
    kept.current = { document: settled, baseVersion: base };
    show({ state: "clean", savedMs: null, error: null });
  }, []);
  return { ...shown, flush, settle };
}
