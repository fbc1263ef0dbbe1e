import { Button, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { NoticeInfo } from "../../../api/generated/api";
import { useNotices } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { Loading } from "../../../shared/ui/Loading";
import { Time } from "../../../shared/ui/Time";
import { SendState } from "./SendState";
import { useChannelName } from "./words";

/** What was told, newest first, and what came of it at each channel. */
export function Sent() {
  const { t } = useTranslation();
  const notices = useNotices();
  const rows = notices.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <Stack gap="xs" data-testid={ids.alertsSent}>
      <Title order={3}>{t("alerts.sent.title")}</Title>
      {notices.isPending && <Loading />}
      {notices.error && <ErrorNote error={notices.error} again={() => void notices.refetch()} />}
      {notices.data && rows.length === 0 && <Text size="sm">{t("alerts.sent.none")}</Text>}
      {rows.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th>{t("alerts.sent.when")}</th>
              <th>{t("alerts.sent.what")}</th>
              <th>{t("alerts.sent.outcome")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((notice) => (
              <NoticeRow key={notice.id} notice={notice} />
            ))}
          </tbody>
        </table>
      )}
      {notices.hasNextPage && (
        <Button variant="default" w="fit-content" loading={notices.isFetchingNextPage} onClick={() => void notices.fetchNextPage()} data-testid={ids.alertsOlder}>
          {t("alerts.sent.more")}
        </Button>
      )}
    </Stack>
  );
}

function NoticeRow({ notice }: { notice: NoticeInfo }) {
  const { t } = useTranslation();
  const nameOf = useChannelName();
  return (
    <tr data-testid={ids.alertNotice(notice.id)}>
      <td>
        <Time ms={notice.atMs} />
      </td>
      <td title={notice.text}>
        {notice.subject}
        <Text size="sm" c="dimmed">
          {t(`alerts.sent.kind.${notice.kind}`)}
        </Text>
      </td>
      <td>
        <Stack gap={6}>
          {notice.sends.map((send) => (
            <Stack key={send.channelId} gap={0}>
              <Text size="sm" fw={500}>
                {nameOf(send)}
              </Text>
              <SendState send={send} />
            </Stack>
          ))}
        </Stack>
      </td>
    </tr>
  );
}
