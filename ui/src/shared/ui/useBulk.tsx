import { useRef, useState } from "react";
import type { ApiError, BulkSelection } from "../../api/generated/api";
import { useAct } from "../../api/queries";

/** Plans something for many records; the plan is shown by a `BulkDialog` of `jobId`. */
export function useBulk() {
  const plan = useAct("bulk.plan");
  const [jobId, setJobId] = useState<string | null>(null);
  const [acted, setActed] = useState(0);
  // a second press may come before the first one is on screen
  const isPlanning = useRef(false);
  return {
    jobId,
    busy: plan.isPending,
    error: plan.error as ApiError | null,
    /** So many jobs have been confirmed and their dialogs closed. */
    acted,
    /** `retry`, `storno`, `email`, `refresh`, `dismiss` */
    plan: (kind: string, selection: BulkSelection) => {
      if (isPlanning.current) return;
      isPlanning.current = true;
      plan.mutate(
        { kind, selection },
        {
          onSuccess: (job) => setJobId(job.id),
          onSettled: () => {
            isPlanning.current = false;
          },
        },
      );
    },
    open: (id: string) => setJobId(id),
    close: (confirmed: boolean) => {
      setJobId(null);
      if (confirmed) setActed((before) => before + 1);
    },
  };
}
