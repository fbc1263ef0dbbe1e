import { Divider, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useAsk } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { Loading } from "../../../shared/ui/Loading";
import { Card } from "../Card";
import { Setting } from "../Setting";
import { Channels } from "./Channels";
import { OpenNow } from "./OpenNow";
import { Rules } from "./Rules";
import { Sent } from "./Sent";

/** What Punte tells by itself: what is open, where it is told, what about, when, and what was sent. */
export function Alerts() {
  const { t } = useTranslation();
  const alerts = useAsk("alerts.get", {});
  return (
    <Card of="alerts" testId={ids.alerts}>
      <Stack gap="sm">
        <Title order={2}>{t("alerts.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("alerts.text")}
        </Text>
        {alerts.isPending && <Loading />}
        {alerts.error && <ErrorNote error={alerts.error} again={() => void alerts.refetch()} />}
        {alerts.data && (
          <>
            <Setting id="alert-open">
              <OpenNow open={alerts.data.open} />
            </Setting>
            <Divider />
            <Setting id="alert-channels">
              <Channels channels={alerts.data.channels} />
            </Setting>
            <Divider />
            <Rules info={alerts.data} />
            <Divider />
            <Setting id="alert-sent">
              <Sent />
            </Setting>
          </>
        )}
      </Stack>
    </Card>
  );
}
