import { Button, Group, Menu, Stack, Text, Title, UnstyledButton } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo, Connections, FlowInfo } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { useGo, usePlace } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { MayButton } from "../../shared/ui/MayButton";
import { useMay } from "../../shared/ui/useMay";
import { OlderOrders } from "./backfill/OlderOrders";
import { ConnectionCard } from "./ConnectionCard";
import { ConnectionForm } from "./ConnectionForm";
import { FlowForm } from "./FlowForm";
import { FlowLines } from "./FlowLines";
import { Hooks } from "./Hooks";
import { receives } from "./kinds";

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
  const place = usePlace();
  const go = useGo();
  const all = data ? [...data.shops, ...data.billing] : [];
  const hooked = all.find(({ id, kind }) => id === place.connection && receives(kind));
  const saved = (connection: ConnectionInfo) => {
    // of an application nothing comes before it knows address and secret
    if (connection.kind === "webhook" && open?.form === "connection" && open.connection === null) go.stay({ connection: connection.id });
    close();
  };
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
      {open?.form === "connection" && <ConnectionForm kind={open.kind} connection={open.connection} close={close} saved={saved} />}
      {open?.form === "flow" && data && <FlowForm flow={open.flow} connections={data} close={close} />}
      {hooked && <Hooks connection={hooked} close={() => go.stay({ connection: undefined })} />}
    </div>
  );
}

function Canvas({ data, open }: { data: Connections; open: (what: Open) => void }) {
  const { t } = useTranslation();
  const { may: mayAdd, why: whyNot } = useMay("connections.save");
  const ready = data.shops.length > 0 && data.billing.length > 0;
  const edit = (connection: ConnectionInfo) => open({ form: "connection", kind: connection.kind, connection });
  const add = (kind: string) => open({ form: "connection", kind, connection: null });
  return (
    <FlowLines flows={data.flows}>
      <Stack gap="sm">
        <Title order={2}>{t("connections.shops")}</Title>
        {data.shops.map((shop) => (
          <ConnectionCard key={shop.id} connection={shop} edit={() => edit(shop)} />
        ))}
        <MayButton
          command="connections.save"
          variant="default"
          leftSection={<IconPlus size={15} />}
          onClick={() => add("woocommerce")}
          data-testid={ids.connAdd("woocommerce")}
        >
          {t("connections.addShop")}
        </MayButton>
      </Stack>
      <Stack gap="sm">
        <Title order={2}>{t("connections.flows")}</Title>
        {data.flows.map((flow) => (
          <Stack key={flow.id} gap={2}>
            <FlowCard flow={flow} connections={data} edit={() => open({ form: "flow", flow })} />
            <OlderOrders flow={flow} shop={data.shops.find(({ id }) => id === flow.shopId)} />
          </Stack>
        ))}
        <MayButton
          command="flows.save"
          variant="default"
          leftSection={<IconPlus size={15} />}
          disabled={!ready}
          title={ready ? undefined : t("connections.flowNeeds")}
          onClick={() => open({ form: "flow", flow: null })}
          data-testid={ids.flowAdd}
        >
          {t("connections.addFlow")}
        </MayButton>
        {!ready && (
          <Text size="sm" c="dimmed">
            {t("connections.flowNeeds")}
          </Text>
        )}
      </Stack>
      <Stack gap="sm">
        <Title order={2}>{t("connections.billing")}</Title>
        {data.billing.map((billing) => (
          <ConnectionCard key={billing.id} connection={billing} edit={() => edit(billing)} />
        ))}
        <Menu position="bottom" disabled={!mayAdd}>
          <Menu.Target>
            <Button
              variant="default"
              leftSection={<IconPlus size={15} />}
              disabled={!mayAdd}
              title={whyNot}
              data-testid={ids.connAdd("billing")}
            >
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
    </FlowLines>
  );
}

function FlowCard({ flow, connections, edit }: { flow: FlowInfo; connections: Connections; edit: () => void }) {
  const { t } = useTranslation();
  const shop = connections.shops.find((one) => one.id === flow.shopId);
  const billing = connections.billing.find((one) => one.id === flow.billingId);
  const counts: [string, number][] = [
    ["issued", flow.issued],
    ["proformas", flow.proformas],
    ["held", flow.held],
    ["in_doubt", flow.inDoubt],
    ["ready", flow.waiting],
  ];
  return (
    <UnstyledButton className="card pick" onClick={edit} data-card={flow.id} data-testid={ids.flow(flow.series)}>
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
