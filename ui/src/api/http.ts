import { type Event, staleBy } from "./generated/api";
import { type Host, toApiError } from "./host";

/** Between two tries to hear of changes again. */
const AGAIN_MS = 1000;

/** An owner over loopback: for a browser. */
export function httpHost(base: string, token: string): Host {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "x-punte-client": crypto.randomUUID() };
  return {
    async call(command, request) {
      const answer = await fetch(`${base}/call/${command}`, { method: "POST", headers, body: JSON.stringify(request) }).catch(
        (error: unknown) => {
          const detail = error instanceof Error ? error.message : String(error);
          throw { code: "owner_silent", detail, field: null, failure: null };
        },
      );
      const body: unknown = await answer.json().catch((error: unknown) => {
        throw toApiError(error);
      });
      if (!answer.ok) throw toApiError(body);
      return body as never;
    },
    onEvent(callback) {
      const stop = new AbortController();
      void hear(`${base}/events`, headers, stop.signal, callback);
      return () => stop.abort();
    },
  };
}

/** For a listener that missed some: all may have changed. */
function everything(): Event {
  return { tags: [...new Set(Object.values(staleBy).flat())] };
}

/** Listens until it is stopped; after every break from the start, with everything read again. */
async function hear(url: string, headers: HeadersInit, signal: AbortSignal, callback: (event: Event) => void) {
  for (let tries = 0; !signal.aborted; tries += 1) {
    if (tries > 0) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    const heard = await fetch(url, { headers, signal }).catch(() => null);
    if (!heard?.ok || !heard.body) continue;
    if (tries > 0) callback(everything());
    await read(heard.body, callback).catch(() => null);
  }
}

async function read(body: ReadableStream<Uint8Array<ArrayBuffer>>, callback: (event: Event) => void) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const chunk = await reader.read();
    if (chunk.done) return;
    rest += chunk.value;
    const parts = rest.split("\n\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const data = part.split("\n").find((line) => line.startsWith("data:"));
      if (data) callback(JSON.parse(data.slice(5)) as Event);
    }
  }
}
