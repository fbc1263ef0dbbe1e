import { createContext, useContext } from "react";
import type { ApiError, Commands, Event } from "./generated/api";

/** The seam to whoever answers commands: the window's process, or an owner over loopback. */
export interface Host {
  call<C extends keyof Commands>(command: C, request: Commands[C]["request"]): Promise<Commands[C]["response"]>;
  /** Calls back on every change; answers how to stop listening. */
  onEvent(listen: (event: Event) => void): () => void;
  /** Calls back when the system leads to a screen: the tray, a notice. Only a window is led so. */
  onGo?(listen: (address: string) => void): () => void;
}

export const HostContext = createContext<Host | null>(null);

export function useHost(): Host {
  const host = useContext(HostContext);
  if (!host) throw new Error("no host above this component");
  return host;
}

export function isApiError(error: unknown): error is ApiError {
  return typeof error === "object" && error !== null && "code" in error && "detail" in error;
}

/** Whatever was thrown, as an error of the api. */
export function toApiError(error: unknown): ApiError {
  if (isApiError(error)) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return { code: "internal", detail, field: null, failure: null };
}
