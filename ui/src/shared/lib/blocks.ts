/** Rows are asked in blocks of this many by their ordinal. */
export const BLOCK = 100;
/** Blocks kept beside those in sight. */
export const KEPT_BLOCKS = 24;
/** Nearer to a block's border than this, its neighbour is asked too. */
const NEAR = 40;

/** The blocks that rows `first` to `last` (inclusive) and their near neighbours stand in, of a list of `count` rows. */
export function blocksOf(first: number, last: number, count: number): number[] {
  const end = Math.max(0, Math.ceil(count / BLOCK) - 1);
  const low = Math.max(0, Math.floor((first - NEAR) / BLOCK));
  const high = Math.min(end, Math.floor((last + NEAR) / BLOCK));
  return Array.from({ length: Math.max(1, high - Math.min(low, high) + 1) }, (_, n) => Math.min(low, high) + n);
}

/** Whether blocks are the same as others or beside them: what is asked at once; a jump waits until it has come to rest. */
export function areNear(some: number[], others: number[]): boolean {
  const [a, b] = [some[0] ?? 0, some.at(-1) ?? 0];
  const [c, d] = [others[0] ?? 0, others.at(-1) ?? 0];
  return a <= d + 1 && c <= b + 1;
}
