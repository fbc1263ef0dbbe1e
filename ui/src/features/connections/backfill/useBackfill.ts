import { useQueryClient } from "@tanstack/react-query";
import type { Backfills } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";

type Act = "backfill.plan" | "backfill.confirm" | "backfill.cancel";

/** Does something to a flow's backfill, and knows at once what became of it. */
export function useBackfill(command: Act) {
  const client = useQueryClient();
  const act = useAct(command);
  const reread = () => void client.invalidateQueries({ queryKey: ["backfill.list"] });
  const go = (request: Parameters<typeof act.mutate>[0], then?: () => void) =>
    act.mutate(request, {
      onSuccess: (now) => {
        client.setQueryData<Backfills>(["backfill.list", {}], (before) => ({
          backfills: [now, ...(before?.backfills ?? []).filter(({ flowId }) => flowId !== now.flowId)],
        }));
        then?.();
      },
      // what is refused has moved on elsewhere
      onSettled: reread,
    });
  return { go, busy: act.isPending, error: act.error };
}
