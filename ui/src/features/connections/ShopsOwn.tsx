import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconCircleCheck, IconPlayerPause, IconPlugX, IconQuestionMark, IconRefresh, type TablerIcon } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo, ShopHookInfo } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { Badge } from "../../shared/ui/Badge";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";

const LOOKS: Record<string, { icon: TablerIcon; color: string }> = {
  active: { icon: IconCircleCheck, color: "var(--state-issued)" },
  paused: { icon: IconPlayerPause, color: "var(--state-held)" },
  disabled: { icon: IconPlugX, color: "var(--state-mismatched)" },
};

/** The webhooks that the shop itself has, asked of it only when a person wants to see them. */
export function ShopsOwn({ connection }: { connection: ConnectionInfo }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const own = useAsk("connections.shop_hooks", { id: connection.id }, opened);
  const look = () => (opened ? void own.refetch() : setOpened(true));
  return (
    <Stack gap={6}>
      <Group gap="sm">
        <Title order={3}>{t("hooks.atShop")}</Title>
        <Button
          ml="auto"
          variant="default"
          size="compact-sm"
          leftSection={<IconRefresh size={14} />}
          loading={own.isFetching}
          onClick={look}
          data-testid={ids.shopHooksLook}
        >
          {t(opened ? "hooks.lookAgain" : "hooks.look")}
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {t(`hooks.atShopText.${connection.kind}`)}
      </Text>
      {opened && own.isPending && <Loading />}
      {own.error && <ErrorNote error={own.error} />}
      {own.data && <Own connectionId={connection.id} hooks={own.data.hooks} />}
    </Stack>
  );
}

function Own({ connectionId, hooks }: { connectionId: string; hooks: ShopHookInfo[] | null }) {
  const { t } = useTranslation();
  if (hooks === null) return <Text size="sm">{t("hooks.notTold")}</Text>;
  if (hooks.length === 0) return <Text size="sm">{t("hooks.noneAtShop")}</Text>;
  return (
    <>
      {!hooks.some((hook) => hook.isOurs) && (
        <Text size="sm" fw={500}>
          {t("hooks.noneOurs")}
        </Text>
      )}
      <table className="plain">
        <thead>
          <tr>
            <th>{t("hooks.name")}</th>
            <th>{t("hooks.topic")}</th>
            <th>{t("hooks.leads")}</th>
            <th>{t("hooks.status")}</th>
          </tr>
        </thead>
        <tbody>
          {hooks.map((hook) => (
            <Entry key={hook.id} connectionId={connectionId} hook={hook} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function Entry({ connectionId, hook }: { connectionId: string; hook: ShopHookInfo }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const enable = useAct("connections.enable_shop_hook");
  const look = LOOKS[hook.status] ?? { icon: IconQuestionMark, color: "inherit" };
  const act = () =>
    enable.mutate(
      { connection: connectionId, hook: hook.id },
      { onSuccess: (now) => client.setQueryData(["connections.shop_hooks", { id: connectionId }], now) },
    );
  return (
    <tr data-testid={ids.shopHook(hook.id)}>
      <td>{hook.name}</td>
      <td className="mono">{hook.topic}</td>
      <td className={hook.isOurs ? undefined : "mono"}>{hook.isOurs ? t("hooks.ours") : hook.deliveryUrl}</td>
      <td>
        <Badge icon={look.icon} color={look.color}>
          {t(`hooks.statusOf.${hook.status}`, { defaultValue: hook.status })}
        </Badge>
        {hook.isOurs && hook.status === "disabled" && (
          <Button size="compact-xs" variant="light" loading={enable.isPending} onClick={act} data-testid={ids.shopHookEnable(hook.id)}>
            {t("hooks.enable")}
          </Button>
        )}
        {enable.error && <ErrorNote error={enable.error} />}
      </td>
    </tr>
  );
}
