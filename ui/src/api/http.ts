import type { Event } from "./generated/api";
import { type Host, toApiError } from "./host";

/** An owner over loopback: for tests in a browser. */
export function httpHost(base: string, token: string): Host {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return {
    async call(command, request) {
      const answer = await fetch(`${base}/call/${command}`, { method: "POST", headers, body: JSON.stringify(request) }).catch(
        (error: unknown) => {
          throw toApiError(error);
        },
      );
      const body: unknown = await answer.json();
      if (!answer.ok) throw toApiError(body);
      return body as never;
    },
    onEvent(callback) {
      const stop = new AbortController();
      void read(`${base}/events`, headers, stop.signal, callback);
      return () => stop.abort();
    },
  };
}

async function read(url: string, headers: HeadersInit, signal: AbortSignal, callback: (event: Event) => void) {
  try {
    const answer = await fetch(url, { headers, signal });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const chunk = await reader?.read();
      if (!chunk || chunk.done) return;
      rest += chunk.value;
      const parts = rest.split("\n\n");
      rest = parts.pop() ?? "";
      for (const part of parts) {
        const data = part.split("\n").find((line) => line.startsWith("data:"));
        if (data) callback(JSON.parse(data.slice(5)) as Event);
      }
    }
  } catch {
    // the listener was stopped, or the owner went: queries say so by themselves
  }
}
