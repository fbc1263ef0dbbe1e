import { useQueryClient } from "@tanstack/react-query";
import type { DryRunInfo } from "../../../api/generated/api";
import { useAct, useAsk } from "../../../api/queries";
import { useDesk } from "../editor/desk";
import { isEqual, withoutBlankRows } from "../model/document";

/** The dry run of the mapping that is open: under way or last, and starting one with the document as it is now. */
export function useDryRun(enabled: boolean) {
  const client = useQueryClient();
  const { info, editing, tried, setTried } = useDesk();
  const { document } = editing;
  const asked = useAsk("dry_run.get", { id: info.id }, enabled);
  const start = useAct("dry_run.start");
  const cancel = useAct("dry_run.cancel");
  const run: DryRunInfo | null = asked.data?.run ?? null;
  return {
    run,
    /** The run tries the document as it is now. */
    isOfNow: run !== null && tried?.runId === run.id && isEqual(tried.document, document),
    error: start.error ?? cancel.error ?? asked.error,
    starting: start.isPending,
    start: (last: number, only: string, search: string) =>
      start.mutate(
        { mappingId: info.id, document: withoutBlankRows(document), last, only, search },
        {
          onSuccess: (begun) => {
            setTried({ runId: begun.id, document });
            client.setQueryData(["dry_run.get", { id: info.id }], { run: begun });
            void client.invalidateQueries({ queryKey: ["dry_run.get"] });
          },
        },
      ),
    cancel: () => cancel.mutate({ id: info.id }, { onSuccess: () => void asked.refetch() }),
  };
}
