import { Button, Group, Menu, Stack, Text, Title, UnstyledButton } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo, Connections, FlowInfo } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { FailureText } from "../../shared/ui/FailureText";
import { Health } from "../../shared/ui/Health";
import { Loading } from "../../shared/ui/Loading";
import { Time } from "../../shared/ui/Time";
import { ConnectionForm } from "./ConnectionForm";
import { FlowForm } from "./FlowForm";

type Open =
  | { form: "connection"; kind: string; connection: ConnectionInfo | null }
  | { form: "flow"; flow: FlowInfo | null }
  | null;

/** Shops on the left, billing on the right, flows between. */
export function ConnectionsScreen() {
  const { t } = useTranslation();
  const connections = useAsk("connections.list", {});
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const data = connections.data;
  const none = data && data.shops.length + data.billing.length === 0;
  return (
    <div className="screen">
      <Title order={1} mb={12}>
        {t("nav.connections")}
      </Title>
      {connections.isPending && <Loading />}
      {connections.error && <ErrorNote error={connections.error} again={() => void connections.refetch()} />}
      {none && <Empty title={t("connections.empty")} text={t("connections.emptyText")} />}
      {data && <Canvas data={data} open={setOpen} />}
      {open?.form === "connection" && <ConnectionForm kind={open.kind} connection={open.connection} close={close} />}
      {open?.form === "flow" && data && <FlowForm flow={open.flow} connections={data} close={close} />}
    </div>
  );
}

function Canvas({ data, open }: { data: Connections; open: (what: Open) => void }) {
  const { t } = useTranslation();
  const ready = data.shops.length > 0 && data.billing.length > 0;
  const edit = (connection: ConnectionInfo) => open({ form: "connection", kind: connection.kind, connection });
  const add = (kind: string) => open({ form: "connection", kind, connection: null });
  return (
    <div className="flow-lines">
      <Stack gap="sm">
        <Title order={2}>{t("connections.shops")}</Title>
        {data.shops.map((shop) => (
          <Card key={shop.id} connection={shop} edit={() => edit(shop)} />
        ))}
        <Button
          variant="default"
          leftSection={<IconPlus size={15} />}
          onClick={() => add("woocommerce")}
          data-testid={ids.connAdd("woocommerce")}
        >
          {t("connections.addShop")}
        </Button>
      </Stack>
      <Stack gap="sm">
        <Title order={2}>{t("connections.flows")}</Title>
        {data.flows.map((flow) => (
          <FlowCard key={flow.id} flow={flow} connections={data} edit={() => open({ form: "flow", flow })} />
        ))}
        <Button
          variant="default"
          leftSection={<IconPlus size={15} />}
          disabled={!ready}
          title={ready ? undefined : t("connections.flowNeeds")}
          onClick={() => open({ form: "flow", flow: null })}
          data-testid={ids.flowAdd}
        >
          {t("connections.addFlow")}
        </Button>
        {!ready && (
          <Text size="sm" c="dimmed">
            {t("connections.flowNeeds")}
          </Text>
        )}
      </Stack>
      <Stack gap="sm">
        <Title order={2}>{t("connections.billing")}</Title>
        {data.billing.map((billing) => (
          <Card key={billing.id} connection={billing} edit={() => edit(billing)} />
        ))}
        <Menu position="bottom">
          <Menu.Target>
            <Button variant="default" leftSection={<IconPlus size={15} />} data-testid={ids.connAdd("billing")}>
              {t("connections.addBilling")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {["smartbill", "oblio"].map((kind) => (
              <Menu.Item key={kind} onClick={() => add(kind)} data-testid={ids.connAdd(kind)}>
                {t(`system.${kind}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Stack>
    </div>
  );
}

function Card({ connection, edit }: { connection: ConnectionInfo; edit: () => void }) {
  const { t } = useTranslation();
  const wake = useAct("connections.wake");
  const isShop = connection.kind === "woocommerce" || connection.kind === "file";
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
          {t(isShop ? "overview.ordersToday" : "overview.issuedToday", { count: connection.today })}
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
          {connection.kind !== "file" && !dead && (
            <Button variant="subtle" loading={wake.isPending} onClick={() => wake.mutate({ id: connection.id })}>
              {isShop ? t("connections.lookNow") : t("connections.wake")}
            </Button>
          )}
        </Group>
        {wake.error && <ErrorNote error={wake.error} />}
      </Stack>
    </div>
  );
}

function FlowCard({ flow, connections, edit }: { flow: FlowInfo; connections: Connections; edit: () => void }) {
  const { t } = useTranslation();
  const shop = connections.shops.find((one) => one.id === flow.shopId);
  const billing = connections.billing.find((one) => one.id === flow.billingId);
  const counts: [string, number][] = [
    ["issued", flow.issued],
    ["held", flow.held],
    ["in_doubt", flow.inDoubt],
    ["ready", flow.waiting],
  ];
  return (
    <UnstyledButton className="card pick flow" onClick={edit} data-testid={ids.flow(flow.series)}>
      <Stack gap={4}>
        <Group justify="space-between" wrap="nowrap">
          <Text fw={600}>{flow.name}</Text>
          {!flow.enabled && (
            <Text size="sm" c="dimmed">
              {t("flow.off")}
            </Text>
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {`${shop?.name ?? "?"} → ${billing?.name ?? "?"} · ${flow.series}`}
        </Text>
        <Text size="sm">{flow.condition ? t("flow.when") : t("flow.always")}</Text>
        {flow.condition && <Text className="mono">{flow.condition}</Text>}
        <Text size="sm">
          {counts
            .filter(([, count]) => count > 0)
            .map(([state, count]) => `${t(`flow.count.${state}`)} ${count}`)
            .join(" · ") || t("flow.nothing")}
        </Text>
      </Stack>
    </UnstyledButton>
  );
}
