import { Select, Stack, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RecordInfo } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { BeforeAfter } from "../../shared/ui/BeforeAfter";
import { CopyText } from "../../shared/ui/CopyText";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { useFormat } from "../../shared/ui/useFormat";
import { orderDiff } from "./orderDiff";

/** The order as the shop has it, and each version in which it was received. */
export function OrderPart({ record }: { record: RecordInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { order, document, versions } = record;
  const facts: [string, string][] = [
    [t("record.shopStatus"), order.statusText],
    [t("record.created"), format.instant(order.createdMs)],
    [t("record.modified"), format.instant(order.modifiedMs)],
    [t("record.decision"), `${t(`decision.${order.decision}`)}: ${t(`reason.${order.reason}`)}`],
  ];
  return (
    <Stack gap="sm">
      <dl className="facts">
        {facts.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}=`}>{value}</dd>])}
        {document && (
          <>
            <dt>{t("record.reference")}</dt>
            <dd>
              <CopyText text={document.reference} />
            </dd>
          </>
        )}
      </dl>
      {versions[0] && <Versions key={versions[0].version} record={record} newest={versions[0].version} />}
    </Stack>
  );
}

function Versions({ record, newest }: { record: RecordInfo; newest: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { versions, order } = record;
  const [version, setVersion] = useState(newest);
  const shown = useAsk("record.order_version", { orderId: order.id, version });
  const choices = versions.map((one) => {
    const words = t("record.version", { version: one.version, at: format.instant(one.receivedMs) });
    const isMadeOf = one.version === record.madeOfVersion && versions.length > 1;
    return { value: String(one.version), label: isMadeOf ? `${words} · ${t("record.madeOf")}` : words };
  });
  const isOne = choices.length === 1;
  const isRead = shown.data?.version === version;
  return (
    <>
      {isOne ? (
        <Text size="sm" fw={500}>
          {t("record.asReceived")}
        </Text>
      ) : (
        <Select
          label={t("record.asReceived")}
          data={choices}
          value={String(version)}
          onChange={(value) => value && setVersion(Number(value))}
          allowDeselect={false}
          maw={460}
          data-testid={ids.orderVersion}
        />
      )}
      {version > 1 && isRead && <Changed orderId={order.id} version={version} json={shown.data?.json ?? ""} />}
      {shown.error && <ErrorNote error={shown.error} again={() => void shown.refetch()} />}
      {!isRead && !shown.error && <Loading />}
      {isRead && (
        <pre className="mono" tabIndex={0} data-testid={ids.orderJson}>
          {shown.data?.json}
        </pre>
      )}
    </>
  );
}

/** Differences on screen; what is beyond them is in the version itself. */
const MOST = 200;

/** What differs from the version before. */
function Changed({ orderId, version, json }: { orderId: string; version: number; json: string }) {
  const { t } = useTranslation();
  const before = useAsk("record.order_version", { orderId, version: version - 1 });
  const isRead = before.data?.version === version - 1;
  const changes = useMemo(
    () => (isRead && before.data ? orderDiff(JSON.parse(before.data.json), JSON.parse(json)) : []),
    [isRead, before.data, json],
  );
  if (before.error) return <ErrorNote error={before.error} again={() => void before.refetch()} />;
  if (!isRead) return <Loading />;
  if (changes.length === 0) return <Text size="sm">{t("record.sameAsBefore", { version: version - 1 })}</Text>;
  const differences = changes.slice(0, MOST).map(({ path, before: was, after }) => ({
    key: `${path} ${was === undefined}`,
    field: <span className="mono">{path}</span>,
    before: textOf(was),
    after: textOf(after),
  }));
  return (
    <>
      <BeforeAfter
        differences={differences}
        caption={t("record.changedSince", { version: version - 1, count: changes.length })}
        testId={ids.orderDiff}
      />
      {changes.length > MOST && (
        <Text size="sm" c="dimmed">
          {t("record.moreChanged", { count: changes.length - MOST })}
        </Text>
      )}
    </>
  );
}

/** Null for what is not there. */
function textOf(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}
