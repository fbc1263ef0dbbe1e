/** An act, and how long it was until the frame that showed what it asked for was painted. */
export interface Timing {
  act: string;
  ms: number;
}

declare global {
  interface Window {
    __punteTimings?: Timing[];
  }
}

const waiting = new Map<string, number>();

/** Measuring is asked for with `?measure` in the address, or `punte.measure` in the local storage. */
function isMeasuring(): boolean {
  if (window.__punteTimings) return true;
  const asked = new URLSearchParams(window.location.search).has("measure") || localStorage.getItem("punte.measure") !== null;
  if (asked) window.__punteTimings = [];
  return asked;
}

/** An act begins: `open`, `scroll`, `filter`, `search`, `sort`, `drawer`. Nothing where measuring was not asked for. */
export function begin(act: string): void {
  if (!isMeasuring() || waiting.has(act)) return;
  waiting.set(act, performance.now());
  performance.mark(`${act}-begin`);
}

/** What these acts asked for stands in the document: their time is taken once the frame that shows it was painted. */
export function shown(...acts: string[]): void {
  for (const act of acts) {
    const from = waiting.get(act);
    if (from === undefined) continue;
    waiting.delete(act);
    afterPaint(() => {
      window.__punteTimings?.push({ act, ms: performance.now() - from });
      performance.measure(act, `${act}-begin`);
    });
  }
}

/** A message comes after the frame that its sender's animation frame belongs to. */
function afterPaint(call: () => void): void {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      call();
    };
    port2.postMessage(null);
  });
}
