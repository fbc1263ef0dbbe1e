import { Divider, Stack, Text, Title } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useAsk } from "../../../api/queries";
import { usePlace } from "../../../shared/lib/navigation";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { Loading } from "../../../shared/ui/Loading";
import { Channels } from "./Channels";
import { OpenNow } from "./OpenNow";
import { Rules } from "./Rules";
import { Sent } from "./Sent";

/** What Punte tells by itself: what is open, where it is told, what about, when, and what was sent. */
export function Alerts() {
  const { t } = useTranslation();
  const alerts = useAsk("alerts.get", {});
  const card = useRef<HTMLElement>(null);
  const isMeant = usePlace().filter === "alerts";
  useEffect(() => {
    if (isMeant) card.current?.scrollIntoView({ block: "start" });
  }, [isMeant]);
  return (
    <section className="card" ref={card} data-testid={ids.alerts}>
      <Stack gap="sm">
        <Title order={2}>{t("alerts.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("alerts.text")}
        </Text>
        {alerts.isPending && <Loading />}
        {alerts.error && <ErrorNote error={alerts.error} again={() => void alerts.refetch()} />}
        {alerts.data && (
          <>
            <OpenNow open={alerts.data.open} />
            <Divider />
            <Channels channels={alerts.data.channels} />
            <Divider />
            <Rules info={alerts.data} />
            <Divider />
            <Sent />
          </>
        )}
      </Stack>
    </section>
  );
}
