import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { SessionInfo } from "./generated/api";
import { useHost } from "./host";
import { markLocked, SESSION } from "./locking";
import { useAsk } from "./queries";

/** Who is at this client; undefined while it is not known. Only looks: the frame asks. */
export function useSession(): SessionInfo | undefined {
  return useAsk("session.get", {}, false).data;
}

/** Locks the window: at once, whether or not the host answers. */
export function useLock(): () => void {
  const host = useHost();
  const client = useQueryClient();
  return useCallback(() => {
    // an answer on its way would open it again
    void client.cancelQueries({ queryKey: SESSION });
    void host.call("session.lock", {}).catch(() => undefined);
    markLocked(client);
  }, [host, client]);
}
