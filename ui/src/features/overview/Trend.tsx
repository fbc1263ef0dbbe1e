import { Anchor, Text, Title } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Amount, Trend as TrendAnswer, TrendDay } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { exponent } from "../../shared/lib/format";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { useFormat } from "../../shared/ui/useFormat";

// the window opens without it
const Bars = lazy(() => import("./Bars"));

const DAYS = 30;
const HEIGHT_PX = 170;

/** What was issued and what did not go, by count and by value, each bar leading to its rows. */
export function Trend() {
  const { t } = useTranslation();
  const trend = useAsk("overview.trend", { days: DAYS });
  return (
    <>
      <section className="card">
        <Title order={2} mb={8}>
          {t("overview.byDay")}
        </Title>
        {trend.error && <ErrorNote error={trend.error} again={() => void trend.refetch()} />}
        {trend.isPending && <Loading />}
        {trend.data && <Counts trend={trend.data} />}
      </section>
      <section className="card">
        <Title order={2} mb={8}>
          {t("trend.value")}
        </Title>
        {trend.isPending && <Loading />}
        {trend.data && <Values trend={trend.data} />}
      </section>
    </>
  );
}

const issuedOn = (day: string) => `issued:${day}`;
const failedOn = (day: string) => `status:held,in_doubt created:${day}`;
const short = (day: string) => `${day.slice(8)}.${day.slice(5, 7)}`;

/** The day of a clicked bar, however deep the chart keeps it. */
function dayOf(bar: unknown): string | null {
  const payload = (bar as { payload?: { date?: unknown } } | null)?.payload;
  return typeof payload?.date === "string" ? payload.date : null;
}

function Counts({ trend }: { trend: TrendAnswer }) {
  const { t } = useTranslation();
  const go = useGo();
  const format = useFormat();
  const names = { issued: t("overview.issued"), failed: t("overview.failed") };
  const data = trend.days.map((day) => ({
    day: short(day.day),
    date: day.day,
    [names.issued]: day.issued,
    [names.failed]: day.failed,
  }));
  return (
    <figure style={{ margin: 0 }} aria-label={t("overview.byDay")}>
      <Suspense fallback={<div style={{ height: HEIGHT_PX }} />}>
        <Bars
          h={HEIGHT_PX}
          data={data}
          type="stacked"
          series={[
            { name: names.issued, color: "var(--state-issued)" },
            { name: names.failed, color: "var(--state-held)" },
          ]}
          withLegend
          legendProps={{ verticalAlign: "top", height: 28 }}
          barProps={(series) => ({
            isAnimationActive: false,
            maxBarSize: 18,
            cursor: "pointer",
            onClick: (bar: unknown) => {
              const day = dayOf(bar);
              if (day) go.screen("/invoices", { q: series.name === names.failed ? failedOn(day) : issuedOn(day) });
            },
          })}
          yAxisProps={{ allowDecimals: false, width: 36 }}
        />
      </Suspense>
      <Table
        days={trend.days.filter((day) => day.issued + day.failed > 0)}
        cells={(day) => [
          { q: issuedOn(day.day), label: `${names.issued} ${format.count(day.issued)}`, shown: day.issued > 0 },
          { q: failedOn(day.day), label: `${names.failed} ${format.count(day.failed)}`, shown: day.failed > 0 },
        ]}
      />
    </figure>
  );
}

/** The currency of most days, and of those the larger sum; others stand in the table. */
function mainCurrency(days: TrendDay[]): string {
  const sums = new Map<string, { days: number; minor: number }>();
  for (const one of days.flatMap((day) => day.totals)) {
    const before = sums.get(one.currency) ?? { days: 0, minor: 0 };
    sums.set(one.currency, { days: before.days + 1, minor: before.minor + one.minor });
  }
  const sorted = [...sums].sort(([, one], [, other]) => other.days - one.days || other.minor - one.minor);
  return sorted[0]?.[0] ?? "RON";
}

function Values({ trend }: { trend: TrendAnswer }) {
  const { t } = useTranslation();
  const go = useGo();
  const format = useFormat();
  const currency = mainCurrency(trend.days);
  const of = (totals: Amount[]) => totals.find((one) => one.currency === currency)?.minor ?? 0;
  const data = trend.days.map((day) => ({
    day: short(day.day),
    date: day.day,
    [currency]: of(day.totals) / 10 ** exponent(currency),
  }));
  return (
    <figure style={{ margin: 0 }} aria-label={t("trend.value")}>
      <Suspense fallback={<div style={{ height: HEIGHT_PX }} />}>
        <Bars
          h={HEIGHT_PX}
          data={data}
          // room for the uppermost value, which else moves down and takes the next line with it
          barChartProps={{ margin: { top: 10 } }}
          series={[{ name: currency, color: "var(--state-issued)" }]}
          valueFormatter={(value) => format.money(String(value), currency)}
          barProps={{
            isAnimationActive: false,
            maxBarSize: 18,
            cursor: "pointer",
            onClick: (bar: unknown) => {
              const day = dayOf(bar);
              if (day) go.screen("/invoices", { q: issuedOn(day) });
            },
          }}
          yAxisProps={{ width: 64, tickFormatter: (value: number) => format.count(value) }}
          yAxisLabel={currency}
        />
      </Suspense>
      <Table
        days={trend.days.filter((day) => day.totals.length > 0)}
        cells={(day) => [{ q: issuedOn(day.day), label: format.amounts(day.totals), shown: true }]}
      />
    </figure>
  );
}

interface Cell {
  /** What the table of invoices is asked for. */
  q: string;
  label: string;
  shown: boolean;
}

/** The chart in words: for the keyboard and for whoever cannot see bars. */
function Table({ days, cells }: { days: TrendDay[]; cells: (day: TrendDay) => Cell[] }) {
  const { t } = useTranslation();
  const go = useGo();
  const format = useFormat();
  if (days.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("overview.nothingIssued")}
      </Text>
    );
  }
  return (
    <details>
      <summary>{t("trend.table")}</summary>
      <table className="plain">
        <tbody>
          {days.toReversed().map((day) => (
            <tr key={day.day} data-testid={ids.trendDay(day.day)}>
              <th scope="row">{format.day(day.day)}</th>
              {cells(day).map((cell) => (
                <td key={cell.q} className="num">
                  {cell.shown && (
                    <Anchor component="button" type="button" size="sm" onClick={() => go.screen("/invoices", { q: cell.q })}>
                      {cell.label}
                    </Anchor>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
