import { type InfiniteData, type UseInfiniteQueryResult, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { ApiError, LogPage, LogRecordRequest, LogRequest } from "./generated/api";
import { useHost } from "./host";

type Pages = InfiniteData<LogPage, string | null>;
export type LogFilter = Omit<LogRequest, "before" | "after">;

/** Between looks for what came since. */
export const LOOK_MS = 2000;
/** Lines that are kept while a log is followed; older ones are read again when they are asked for. */
const KEPT = 5000;

/** The program's log, newest first; while it is followed, what comes since stands above. */
export function useLog(filter: LogFilter, follow: boolean): UseInfiniteQueryResult<Pages, ApiError> & { isLost: boolean } {
  const host = useHost();
  const client = useQueryClient();
  const [isLost, setLost] = useState(false);
  const queryKey = ["log.tail", filter];
  const log = useInfiniteQuery<LogPage, ApiError, Pages, readonly unknown[], string | null>({
    queryKey,
    queryFn: ({ pageParam }) => host.call("log.tail", { ...filter, before: pageParam, after: null }),
    initialPageParam: null,
    getNextPageParam: (page) => page.older,
    // whoever comes back to the screen sees what there is now
    staleTime: 0,
    gcTime: 0,
  });
  const asked = JSON.stringify(queryKey);
  const { refetch, isSuccess } = log;
  useEffect(() => {
    if (!follow || !isSuccess) return;
    const key = JSON.parse(asked) as [string, LogFilter];
    let isOver = false;
    let isLooking = false;
    const look = async () => {
      if (isLooking) return;
      isLooking = true;
      try {
        const after = client.getQueryData<Pages>(key)?.pages[0]?.newer ?? null;
        // there was no log yet
        if (after === null) await refetch();
        else {
          const fresh = await host.call("log.tail", { ...key[1], before: null, after });
          if (!isOver) client.setQueryData<Pages>(key, (before) => before && withFresh(before, fresh));
        }
        if (!isOver) setLost(false);
      } catch {
        if (!isOver) setLost(true);
      } finally {
        isLooking = false;
      }
    };
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [asked, follow, isSuccess, client, host, refetch]);
  return { ...log, isLost };
}

/** What came since, above what was there. Too many lines lose their oldest, which can be asked for again. */
export function withFresh(before: Pages, fresh: LogPage): Pages {
  const [first, ...rest] = before.pages;
  if (!first) return before;
  if (fresh.lines.length === 0) return { ...before, pages: [{ ...first, newer: fresh.newer }, ...rest] };
  const lines = [...fresh.lines, ...first.lines];
  const all = lines.length + rest.reduce((count, page) => count + page.lines.length, 0);
  if (all <= KEPT) return { ...before, pages: [{ ...first, lines, newer: fresh.newer }, ...rest] };
  const kept = lines.slice(0, KEPT);
  const older = kept.length < lines.length ? (kept.at(-1)?.at ?? first.older) : first.older;
  return { pages: [{ ...first, lines: kept, older, newer: fresh.newer }], pageParams: before.pageParams.slice(0, 1) };
}

/** What the log says of one record. */
export function useRecordLog(request: Omit<LogRecordRequest, "before">, enabled: boolean): UseInfiniteQueryResult<Pages, ApiError> {
  const host = useHost();
  return useInfiniteQuery<LogPage, ApiError, Pages, readonly unknown[], string | null>({
    queryKey: ["log.record", request],
    queryFn: ({ pageParam }) => host.call("log.record", { ...request, before: pageParam }),
    initialPageParam: null,
    getNextPageParam: (page) => page.older,
    enabled,
    staleTime: 0,
  });
}
