import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BackfillInfo, FlowInfo } from "../../../api/generated/api";
import { fiscalDay } from "../../../shared/lib/format";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { MayButton } from "../../../shared/ui/MayButton";
import { useNow } from "../../../shared/ui/Time";
import { useFormat } from "../../../shared/ui/useFormat";
import { MOST_DAYS, problemOf, usualRange } from "./range";
import { useBackfill } from "./useBackfill";

interface Props {
  flow: FlowInfo;
  /** Whether the shop can be asked for its orders. */
  asked: boolean;
  /** What there is already. */
  before: BackfillInfo | null;
  back: () => void;
  made: () => void;
}

/** The time of which orders are to be planned. */
export function NewPlan({ flow, asked, before, back, made }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const plan = useBackfill("backfill.plan");
  const [range, setRange] = useState(() => usualRange(now));
  const today = fiscalDay(now);
  const problem = problemOf(range, today);
  const wrong = problem && t(`backfill.wrong.${problem}`, { days: MOST_DAYS });
  const missing = flow.enabled ? wrong : t("backfill.refused.flow_off");
  const day = (end: "from" | "until") => (
    <TextInput
      type="date"
      label={t(`backfill.${end}`)}
      description={format.day(range[end])}
      max={today}
      value={range[end]}
      onChange={(event) => setRange({ ...range, [end]: event.currentTarget.value })}
      error={end === "until" && wrong}
      data-testid={ids.backfillDay(end)}
    />
  );
  return (
    <Stack gap="sm" data-testid={ids.backfillNew}>
      {!asked && <Text size="sm">{t("backfill.bringFirst")}</Text>}
      <Group grow align="flex-start">
        {day("from")}
        {day("until")}
      </Group>
      <Text size="sm" c="dimmed">
        {t("backfill.daysText", { days: MOST_DAYS })}
      </Text>
      {!flow.enabled && (
        <Text size="sm" fw={500}>
          {t("backfill.refused.flow_off")}
        </Text>
      )}
      {before?.state === "planned" && (
        <Text size="sm" c="dimmed">
          {t("backfill.replaces")}
        </Text>
      )}
      {plan.error && <ErrorNote error={plan.error} refusals="backfill.refused" />}
      <Group justify="flex-end" gap="xs">
        {before && (
          <Button variant="default" onClick={back} data-testid={ids.backfillBack}>
            {t("backfill.back")}
          </Button>
        )}
        <MayButton
          command="backfill.plan"
          disabled={missing !== null}
          title={missing ?? undefined}
          loading={plan.busy}
          onClick={() => plan.go({ flow: flow.id, ...range }, made)}
          data-testid={ids.backfillMake}
        >
          {t("backfill.make")}
        </MayButton>
      </Group>
    </Stack>
  );
}
