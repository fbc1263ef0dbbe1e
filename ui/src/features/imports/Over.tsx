import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ImportInfo } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { useGo, usePath } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { FailureText } from "../../shared/ui/FailureText";
import { Time } from "../../shared/ui/Time";
import { Counts } from "./Counts";
import { Discard } from "./Discard";
import { useReason } from "./reason";
import { Report } from "./Report";

interface Props {
  info: ImportInfo;
  close: () => void;
  /** To the columns again, of one that failed. */
  anew: () => void;
}

/** What came of an import, every row that was not taken, and what follows. */
export function Over({ info, close, anew }: Props) {
  const { t } = useTranslation();
  const go = useGo();
  const path = usePath();
  const whyOf = useReason();
  const isBegun = info.read + info.rejected > 0;
  const outcome = info.state === "cancelled" && !isBegun ? "discarded" : info.state;
  return (
    <Stack gap="sm" data-testid={ids.importOver}>
      <Text fw={600}>{t(`imports.over.${outcome}`)}</Text>
      {info.failure && <FailureText failure={info.failure} />}
      {info.reason && <Text size="sm">{whyOf(info.reason)}</Text>}
      {(isBegun || info.state === "done") && <Counts info={info} />}
      <Text size="sm" c="dimmed">
        {t("imports.by", { who: info.who, connection: info.connection })}
        {" · "}
        <Time ms={info.endedMs ?? info.createdMs} />
      </Text>
      {info.new + info.changed > 0 && <Next info={info} />}
      {info.rejected > 0 && <Report info={info} />}
      <Group justify="flex-end" gap="xs">
        {info.state === "failed" && info.hasFile && (
          <>
            <Discard info={info} close={close} label={t("imports.discard")} />
            <Button variant="default" onClick={anew} data-testid={ids.importAgain}>
              {t("imports.again")}
            </Button>
          </>
        )}
        {path !== "/orders" && isBegun && (
          <Button variant="default" onClick={() => go.screen("/orders")}>
            {t("imports.toOrders")}
          </Button>
        )}
        <Button onClick={close} data-autofocus data-testid={ids.importClose}>
          {t("common.close")}
        </Button>
      </Group>
    </Stack>
  );
}

/** What happens to the orders now: by the flows of their connection. */
function Next({ info }: { info: ImportInfo }) {
  const { t } = useTranslation();
  const go = useGo();
  const connections = useAsk("connections.list", {});
  if (connections.error) return <ErrorNote error={connections.error} again={() => void connections.refetch()} />;
  if (!connections.data) return null;
  const flows = connections.data.flows.filter(({ shopId }) => shopId === info.connectionId);
  const on = flows.filter(({ enabled }) => enabled);
  const decided = info.new - info.older;
  return (
    <div className="note" data-testid={ids.importNext}>
      <Title order={2} fz="sm" mb={4}>
        {t("imports.next.title")}
      </Title>
      <Stack gap={6}>
        {flows.length === 0 && <Text size="sm">{t("imports.next.noFlow", { connection: info.connection })}</Text>}
        {flows.length > 0 && on.length === 0 && <Text size="sm">{t("imports.next.off", { flows: flows.map(({ name }) => name).join(", ") })}</Text>}
        {on.length > 0 && (decided > 0 || info.changed > 0) && (
          <Text size="sm">{t("imports.next.decided", { flows: on.map(({ name }) => name).join(", ") })}</Text>
        )}
        {flows.length > 0 && info.older > 0 && (
          <Text size="sm" fw={500}>
            {t("imports.next.older", { count: info.older })}
          </Text>
        )}
        {(on.length === 0 || info.older > 0) && (
          <Group>
            <Button variant="default" onClick={() => go.screen("/connections")}>
              {t("imports.next.toConnections")}
            </Button>
          </Group>
        )}
      </Stack>
    </div>
  );
}
