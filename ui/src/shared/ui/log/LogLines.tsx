import { UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LogLine } from "../../../api/generated/api";
import { useAsk } from "../../../api/queries";
import { ids } from "../../lib/testids";
import { useFormat } from "../useFormat";
import { Level } from "./Level";
import { LineFacts } from "./LineFacts";
import "./log.css";

const ROW_HEIGHT = 32;

interface Props {
  lines: LogLine[];
  /** Narrows the list to what a line is about, where it can be narrowed. */
  onOnly?: (only: { connection?: string; about?: string }) => void;
}

/** A line and its name: two lines have one place where a crash cut the first off. */
function keyed(lines: LogLine[]): { key: string; line: LogLine }[] {
  return lines.map((line, index) => ({ line, key: lines[index - 1]?.at === line.at ? `${line.at}+` : line.at }));
}

/** Lines of the log, newest first; one opens to all that it says. Only lines in sight exist. */
export function LogLines({ lines, onOnly }: Props) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => keyed(lines), [lines]);
  const connections = useAsk("connections.list", {});
  const names = useMemo(() => {
    const all = [...(connections.data?.shops ?? []), ...(connections.data?.billing ?? [])];
    return new Map(all.map(({ id, name }) => [id, name]));
  }, [connections.data]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    // what stands in sight stays there while lines come above it
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
    initialRect: { width: 1000, height: 560 },
  });
  const turn = (key: string) =>
    setOpened((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  return (
    <div className="log-lines" ref={scroller} role="list" aria-label={t("log.list")} tabIndex={0}>
      <div style={{ position: "relative", height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="log-line"
              role="listitem"
              aria-setsize={rows.length}
              aria-posinset={item.index + 1}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <Row line={row.line} names={names} isOpen={opened.has(row.key)} turn={() => turn(row.key)} />
              {opened.has(row.key) && <LineFacts line={row.line} names={names} onOnly={onOnly} />}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  line: LogLine;
  names: ReadonlyMap<string, string>;
  isOpen: boolean;
  turn: () => void;
}

function Row({ line, names, isOpen, turn }: RowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  const about = [
    line.connection && (names.get(line.connection) ?? line.connection),
    line.order && `#${line.order}`,
    line.ofMachine && t("log.ofMachine"),
  ].filter(Boolean);
  return (
    <UnstyledButton
      className="log-row"
      onClick={turn}
      aria-expanded={isOpen}
      title={t(isOpen ? "log.shut" : "log.open")}
      data-testid={ids.logLine(line.at)}
    >
      <Chevron size={14} aria-hidden style={{ flex: "none" }} />
      <span className="log-time">{line.atMs === null ? t("log.noTime") : format.clock(line.atMs, true)}</span>
      <span className="log-level">
        <Level level={line.level} />
      </span>
      <span className="log-message">{line.message}</span>
      <span className="log-about">{about.join(" · ")}</span>
    </UnstyledButton>
  );
}
