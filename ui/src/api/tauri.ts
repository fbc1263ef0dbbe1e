import { invoke, isTauri } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Event } from "./generated/api";
import { type Host, toApiError } from "./host";

/** Whether this page is shown by the window, and not by a browser. */
export const isInWindow = isTauri;

/** The window's own process. The only file that knows Tauri. */
export const tauriHost: Host = {
  async call(command, request) {
    try {
      return await invoke("call", { command, payload: request });
    } catch (error) {
      throw toApiError(error);
    }
  },
  onEvent(callback) {
    return stopping(listen<Event>("punte://changed", (event) => callback(event.payload)));
  },
  onGo(callback) {
    return stopping(listen<string>("punte://go", (event) => callback(event.payload)));
  },
};

function stopping(listening: Promise<() => void>): () => void {
  return () => {
    void listening.then((unlisten) => unlisten());
  };
}
