import { useState } from "react";
import type { ApiError, BulkSelection } from "../../api/generated/api";
import { useAct } from "../../api/queries";

/** Plans something for many records; the plan is shown by a `BulkDialog` of `jobId`. */
export function useBulk() {
  const plan = useAct("bulk.plan");
  const [jobId, setJobId] = useState<string | null>(null);
  return {
    jobId,
    busy: plan.isPending,
    error: plan.error as ApiError | null,
    /** `retry`, `storno`, `email`, `refresh`, `dismiss` */
    plan: (kind: string, selection: BulkSelection) =>
      plan.mutate({ kind, selection }, { onSuccess: (job) => setJobId(job.id) }),
    open: (id: string) => setJobId(id),
    close: () => setJobId(null),
  };
}
