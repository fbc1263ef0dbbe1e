import {
  MutationCache,
  QueryCache,
  QueryClient,
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import {
  type ApiError,
  type AppInfo,
  type AuditPage,
  type AuditRequest,
  type Commands,
  type ImportRejectedPage,
  type InboxPage,
  type InboxRequest,
  type NoticePage,
  type SessionInfo,
  staleBy,
  type Tag,
} from "./generated/api";
import { isApiError, useHost } from "./host";
import { markLocked, SESSION } from "./locking";

/** `app` and `session` are what was known before the screen was there. */
export function newQueryClient(app?: AppInfo, session?: SessionInfo): QueryClient {
  // whoever asks and is not signed in any more sees the locked screen, whatever was asked
  const onError = (error: unknown) => {
    if (isApiError(error) && error.code === "sign_in_needed") markLocked(client);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // the host is this computer's: without a network it answers all the same
      queries: { networkMode: "always", retry: false, staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false },
      mutations: { networkMode: "always", retry: false },
    },
  });
  if (app) client.setQueryData(["app.get", {}], app);
  if (session) client.setQueryData(SESSION, session);
  return client;
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

/** Asks before anything on screen does; answers when it is there, and says nothing of an error, which whoever asks next is told. */
export function useAskAhead() {
  const host = useHost();
  const client = useQueryClient();
  return useCallback(
    <C extends Command>(command: C, request: Commands[C]["request"]): Promise<void> =>
      client.prefetchQuery({ queryKey: [command, request], queryFn: () => host.call(command, request) }),
    [host, client],
  );
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

/** The webhook inbox, newest first: each page goes on before the last of the one above it. */
export function useInbox(request: Omit<InboxRequest, "before">): UseInfiniteQueryResult<{ pages: InboxPage[] }, ApiError> {
  const host = useHost();
  return useInfiniteQuery<InboxPage, ApiError, { pages: InboxPage[] }, readonly unknown[], number | null>({
    queryKey: ["inbox.list", request],
    queryFn: ({ pageParam }) => host.call("inbox.list", { ...request, before: pageParam }),
    initialPageParam: null,
    getNextPageParam: (page) => page.before,
    placeholderData: (before) => before,
  });
}

/** The audit log, newest first: each page goes on before the last of the one above it. */
export function useAudit(request: Omit<AuditRequest, "before">): UseInfiniteQueryResult<{ pages: AuditPage[] }, ApiError> {
  const host = useHost();
  return useInfiniteQuery<AuditPage, ApiError, { pages: AuditPage[] }, readonly unknown[], number | null>({
    queryKey: ["audit.list", request],
    queryFn: ({ pageParam }) => host.call("audit.list", { ...request, before: pageParam }),
    initialPageParam: null,
    getNextPageParam: (page) => page.before,
    placeholderData: (before) => before,
  });
}

/** What was told of alerts, newest first: each page goes on before the last of the one above it. */
export function useNotices(): UseInfiniteQueryResult<{ pages: NoticePage[] }, ApiError> {
  const host = useHost();
  return useInfiniteQuery<NoticePage, ApiError, { pages: NoticePage[] }, readonly unknown[], number | null>({
    queryKey: ["alerts.list", {}],
    queryFn: ({ pageParam }) => host.call("alerts.list", { before: pageParam, limit: 20 }),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
}

/** Rows of an import that were not taken, in the file's order. */
export function useImportRejected(id: string): UseInfiniteQueryResult<{ pages: ImportRejectedPage[] }, ApiError> {
  const host = useHost();
  return useInfiniteQuery<ImportRejectedPage, ApiError, { pages: ImportRejectedPage[] }, readonly unknown[], number>({
    queryKey: ["imports.rejected", { id }],
    queryFn: ({ pageParam }) => host.call("imports.rejected", { id, after: pageParam }),
    initialPageParam: 0,
    getNextPageParam: ({ rows, hasMore }) => (hasMore ? rows.at(-1)?.row : undefined),
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
      // another workspace has other people
      if (isApp) void client.resetQueries({ queryKey: SESSION });
      if (command === "session.sign_in") client.setQueryData(SESSION, answer);
    },
  });
}

/** Reads again what the host says has changed. */
export function useChanges(): void {
  const host = useHost();
  const client = useQueryClient();
  useEffect(() => {
    const stop = host.onEvent(({ tags }) => {
      void client.invalidateQueries({ predicate: (query) => isStale(query.queryKey[0], tags) });
    });
    // what was read before anybody listened may have changed since
    void client.invalidateQueries({ queryKey: ["app.get"] });
    void client.invalidateQueries({ queryKey: SESSION });
    return stop;
  }, [host, client]);
}

export function isStale(command: unknown, tags: Tag[]): boolean {
  const by = typeof command === "string" && command in staleBy ? staleBy[command as Command] : [];
  return by.some((tag) => tags.includes(tag));
}
