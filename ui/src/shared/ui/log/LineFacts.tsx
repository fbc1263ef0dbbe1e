import { Anchor, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { LogLine } from "../../../api/generated/api";
import { useGo } from "../../lib/navigation";
import { ids } from "../../lib/testids";
import { CopyText } from "../CopyText";
import { useFormat } from "../useFormat";

interface Props {
  line: LogLine;
  names: ReadonlyMap<string, string>;
  onOnly?: (only: { connection?: string; about?: string }) => void;
}

/** All that a line says, and where what it is about can be looked at. */
export function LineFacts({ line, names, onOnly }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { at, atMs, target, connection, order, document, fields } = line;
  const facts: [string, ReactNode][] = [[t("log.fact.time"), atMs === null ? t("log.noTime") : format.instant(atMs)]];
  if (target !== "") facts.push([t("log.fact.target"), <span key="target" className="mono">{target}</span>]);
  if (connection !== null) facts.push([t("log.fact.connection"), names.get(connection) ?? connection]);
  if (order !== null) facts.push([t("log.fact.order"), `#${order}`]);
  if (document !== null) facts.push([t("log.fact.document"), <CopyText key="document" text={document} />]);
  for (const [name, value] of Object.entries(fields)) facts.push([name, <Value key={name} value={value} />]);
  facts.push([t("log.fact.at"), <span key="at" className="mono">{at}</span>]);
  return (
    <div className="log-facts" data-testid={ids.logPart("facts")}>
      <p className="log-whole">{line.message}</p>
      <dl className="facts">
        {facts.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}=`}>{value}</dd>])}
      </dl>
      <Ways line={line} onOnly={onOnly} />
    </div>
  );
}

function Value({ value }: { value: unknown }) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.includes("\n") ? (
    <pre className="mono log-value" tabIndex={0}>
      {text}
    </pre>
  ) : (
    <span className="mono log-value">{text}</span>
  );
}

function Ways({ line: { connection, order, document }, onOnly }: Pick<Props, "line" | "onOnly">) {
  const { t } = useTranslation();
  const go = useGo();
  const ways: [string, string, () => void][] = [];
  // beside the record itself only the list can be narrowed
  if (onOnly && document !== null) ways.push(["record", "openRecord", () => go.stay({ document, order: undefined })]);
  if (connection !== null) ways.push(["connection", "openConnection", () => go.screen("/connections", {})]);
  if (onOnly && order !== null) ways.push(["only-order", "onlyOrder", () => onOnly({ about: order })]);
  if (onOnly && document !== null) ways.push(["only-document", "onlyDocument", () => onOnly({ about: document })]);
  if (onOnly && connection !== null) ways.push(["only-connection", "onlyConnection", () => onOnly({ connection })]);
  if (ways.length === 0) return null;
  return (
    <Group gap="md">
      {ways.map(([name, words, act]) => (
        <Anchor key={name} component="button" type="button" size="sm" onClick={act} data-testid={ids.logPart(name)}>
          {t(`log.${words}`)}
        </Anchor>
      ))}
    </Group>
  );
}
