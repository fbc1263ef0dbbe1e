import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from "react";
import type { ApiError, ImportBegin, ImportColumns, ImportInfo } from "../../api/generated/api";
import { type Host, toApiError, useHost } from "../../api/host";
import { useGo } from "../../shared/lib/navigation";
import { refusalOf, type Unfit } from "./kinds";
import { sendPieces } from "./send";

/** A file that this window has in its hands, by the import that was begun for it. */
interface Upload {
  file: File;
  /** Its pieces are being sent, or wait for those of another file. */
  isSending: boolean;
  /** Why no more was sent. */
  error: ApiError | null;
  stop: AbortController;
}

/** A file that was not taken: for what it is, or because the host began no import for it. */
export interface Refused {
  name: string;
  why: Unfit | ApiError;
}

/** Whose orders a file has: a connection's, or those of a shop that is named for the first time. */
export type Target = Pick<ImportBegin, "connectionName"> & Partial<Pick<ImportBegin, "connectionId">>;

interface Uploads {
  /** Of every import whose file was chosen in this window since it was opened. */
  of: ReadonlyMap<string, Upload>;
  /** Files of the last choice that were not taken. */
  refused: Refused[];
  forgetRefused: () => void;
  /** Sends files, one after another, and shows the first; in place of an import that is given up, where one is named. */
  take: (files: File[], instead?: string) => void;
  /** Sends on from where it stopped. */
  goOn: (id: string) => void;
  /** Gives an import up, also in the middle of being sent. */
  discard: (id: string) => Promise<void>;
  /** Begins the same file anew as another shop's. */
  move: (id: string, target: Target) => Promise<void>;
  /** What was chosen for an import's columns, as long as the window stands. */
  chosen: Map<string, ImportColumns>;
}

const UploadsContext = createContext<Uploads | null>(null);

export function useUploads(): Uploads {
  const uploads = useContext(UploadsContext);
  if (!uploads) throw new Error("no uploads above this component");
  return uploads;
}

/** Keeps what the window knows of an import in step with what the host answered. */
export function useKnown(): (info: ImportInfo) => void {
  const client = useQueryClient();
  return useCallback(
    (info) => {
      client.setQueryData(["imports.get", { id: info.id }], info);
      void client.invalidateQueries({ queryKey: ["imports.list"] });
    },
    [client],
  );
}

/** Where there is more than one connection for files the host makes no choice; the person can still make another. */
async function usualConnection(host: Host): Promise<string | null> {
  const { shops } = await host.call("connections.list", {});
  const [first, second] = shops.filter(({ kind }) => kind === "file");
  return first && second ? first.id : null;
}

/** Sends files of orders in the background: a screen that is left, or a dialog that is closed, stops nothing. */
export function UploadsProvider({ children }: { children: ReactNode }) {
  const host = useHost();
  const { stay } = useGo();
  const known = useKnown();
  const [of, setOf] = useState<ReadonlyMap<string, Upload>>(new Map());
  const [refused, setRefused] = useState<Refused[]>([]);
  const queue = useRef(Promise.resolve());
  const chosen = useRef(new Map<string, ImportColumns>());

  const change = useCallback((id: string, now: Partial<Upload> | null) => {
    setOf((before) => {
      const after = new Map(before);
      const one = before.get(id);
      if (now === null) after.delete(id);
      else if (one) after.set(id, { ...one, ...now });
      return after;
    });
  }, []);

  const send = useCallback(
    (info: ImportInfo, file: File) => {
      const stop = new AbortController();
      setOf((before) => new Map(before).set(info.id, { file, stop, isSending: true, error: null }));
      queue.current = queue.current.then(async () => {
        try {
          await sendPieces(host, info, file, stop.signal, known);
          change(info.id, { isSending: false });
        } catch (thrown) {
          // an import that was given up takes no more pieces
          change(info.id, { isSending: false, error: stop.signal.aborted ? null : toApiError(thrown) });
        }
      });
    },
    [change, host, known],
  );

  const begin = useCallback(
    async (file: File, target: Target | null) => {
      try {
        const info = await host.call("imports.begin", {
          fileName: file.name,
          bytes: file.size,
          connectionId: target ? null : await usualConnection(host),
          ...target,
        });
        known(info);
        send(info, file);
        return info;
      } catch (thrown) {
        setRefused((before) => [...before, { name: file.name, why: toApiError(thrown) }]);
        return null;
      }
    },
    [host, known, send],
  );

  const discard = useCallback(
    async (id: string) => {
      setOf((before) => {
        before.get(id)?.stop.abort();
        return before;
      });
      known(await host.call("imports.cancel", { id }));
      change(id, null);
      chosen.current.delete(id);
    },
    [change, host, known],
  );

  const take = useCallback(
    async (files: File[], instead?: string) => {
      const unfit = files.flatMap(({ name, size }) => {
        const why = refusalOf({ name, size });
        return why ? [{ name, why }] : [];
      });
      setRefused(unfit);
      const good = files.filter((file) => refusalOf(file) === null);
      let isFirst = true;
      for (const file of good) {
        const info = await begin(file, null);
        if (info && isFirst) {
          stay({ import: info.id });
          if (instead) await discard(instead).catch(() => undefined);
          isFirst = false;
        }
      }
    },
    [begin, discard, stay],
  );

  const goOn = useCallback(
    async (id: string) => {
      const upload = of.get(id);
      if (!upload) return;
      change(id, { error: null, isSending: true });
      try {
        // a piece may have arrived although its answer did not
        const info = await host.call("imports.get", { id });
        known(info);
        send(info, upload.file);
      } catch (thrown) {
        change(id, { error: toApiError(thrown), isSending: false });
      }
    },
    [change, host, known, of, send],
  );

  const move = useCallback(
    async (id: string, target: Target) => {
      const upload = of.get(id);
      const info = upload && (await begin(upload.file, target));
      if (!info) return;
      const columns = chosen.current.get(id);
      if (columns) chosen.current.set(info.id, columns);
      stay({ import: info.id });
      await discard(id).catch(() => undefined);
    },
    [begin, discard, of, stay],
  );

  const uploads = useMemo<Uploads>(
    () => ({
      of,
      refused,
      forgetRefused: () => setRefused([]),
      take: (files, instead) => void take(files, instead),
      goOn: (id) => void goOn(id),
      discard,
      move,
      chosen: chosen.current,
    }),
    [of, refused, take, goOn, discard, move],
  );
  return <UploadsContext value={uploads}>{children}</UploadsContext>;
}
