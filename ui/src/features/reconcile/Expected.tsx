import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { IconClock } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { DocumentRow } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { useFormat } from "../../shared/ui/useFormat";

/** What follows by itself: a read that confirms, an answer of e-Factura, a decision. Nothing of it is an alarm. */
export function Expected() {
  const { t } = useTranslation();
  const go = useGo();
  const expected = useAsk("reconcile.expected", {});
  if (expected.error) return <ErrorNote error={expected.error} again={() => void expected.refetch()} />;
  if (!expected.data) return <Loading />;
  const { unverified, einvoice, undecided } = expected.data;
  return (
    <Stack gap="sm" mb="md">
      <Text size="sm" c="dimmed">
        {t("expected.text")}
      </Text>
      <Sort name="unverified" count={unverified.count}>
        {unverified.rows.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </Sort>
      <Sort name="einvoice" count={einvoice.count}>
        {einvoice.rows.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </Sort>
      <Sort name="undecided" count={undecided.count}>
        {undecided.rows.map((row) => (
          <Line key={row.id} name={`#${row.number} · ${row.customer}`} open={() => go.stay({ order: row.id })} />
        ))}
      </Sort>
    </Stack>
  );
}

function Sort({ name, count, children }: { name: string; count: number; children: ReactNode }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="card" data-testid={ids.expected(name)}>
      <Group gap={8} mb={count > 0 ? 6 : 0}>
        <IconClock size={16} color="var(--state-waiting)" aria-hidden />
        <Title order={3}>{t(`expected.${name}`)}</Title>
        <Text fw={600} ml="auto">
          {format.count(count)}
        </Text>
      </Group>
      {children}
    </section>
  );
}

function Row({ row }: { row: DocumentRow }) {
  const format = useFormat();
  const go = useGo();
  const name = `${row.series} ${row.number ?? ""} · #${row.orderNumber} · ${row.client} · ${format.amount(row.total)}`;
  return <Line name={name} open={() => go.stay({ document: row.id })} />;
}

function Line({ name, open }: { name: string; open: () => void }) {
  return (
    <div>
      <Anchor component="button" type="button" size="sm" onClick={open}>
        {name}
      </Anchor>
    </div>
  );
}
