import { useQueryClient } from "@tanstack/react-query";
import type { Commands } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";

type Asked =
  | "documents.operate"
  | "documents.storno"
  | "documents.invoice_again"
  | "documents.refresh"
  | "documents.accept_change"
  | "documents.ignore_change";

/** Asks for an act on the document; the record is then read again at once, so that what was asked for stands there. */
export function useAsked<C extends Asked>(command: C) {
  const client = useQueryClient();
  const act = useAct(command);
  const ask = (request: Commands[C]["request"], done: () => void) =>
    act.mutate(request, {
      onSuccess: () => {
        void client.invalidateQueries({ queryKey: ["record.get"] });
        done();
      },
    });
  return { ask, busy: act.isPending, error: act.error };
}
