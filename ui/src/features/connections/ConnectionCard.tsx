import { Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { FailureText } from "../../shared/ui/FailureText";
import { Health } from "../../shared/ui/Health";
import { Time } from "../../shared/ui/Time";
import { isAsked, isShop, receives } from "./kinds";

/** A connection with its health, and what can be done with it. */
export function ConnectionCard({ connection, edit }: { connection: ConnectionInfo; edit: () => void }) {
  const { t } = useTranslation();
  const go = useGo();
  const wake = useAct("connections.wake");
  const dead = ["needs_reconnect", "credential_missing"].includes(connection.health);
  return (
    <div className="card" data-testid={ids.connCard(connection.kind)}>
      <Stack gap={6}>
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Text fw={600}>{connection.name}</Text>
          <Health connection={connection} />
        </Group>
        <Text size="sm" c="dimmed" truncate title={connection.address}>
          {[t(`system.${connection.kind}`), connection.company, connection.account].filter(Boolean).join(" · ")}
        </Text>
        <Text size="sm">
          {t(isShop(connection.kind) ? "overview.ordersToday" : "overview.issuedToday", { count: connection.today })}
          {connection.lastContactMs !== null && (
            <>
              {" · "}
              <Time ms={connection.lastContactMs} />
            </>
          )}
        </Text>
        {connection.failure && <FailureText failure={connection.failure} />}
        <Group gap="xs">
          {connection.kind !== "file" && (
            <Button variant={dead ? "filled" : "default"} onClick={edit}>
              {dead ? t("connections.reconnect") : t("common.edit")}
            </Button>
          )}
          {isAsked(connection.kind) && !dead && (
            <Button variant="subtle" loading={wake.isPending} onClick={() => wake.mutate({ id: connection.id })}>
              {isShop(connection.kind) ? t("connections.lookNow") : t("connections.wake")}
            </Button>
          )}
          {receives(connection.kind) && (
            <Button variant="subtle" onClick={() => go.stay({ connection: connection.id })} data-testid={ids.hooksOpen(connection.id)}>
              {t("hooks.open")}
            </Button>
          )}
        </Group>
        {wake.error && <ErrorNote error={wake.error} />}
      </Stack>
    </div>
  );
}
