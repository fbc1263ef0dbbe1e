import { useQueries, useQueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ApiError, DocumentRow, OrderRow, TableQuery } from "../../../api/generated/api";
import { type Host, toApiError, useHost } from "../../../api/host";
import { orSoon } from "../../lib/ahead";
import { areNear, BLOCK, blocksOf, KEPT_BLOCKS } from "../../lib/blocks";

/** A list's row. */
export type DeskRow = DocumentRow | OrderRow;

interface Block {
  rows: DeskRow[];
  from: number;
  ready: boolean;
}

export interface Rows<R> {
  /** The query that these rows are of: the one before, until the first rows of a new one are there. */
  query: TableQuery;
  rowAt: (ordinal: number) => R | undefined;
  /** So many rows are known to exist, whatever the summary counted yet. */
  known: number;
  /** Every row in sight is there, and of the query that was asked for. */
  settled: boolean;
  error: ApiError | null;
  again: () => void;
  /** Of the same query the rows `first` to `last`, those that are not there asked for; none where one could not be read, which `error` tells. */
  take: (first: number, last: number) => Promise<R[]>;
}

/** Jumps that follow one another faster than this (a thumb that is dragged) are asked for once they have come to rest. */
const REST_MS = 60;
const FIRST_BLOCK = [0];
/** How often a block that the pass has not reached is asked for again. */
const AGAIN_MS = 60;

const commandOf = (query: TableQuery) => (query.list === "documents" ? "table.documents" : "table.orders");

function blockQuery(host: Host, query: TableQuery, block: number) {
  const request = { query, from: block * BLOCK, limit: BLOCK };
  const command = commandOf(query);
  return {
    queryKey: [command, request],
    queryFn: async (): Promise<Block> => host.call(command, request),
  };
}

/**
 * Asks for rows before the screen is drawn for them. Answers null where they are there already, otherwise once they are, or
 * have not come within a moment.
 */
export function useReadAhead() {
  const host = useHost();
  const client = useQueryClient();
  return useCallback(
    (query: TableQuery, first: number, last: number): Promise<unknown> | null => {
      const blocks = Array.from({ length: Math.floor(last / BLOCK) - Math.floor(first / BLOCK) + 1 }, (_, n) => Math.floor(first / BLOCK) + n);
      const missing = blocks.map((block) => blockQuery(host, query, block)).filter(({ queryKey }) => !client.getQueryData<Block>(queryKey)?.ready);
      if (missing.length === 0) return null;
      return orSoon(Promise.all(missing.map((one) => client.prefetchQuery({ ...one, staleTime: whileReady }))));
    },
    [client, host],
  );
}

/** Rows by their ordinal, read in blocks of which only those in sight, their neighbours and a few more are kept. */
export function useBlocks<R extends DeskRow>(query: TableQuery, first: number, last: number, count: number): Rows<R> {
  const host = useHost();
  const client = useQueryClient();
  const [shownQuery, show] = useState(query);
  const isNew = shownQuery !== query;
  const wanted = blocksOf(first, last, count);
  const [rested, rest] = useState(wanted);
  const key = wanted.join();
  const isRested = key === rested.join();
  const moved = useRef({ blocks: wanted, jumpedAt: Number.NEGATIVE_INFINITY });
  // at once where the move is small, or a single jump: what is asked then stays asked until the next move
  if (!isRested && (areNear(rested, wanted) || performance.now() - moved.current.jumpedAt > REST_MS)) rest(wanted);
  useEffect(() => {
    const blocks = key.split(",").map(Number);
    if (!areNear(moved.current.blocks, blocks)) moved.current.jumpedAt = performance.now();
    moved.current.blocks = blocks;
    const timer = setTimeout(() => rest((now) => (now.join() === key ? now : blocks)), REST_MS);
    return () => clearTimeout(timer);
  }, [key]);
  const asked = isNew ? FIRST_BLOCK : rested;
  const results = useQueries({
    queries: asked.map((block) => ({
      ...blockQuery(host, query, block),
      refetchInterval: (state: { state: { data?: Block } }) => (state.state.data?.ready === false ? AGAIN_MS : (false as const)),
    })),
  });
  const blocks = new Map(asked.map((block, at) => [block, results[at]?.data]));
  const failed = results.find((result) => result.error);
  const isReady = blocks.get(asked[0] ?? 0)?.ready === true;
  useEffect(() => {
    if (isNew && (isReady || failed)) show(query);
  }, [isNew, isReady, failed, query]);
  // while the new query's first rows are under way, those of the one before stay
  const before = useRef<Map<number, Block | undefined>>(blocks);
  if (!isNew || isReady) before.current = blocks;
  const shown = before.current;
  const rowAt = (ordinal: number) => shown.get(Math.floor(ordinal / BLOCK))?.rows[ordinal % BLOCK] as R | undefined;
  const rowsQuery = isNew && !isReady ? shownQuery : query;
  const [lost, lose] = useState<ApiError | null>(null);
  useEffect(() => lose(null), [query]);
  const take = useCallback(
    async (from: number, to: number) => {
      const found: DeskRow[] = [];
      try {
        for (let block = Math.floor(from / BLOCK); block <= Math.floor(to / BLOCK); block += 1) {
          const { rows } = await readyBlock(() => client.fetchQuery({ ...blockQuery(host, rowsQuery, block), staleTime: whileReady }));
          found.push(...rows.filter((_, at) => block * BLOCK + at >= from && block * BLOCK + at <= to));
        }
      } catch (error) {
        // half of what was asked for is not what was asked for
        lose(toApiError(error));
        return [];
      }
      lose(null);
      return found as R[];
    },
    [client, host, rowsQuery],
  );
  useEffect(() => forget(client, commandOf(query)), [client, query, key]);
  let known = 0;
  for (const [block, data] of shown) if (data?.rows.length) known = Math.max(known, block * BLOCK + data.rows.length);
  const inSight = Array.from({ length: Math.max(0, Math.min(last, count - 1) - first + 1) }, (_, n) => first + n);
  return {
    query: rowsQuery,
    rowAt,
    known,
    settled: count === 0 ? isReady : (!isNew || isReady) && inSight.every((ordinal) => rowAt(ordinal) !== undefined),
    error: (failed?.error as ApiError | undefined) ?? lost,
    again: () => {
      lose(null);
      void failed?.refetch();
    },
    take,
  };
}

/** Keeps the newest few of the blocks that nobody looks at; one that is under way is awaited by whoever takes its rows. */
function forget(client: ReturnType<typeof useQueryClient>, command: string) {
  const idle = client.getQueryCache().findAll({ queryKey: [command], type: "inactive", fetchStatus: "idle" });
  const old = idle.sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt).slice(KEPT_BLOCKS);
  for (const query of old) client.getQueryCache().remove(query);
}

const whileReady = ({ state }: { state: { data?: Block } }) => (state.data?.ready ? Number.POSITIVE_INFINITY : 0);

/** A block, asked for until the pass has reached it, for half a minute at most. */
async function readyBlock(ask: () => Promise<Block>): Promise<Block> {
  for (let times = 0; times < 500; times += 1) {
    const block = await ask();
    if (block.ready) return block;
    await new Promise((done) => setTimeout(done, AGAIN_MS));
  }
  throw new Error(i18next.t("desk.notReached"));
}

/** A query that stays the same object as long as it says the same. */
export function useSameQuery({ list, text, sort }: TableQuery): TableQuery {
  const column = sort?.column;
  const descending = sort?.descending ?? false;
  return useMemo(() => ({ list, text, sort: column === undefined ? null : { column, descending } }), [list, text, column, descending]);
}
