import { Group, Progress, Text, TextInput } from "@mantine/core";
import { memo, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { TableSummary } from "../../../api/generated/api";
import { ids } from "../../lib/testids";
import { useFormat } from "../useFormat";

interface Props {
  words: "invoices" | "orders";
  count: number;
  summary: TableSummary | undefined;
  goTo: (ordinal: number) => void;
  /** What is chosen, and what can be done to it. */
  children: ReactNode;
}

/** Under a list: what is chosen, how many rows there are and what they come to, and the way to one of them. */
export const DeskFooter = memo(function DeskFooter({ words, count, summary, goTo, children }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const isCounting = summary !== undefined && !summary.complete;
  const sum = summary?.totals.length ? t(`${words}.sum`, { sum: format.amounts(summary.totals) }) : null;
  const done = summary && summary.ofRows > 0 ? (100 * summary.scanned) / summary.ofRows : 0;
  return (
    <div className="desk-foot">
      {children}
      <Group gap="md" ml="auto" wrap="nowrap" className="desk-nowrap">
        {isCounting && (
          <Group gap={6} wrap="nowrap" className="desk-counting">
            <Progress value={done} w={72} size={4} aria-label={t("desk.counting")} />
            <Text span size="xs" c="dimmed">
              {t("desk.counted", { done: format.count(Math.floor(done)) })}
            </Text>
          </Group>
        )}
        <Text span size="sm" c="dimmed" aria-live="polite" title={sum === null ? undefined : t(`${words}.sumText`)} data-testid={ids.deskSummary}>
          {[t(`${words}.count`, { count }), sum].filter(Boolean).join(" · ")}
        </Text>
        <GoTo count={count} goTo={goTo} />
      </Group>
    </div>
  );
});

const GoTo = memo(function GoTo({ count, goTo }: { count: number; goTo: (ordinal: number) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [typed, setTyped] = useState("");
  const row = Number(typed.replace(/[\s.,]/g, ""));
  const isWrong = typed !== "" && !(Number.isInteger(row) && row >= 1 && row <= count);
  const submit = () => {
    if (typed !== "" && !isWrong) goTo(row - 1);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextInput
        size="xs"
        w={110}
        inputMode="numeric"
        aria-label={t("desk.goTo")}
        placeholder={t("desk.goTo")}
        title={t("desk.goToRange", { count: format.count(count) })}
        error={isWrong}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        data-testid={ids.deskGoTo}
      />
    </form>
  );
});
