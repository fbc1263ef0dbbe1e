import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { RecordInfo } from "../../api/generated/api";
import { useRecordLog } from "../../api/log";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { LogLines } from "../../shared/ui/log/LogLines";
import { useMay } from "../../shared/ui/useMay";

/** What the program wrote about a record: its order, and every document of it. */
export function LogPart({ record }: { record: RecordInfo }) {
  const { t } = useTranslation();
  const go = useGo();
  const { may, why } = useMay("log.record");
  const { order, document } = record;
  const log = useRecordLog({ orderId: order.id, documentId: document?.id ?? null }, may);
  if (!may) return <Empty title={why ?? ""} text="" />;
  const lines = log.data?.pages.flatMap((page) => page.lines) ?? [];
  const isCut = log.data?.pages.at(-1)?.isCut ?? false;
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t("log.record")}{" "}
        <Anchor component="button" type="button" size="sm" onClick={() => go.screen("/activity", { tab: "log", about: order.number })}>
          {t("log.inActivity")}
        </Anchor>
      </Text>
      {log.isPending && <Loading />}
      {log.error && <ErrorNote error={log.error} again={() => void log.refetch()} />}
      {lines.length > 0 && <LogLines lines={lines} />}
      {log.data && lines.length === 0 && !isCut && <Empty title={t("log.recordEmpty")} text={t("log.recordEmptyText")} />}
      {isCut && <Text size="sm">{t("log.cut")}</Text>}
      {log.hasNextPage && (
        <Button
          variant="default"
          w="fit-content"
          loading={log.isFetchingNextPage}
          onClick={() => void log.fetchNextPage()}
          data-testid={ids.logMore}
        >
          {t(isCut ? "log.lookOn" : "log.more")}
        </Button>
      )}
    </Stack>
  );
}
