import {
  QueryClient,
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";
import { type ApiError, type Commands, staleBy, type Tag } from "./generated/api";
import { useHost } from "./host";

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // the host is this computer's: without a network it answers all the same
      queries: { networkMode: "always", retry: false, staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

type Command = keyof Commands;

/** Asks, and asks again whenever what the answer depends on has changed. */
export function useAsk<C extends Command>(
  command: C,
  request: Commands[C]["request"],
  enabled = true,
): UseQueryResult<Commands[C]["response"], ApiError> {
  const host = useHost();
  return useQuery<Commands[C]["response"], ApiError>({
    queryKey: [command, request],
    queryFn: () => host.call(command, request),
    enabled,
    placeholderData: (before) => before,
  });
}

/** What reconcile passes found, by pages. */
export function useFindings(
  kinds: string[],
  state: string,
): UseInfiniteQueryResult<{ pages: Commands["reconcile.findings"]["response"][] }, ApiError> {
  const host = useHost();
  type Page = Commands["reconcile.findings"]["response"];
  return useInfiniteQuery<Page, ApiError, { pages: Page[] }, readonly unknown[], number | null>({
    queryKey: ["reconcile.findings", kinds, state],
    queryFn: ({ pageParam }) =>
      host.call("reconcile.findings", { kinds, state, runId: null, after: pageParam, limit: 50 }),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
}

/** Held records of a cause, by pages. */
export function useCauseRecords(
  key: string,
): UseInfiniteQueryResult<{ pages: Commands["failures.records"]["response"][] }, ApiError> {
  const host = useHost();
  type Page = Commands["failures.records"]["response"];
  return useInfiniteQuery<Page, ApiError, { pages: Page[] }, readonly unknown[], number | null>({
    queryKey: ["failures.records", key],
    queryFn: ({ pageParam }) => host.call("failures.records", { key, after: pageParam, limit: 100 }),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
}

/** Records of a job over many, of all states or of one, by pages. */
export function useBulkItems(
  id: string,
  state: string,
): UseInfiniteQueryResult<{ pages: Commands["bulk.report"]["response"][] }, ApiError> {
  const host = useHost();
  type Page = Commands["bulk.report"]["response"];
  return useInfiniteQuery<Page, ApiError, { pages: Page[] }, readonly unknown[], number | null>({
    queryKey: ["bulk.report", id, state],
    queryFn: ({ pageParam }) => host.call("bulk.report", { id, state, after: pageParam, limit: 100 }),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
}

/** The e-Factura board, by pages. */
export function useEInvoices(
  state: string,
): UseInfiniteQueryResult<{ pages: Commands["einvoices.list"]["response"][] }, ApiError> {
  const host = useHost();
  type Page = Commands["einvoices.list"]["response"];
  return useInfiniteQuery<Page, ApiError, { pages: Page[] }, readonly unknown[], Page["next"]>({
    queryKey: ["einvoices.list", state],
    queryFn: ({ pageParam }) => host.call("einvoices.list", { state, after: pageParam, limit: 50 }),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
}

/** Does something. */
export function useAct<C extends Command>(
  command: C,
): UseMutationResult<Commands[C]["response"], ApiError, Commands[C]["request"]> {
  const host = useHost();
  const client = useQueryClient();
  return useMutation<Commands[C]["response"], ApiError, Commands[C]["request"]>({
    mutationFn: (request) => host.call(command, request),
    onSuccess: (answer) => {
      // these answer with the app as it is now
      const isApp = command.startsWith("workspace.") && command !== "workspace.check";
      if (isApp || command === "app.set_preferences") {
        client.setQueryData(["app.get", {}], answer);
      }
    },
  });
}

/** Reads again what the host says has changed. */
export function useChanges(): void {
  const host = useHost();
  const client = useQueryClient();
  useEffect(
    () =>
      host.onEvent(({ tags }) => {
        void client.invalidateQueries({ predicate: (query) => isStale(query.queryKey[0], tags) });
      }),
    [host, client],
  );
}

export function isStale(command: unknown, tags: Tag[]): boolean {
  const by = typeof command === "string" && command in staleBy ? staleBy[command as Command] : [];
  return by.some((tag) => tags.includes(tag));
}
