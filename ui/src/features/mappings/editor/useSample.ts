import { useCallback, useEffect, useRef, useState } from "react";
import type { ApiError, MappingDocument, SampleInfo, SampleRequest } from "../../../api/generated/api";
import { toApiError, useHost } from "../../../api/host";

export interface Sampling {
  sample: SampleInfo | null;
  /** Until the first answer. */
  pending: boolean;
  busy: boolean;
  /** What was asked for and not found: `next_failing`, `number`, … */
  missed: string | null;
  error: ApiError | null;
  choose: (which: string, value?: string | null) => Promise<boolean>;
}

/** The order that the mapping is shown with. Begins with the one that is asked for, else the last, else the built-in one. */
export function useSample(mappingId: string, document: MappingDocument, wanted: string | undefined): Sampling {
  const host = useHost();
  const [state, set] = useState<Omit<Sampling, "choose">>({ sample: null, pending: true, busy: true, missed: null, error: null });
  const newest = useRef({ document, from: null as string | null });
  newest.current = { document, from: state.sample?.id ?? null };
  const asked = useRef(0);
  const ask = useCallback(
    async (which: string, value: string | null) => {
      const isStep = which === "next" || which === "previous" || which === "next_failing";
      const request: SampleRequest = {
        mappingId,
        which,
        value,
        from: isStep ? newest.current.from : null,
        document: which === "next_failing" ? newest.current.document : null,
      };
      return (await host.call("mappings.sample", request)).sample;
    },
    [host, mappingId],
  );
  const choose = useCallback(
    async (which: string, value: string | null = null) => {
      const turn = ++asked.current;
      set((before) => ({ ...before, busy: true, missed: null, error: null }));
      try {
        const sample = await ask(which, value);
        if (turn !== asked.current) return false;
        set((before) => ({ ...before, sample: sample ?? before.sample, pending: false, busy: false, missed: sample ? null : which }));
        return sample !== null;
      } catch (error) {
        if (turn === asked.current) set((before) => ({ ...before, pending: false, busy: false, error: toApiError(error) }));
        return false;
      }
    },
    [ask],
  );
  useEffect(() => {
    const begin = async () => {
      if (wanted !== undefined && (await choose("order", wanted))) return;
      if (wanted === undefined && (await choose("last"))) return;
      await choose("sandbox");
    };
    void begin();
  }, [choose, wanted]);
  return { ...state, choose };
}
