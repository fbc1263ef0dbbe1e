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

type Paged = "reconcile.findings" | "failures.records" | "bulk.report" | "einvoices.list";

/** Asks by pages: each goes on after the one before. */
function usePages<C extends Paged>(
  command: C,
  request: Omit<Commands[C]["request"], "after">,
): UseInfiniteQueryResult<{ pages: Commands[C]["response"][] }, ApiError> {
  const host = useHost();
  type Page = Commands[C]["response"];
  return useInfiniteQuery<Page, ApiError, { pages: Page[] }, readonly unknown[], Page["next"]>({
    queryKey: [command, request],
    queryFn: ({ pageParam }) => host.call(command, { ...request, after: pageParam } as Commands[C]["request"]),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
}

/** What reconcile passes found. */
export const useFindings = (kinds: string[], state: string) => usePages("reconcile.findings", { kinds, state, runId: null, limit: 50 });

/** Held records of a cause. */
export const useCauseRecords = (key: string) => usePages("failures.records", { key, limit: 100 });

/** Records of a job over many, of all states or of one. */
export const useBulkItems = (id: string, state: string) => usePages("bulk.report", { id, state, limit: 100 });

/** The e-Factura board. */
export const useEInvoices = (state: string) => usePages("einvoices.list", { state, limit: 50 });

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
