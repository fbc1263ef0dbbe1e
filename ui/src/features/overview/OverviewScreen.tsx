import { BarChart } from "@mantine/charts";
import { Button, Group, SimpleGrid, Stack, Text, Title, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconCircleCheck, IconChevronRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo, NeedsYou, Overview, PeriodSum } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { placeOfNeed, type ScreenPath, useGo } from "../../shared/lib/navigation";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Health } from "../../shared/ui/Health";
import { Loading } from "../../shared/ui/Loading";
import { Time } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";

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
        <Period title={t("overview.today")} sum={overview.issuedToday} />
        <Period title={t("overview.month")} sum={overview.issuedThisMonth} />
        <Figure title={t("overview.queue")} value={counts.ready + counts.sending} to="/invoices" filter="ready" />
        <Figure title={t("invoices.filter.held")} value={counts.held} to="/failures" />
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
            {t("overview.byDay")}
          </Title>
          <Chart overview={overview} />
        </section>
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

function Period({ title, sum }: { title: string; sum: PeriodSum }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="card">
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <Text fz={24} fw={600} lh={1.3}>
        {format.count(sum.count)}
      </Text>
      <Text size="sm">{sum.totals.length > 0 ? format.amounts(sum.totals) : t("overview.nothingIssued")}</Text>
    </div>
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

function Needs({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const go = useGo();
  const format = useFormat();
  const nameOf = (need: NeedsYou) => {
    if (need.what === "failures") return t(`failure.${need.subject}.title`);
    const connection = overview.connections.find((one) => one.id === need.subject);
    return t(`overview.need.${need.what}`, { name: connection?.name ?? "" });
  };
  if (overview.needsYou.length === 0) {
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
    </Stack>
  );
}

function Chart({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const issued = t("overview.issued");
  const failed = t("overview.failed");
  const data = overview.byDay.map((day) => ({
    day: `${day.day.slice(8)}.${day.day.slice(5, 7)}`,
    [issued]: day.issued,
    [failed]: day.failed,
  }));
  return (
    <figure style={{ margin: 0 }} aria-label={t("overview.byDay")}>
      <BarChart
        h={180}
        data={data}
        dataKey="day"
        type="stacked"
        series={[
          { name: issued, color: "var(--state-issued)" },
          { name: failed, color: "var(--state-held)" },
        ]}
        withLegend
        legendProps={{ verticalAlign: "top", height: 28 }}
        barProps={{ isAnimationActive: false, maxBarSize: 22 }}
        yAxisProps={{ allowDecimals: false, width: 32 }}
      />
      <VisuallyHidden>
        <table>
          <tbody>
            {overview.byDay.map((day) => (
              <tr key={day.day}>
                <th scope="row">{day.day}</th>
                <td>{`${issued} ${format.count(day.issued)}`}</td>
                <td>{`${failed} ${format.count(day.failed)}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </figure>
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
        {t(connection.kind === "woocommerce" || connection.kind === "file" ? "overview.ordersToday" : "overview.issuedToday", {
          count: connection.today,
        })}
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
