import { useCallback, useEffect, useRef } from "react";
import type { RecordRequest } from "../../api/generated/api";
import { useAskAhead } from "../../api/queries";
import { orSoon } from "../lib/ahead";
import { useGo } from "../lib/navigation";
import { begin } from "../lib/timings";

/** Opens a row's record beside its list: when it was read, or has not been within a moment, so that it is drawn once. */
export function useOpenRecord() {
  const readAhead = useAskAhead();
  const { stay } = useGo();
  const latest = useRef(0);
  useEffect(
    () => () => {
      latest.current += 1;
    },
    [],
  );
  return useCallback(
    ({ orderId, documentId }: RecordRequest) => {
      begin("drawer");
      latest.current += 1;
      const asked = latest.current;
      const request = { orderId, documentId };
      void orSoon(readAhead("record.get", request)).then(() => {
        if (asked === latest.current) stay({ order: orderId ?? undefined, document: documentId ?? undefined });
      });
    },
    [readAhead, stay],
  );
}
