import type { QueryClient } from "@tanstack/react-query";
import type { SessionInfo } from "./generated/api";

export const SESSION = ["session.get", {}] as const;

/** From now on whoever works here signs in first; who that may be is known from before, or asked. */
export function markLocked(client: QueryClient): void {
  const before = client.getQueryData<SessionInfo>(SESSION);
  if (before?.needed) client.setQueryData<SessionInfo>(SESSION, { ...before, signedIn: false, operator: "", role: "" });
  else void client.invalidateQueries({ queryKey: SESSION });
}

/** Drops all that was read and done, but what a locked screen shows. */
export function forgetAll(client: QueryClient): void {
  const shown = ["app.get", "session.get"];
  client.removeQueries({ predicate: ({ queryKey }) => !shown.includes(String(queryKey[0])) });
  client.getMutationCache().clear();
}
