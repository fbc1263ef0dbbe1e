/** So long a change of what is on screen waits for its answer: drawn once with it is quicker than drawn twice. */
const AHEAD_MS = 80;

/** Answers once what was asked for is there, or has not come within a moment. */
export function orSoon(asked: Promise<unknown>): Promise<unknown> {
  return Promise.race([asked, new Promise((done) => setTimeout(done, AHEAD_MS))]);
}
