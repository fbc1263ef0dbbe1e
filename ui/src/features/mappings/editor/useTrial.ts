import { useEffect, useRef, useState } from "react";
import type { ApiError, MappingDocument, MappingTrial, SampleInfo } from "../../../api/generated/api";
import { toApiError, useHost } from "../../../api/host";
import { withoutBlankRows } from "../model/document";

const REST_MS = 200;

export interface Trial {
  /** The newest answer, with its errors. */
  now: MappingTrial | null;
  /** The newest answer that had values: what stands on screen while an expression is being typed. */
  shown: MappingTrial | null;
  /** What is shown is of an earlier state of the document. */
  stale: boolean;
  error: ApiError | null;
}

/** Tries the document on the sample, when the typing rests; an answer that was overtaken is dropped. */
export function useTrial(mappingId: string, document: MappingDocument, sample: SampleInfo | null, flowId: string | null): Trial {
  const host = useHost();
  const [trial, setTrial] = useState<Trial>({ now: null, shown: null, stale: false, error: null });
  const tried = useRef<{ sample: SampleInfo | null; flowId: string | null } | null>(null);
  useEffect(() => {
    if (!sample) {
      setTrial({ now: null, shown: null, stale: false, error: null });
      return;
    }
    let overtaken = false;
    const isTyping = tried.current?.sample === sample && tried.current.flowId === flowId;
    tried.current = { sample, flowId };
    setTrial((before) => (isTyping ? { ...before, stale: true } : { now: null, shown: null, stale: true, error: null }));
    const request = { mappingId, document: withoutBlankRows(document), orderId: sample.id, json: sample.id === null ? sample.json : null, flowId };
    const timer = setTimeout(
      () => {
        host.call("mappings.try", request).then(
          (now) => {
            if (overtaken) return;
            const hasValues = now.values.length > 0 || now.errors.length === 0;
            setTrial((before) => ({ now, shown: hasValues ? now : before.shown, stale: false, error: null }));
          },
          (error: unknown) => {
            if (!overtaken) setTrial((before) => ({ ...before, stale: false, error: toApiError(error) }));
          },
        );
      },
      isTyping ? REST_MS : 0,
    );
    return () => {
      overtaken = true;
      clearTimeout(timer);
    };
  }, [host, mappingId, document, sample, flowId]);
  return trial;
}
