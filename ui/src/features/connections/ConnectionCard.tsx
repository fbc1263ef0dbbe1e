import { Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { FailureText } from "../../shared/ui/FailureText";
import { Health } from "../../shared/ui/Health";
import { MayButton } from "../../shared/ui/MayButton";
import { Time } from "../../shared/ui/Time";
import { InvoicedTwice } from "./InvoicedTwice";
import { isAsked, isShop, neverHadSecret, receives } from "./kinds";
import { SecretDates } from "./SecretDates";

/** A connection with its health, and what can be done with it. */
export function ConnectionCard({ connection, edit }: { connection: ConnectionInfo; edit: () => void }) {
  const { t } = useTranslation();
  const go = useGo();
  const wake = useAct("connections.wake");
  const bare = neverHadSecret(connection);
  const dead = ["needs_reconnect", "credential_missing"].includes(connection.health);
  // for the vault: waking it would ask in vain
  const waits = connection.health.startsWith("waiting_");
  // a shop is asked anew whenever one wants; a billing connection has nothing to be woken from unless it rests
  const wakes = isAsked(connection.kind) && !dead && !waits && (isShop(connection.kind) || isResting(connection));
  return (
    <div className="card" data-card={connection.id} data-testid={ids.connCard(connection.kind)}>
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
        {isAsked(connection.kind) && <SecretDates connection={connection} />}
        {bare ? (
          <Text size="sm">{t("connections.noSecret")}</Text>
        ) : (
          connection.failure && <FailureText failure={connection.failure} />
        )}
        {dead && !bare && connection.kind === "smartbill" && <Text size="sm">{t("connections.tokenChanged")}</Text>}
        <InvoicedTwice shop={connection} />
        <Group gap="xs">
          {connection.kind !== "file" && (
            <MayButton command="connections.save" variant={dead ? "filled" : "default"} onClick={edit}>
              {bare ? t("connections.enterSecret") : dead ? t("connections.reconnect") : t("common.edit")}
            </MayButton>
          )}
          {wakes && (
            <MayButton
              command="connections.wake"
              variant="subtle"
              title={isShop(connection.kind) ? undefined : t("connections.wakeText")}
              loading={wake.isPending}
              onClick={() => wake.mutate({ id: connection.id })}
            >
              {isShop(connection.kind) ? t("connections.lookNow") : t("connections.wake")}
            </MayButton>
          )}
          {receives(connection.kind) && (
            <MayButton
              command="connections.hook"
              variant="subtle"
              onClick={() => go.stay({ connection: connection.id })}
              data-testid={ids.hooksOpen(connection.id)}
            >
              {t("hooks.open")}
            </MayButton>
          )}
        </Group>
        {wake.error && <ErrorNote error={wake.error} />}
      </Stack>
    </div>
  );
}

/** Whether it was stopped and will be tried again by itself. */
const isResting = ({ health }: ConnectionInfo) => health === "limited" || health === "degraded";
