import { Button, Group, Progress, SimpleGrid, Stack, Text, Title, UnstyledButton } from "@mantine/core";
import { IconBell, IconCircleCheck, IconChevronRight } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo, NeedsYou, Overview, PeriodSum } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { placeAt, placeOfNeed, type ScreenPath, useGo } from "../../shared/lib/navigation";
import { isShop } from "../../shared/lib/systems";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Health } from "../../shared/ui/Health";
import { Loading } from "../../shared/ui/Loading";
import { Time } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";
import { Trend } from "./Trend";

/** How it stands, and what needs a person. */
export function OverviewScreen() {
  const { t } = useTranslation();
  const overview = useAsk("overview.get", {});
  return (
    <div className="screen">
      <Title order={1} mb={12}>
        {t("nav.overview")}
      </Title>
      {overview.isPending && <Loading />}
      {overview.error && <ErrorNote error={overview.error} again={() => void overview.refetch()} />}
      {overview.data && <Content overview={overview.data} />}
    </div>
  );
}

function Content({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const go = useGo();
  const { counts } = overview;
  return (
    <Stack gap="md">
      <SimpleGrid cols={5} spacing="sm">
        <Period name="today" sum={overview.issuedToday} q="issued:today" />
        <Period name="month" sum={overview.issuedThisMonth} q="issued:this-month" />
        <Figure title={t("overview.queue")} value={counts.ready + counts.sending} to="/invoices" filter="ready" />
        <Figure title={t("overview.held")} value={counts.held} to="/failures" />
        <Figure title={t("overview.inDoubt")} value={counts.inDoubt} to="/reconcile" note={t("overview.inDoubtText")} />
      </SimpleGrid>
      <div className="two even">
        <section className="card">
          <Title order={2} mb={8}>
            {t("overview.needsYou")}
          </Title>
          <Needs overview={overview} />
        </section>
        <section className="card">
          <Title order={2} mb={8}>
            {t("trend.kinds")}
          </Title>
          <Kinds overview={overview} />
        </section>
      </div>
      <div className="two even">
        <Trend />
      </div>
      <section>
        <Title order={2} mb={8}>
          {t("nav.connections")}
        </Title>
        {overview.connections.length === 0 && (
          <Group gap="sm">
            <Text size="sm" c="dimmed">
              {t("overview.noConnections")}
            </Text>
            <Button variant="default" onClick={() => go.screen("/connections")}>
              {t("failures.openConnections")}
            </Button>
          </Group>
        )}
        <SimpleGrid cols={3} spacing="sm">
          {overview.connections.map((one) => (
            <Connection key={one.id} connection={one} />
          ))}
        </SimpleGrid>
      </section>
    </Stack>
  );
}

function Period({ name, sum, q }: { name: "today" | "month"; sum: PeriodSum; q: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  return (
    <UnstyledButton className="card pick" onClick={() => go.screen("/invoices", { q })} data-testid={ids.overviewPeriod(name)}>
      <Text size="sm" c="dimmed">
        {t(`overview.${name}`)}
      </Text>
      <Text fz={24} fw={600} lh={1.3}>
        {format.count(sum.count)}
      </Text>
      <Text size="sm">{sum.totals.length > 0 ? format.amounts(sum.totals) : t("overview.nothingIssued")}</Text>
    </UnstyledButton>
  );
}

interface FigureProps {
  title: string;
  value: number;
  to: ScreenPath;
  filter?: string;
  note?: string;
}

function Figure({ title, value, to, filter, note }: FigureProps) {
  const format = useFormat();
  const go = useGo();
  return (
    <UnstyledButton className="card pick" onClick={() => go.screen(to, filter ? { filter } : {})}>
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <Text fz={24} fw={600} lh={1.3}>
        {format.count(value)}
      </Text>
      {note && (
        <Text size="sm" c="dimmed">
          {note}
        </Text>
      )}
    </UnstyledButton>
  );
}

/** Alerts of these rules are shown by nothing else here: the others are needs, failures or connections. */
const ONLY_ALERTS = ["silent_shop", "einvoice_deadline", "plan_quota", "backup_overdue"];

function Needs({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const go = useGo();
  const navigate = useNavigate();
  const open = useAsk("alerts.get", {}).data?.open ?? [];
  const alerts = open.filter((one) => ONLY_ALERTS.includes(one.rule));
  const format = useFormat();
  const nameOf = (need: NeedsYou) => {
    if (need.what === "failures") return t(`failure.${need.subject}.title`);
    const connection = overview.connections.find((one) => one.id === need.subject);
    return t(`overview.need.${need.what}`, { name: connection?.name ?? "" });
  };
  if (overview.needsYou.length === 0 && alerts.length === 0 && overview.connections.length === 0) {
    return (
      <Stack gap="sm" align="flex-start" py="xs">
        <Text size="sm">{t("overview.first")}</Text>
        <Button onClick={() => go.screen("/connections")} data-testid={ids.overviewFirst}>
          {t("failures.openConnections")}
        </Button>
      </Stack>
    );
  }
  if (overview.needsYou.length === 0 && alerts.length === 0) {
    return (
      <Group gap={8} py="md">
        <IconCircleCheck size={20} color="var(--state-issued)" aria-hidden />
        <Text size="sm">{t("overview.nothingNeeded")}</Text>
      </Group>
    );
  }
  return (
    <Stack gap={0}>
      {overview.needsYou.map((need, at) => (
        <UnstyledButton
          key={`${at}-${need.what}-${need.subject}`}
          className="need"
          onClick={() => go.screen(...placeOfNeed(need.what))}
        >
          <Text span size="sm" fw={600} className="need-count">
            {format.count(need.count)}
          </Text>
          <Text span size="sm">
            {nameOf(need)}
          </Text>
          <IconChevronRight size={15} aria-hidden />
        </UnstyledButton>
      ))}
      {alerts.map((alert) => (
        <UnstyledButton
          key={alert.id}
          className="need"
          onClick={() => void navigate(placeAt(alert.path))}
          data-testid={ids.overviewAlert(alert.id)}
        >
          <span className="need-count">
            <IconBell size={15} aria-hidden />
          </span>
          <Text span size="sm">
            {alert.title}
          </Text>
          <IconChevronRight size={15} aria-hidden />
        </UnstyledButton>
      ))}
    </Stack>
  );
}

/** Open failures by their kind, each leading to its group. */
function Kinds({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const go = useGo();
  const format = useFormat();
  const most = Math.max(1, ...overview.openFailures.map((one) => one.count));
  if (overview.openFailures.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("trend.noKinds")}
      </Text>
    );
  }
  return (
    <Stack gap={0}>
      {overview.openFailures.map((one) => (
        <UnstyledButton key={one.kind} className="need" style={{ gridTemplateColumns: "36px minmax(0, 1fr) 90px" }} onClick={() => go.screen("/failures")}>
          <Text span size="sm" fw={600} className="need-count">
            {format.count(one.count)}
          </Text>
          <Text span size="sm">
            {t(`failure.${one.kind}.title`)}
          </Text>
          <Progress value={(one.count / most) * 100} w={90} size="sm" color="var(--state-held)" aria-hidden />
        </UnstyledButton>
      ))}
    </Stack>
  );
}

function Connection({ connection }: { connection: ConnectionInfo }) {
  const { t } = useTranslation();
  return (
    <div className="card">
      <Group justify="space-between" wrap="nowrap">
        <Text fw={600} truncate title={connection.name}>
          {connection.name}
        </Text>
        <Health connection={connection} />
      </Group>
      <Text size="sm" c="dimmed">
        {t(isShop(connection.kind) ? "overview.ordersToday" : "overview.issuedToday", { count: connection.today })}
        {connection.lastContactMs !== null && (
          <>
            {" · "}
            <Time ms={connection.lastContactMs} />
          </>
        )}
      </Text>
    </div>
  );
}
