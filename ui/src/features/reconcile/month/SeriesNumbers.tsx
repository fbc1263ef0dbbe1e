import { Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { GapInfo, MonthSeries } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { Badge } from "../../../shared/ui/Badge";
import { ConfirmDialog } from "../../../shared/ui/ConfirmDialog";
import { MayButton } from "../../../shared/ui/MayButton";
import { useFormat } from "../../../shared/ui/useFormat";

/** The numbers of a series in a month: first and last, what is missing and what explains it. */
export function SeriesNumbers({ series }: { series: MonthSeries }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [asked, setAsked] = useState<GapInfo | null>(null);
  const when = series.comparedMs === null ? "" : format.instant(series.comparedMs);
  const compared = () => {
    if (series.comparedMs === null) return t("closing.obstacle.not_compared");
    if (series.comparedWhy === "") return t("closing.comparedAt", { when });
    return t("closing.comparedPartly", { when, why: t(`passWhy.${series.comparedWhy}`, { defaultValue: series.comparedWhy }) });
  };
  return (
    <Stack gap={6} mb="sm">
      <Group gap="md">
        <Text fw={600}>{t("closing.numbersOf", { series: series.series, from: series.first, last: series.last })}</Text>
        <Text size="sm">{`${t("closing.file.documents")}: ${format.count(series.count)}`}</Text>
        <Badge
          icon={series.comparedMs === null ? IconAlertTriangle : IconCircleCheck}
          color={series.comparedMs === null ? "var(--state-held)" : "var(--state-issued)"}
        >
          {compared()}
        </Badge>
      </Group>
      {series.repeats.length > 0 && (
        <Text size="sm" fw={500}>{`${t("closing.repeatsOf")}: ${series.repeats.join(", ")}`}</Text>
      )}
      {series.gaps.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th>{t("closing.gapsOf")}</th>
              <th className="num">{t("closing.file.count")}</th>
              <th>{t("closing.file.why")}</th>
              <th>{t("closing.file.explanation")}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {series.gaps.map((gap) => (
              <tr key={gap.from} data-testid={ids.monthGap(gap.from)}>
                <td>{numbersOf(gap)}</td>
                <td className="num">{format.count(gap.count)}</td>
                <td>{t(`closing.gap.${gap.why}`, { defaultValue: gap.why })}</td>
                <td>
                  <Explanation gap={gap} />
                </td>
                <td className="num">
                  {gap.findingId && (
                    <MayButton command="reconcile.ignore" size="compact-xs" variant="default" onClick={() => setAsked(gap)}>
                      {t(gap.atMs !== null ? "closing.takeBack" : "closing.explain")}
                    </MayButton>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {asked && <ExplainDialog gap={asked} series={series.series} close={() => setAsked(null)} />}
    </Stack>
  );
}

const numbersOf = (gap: GapInfo) => (gap.from === gap.until ? gap.from : `${gap.from}–${gap.until}`);

function Explanation({ gap }: { gap: GapInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!gap.explained) {
    return (
      <Badge icon={IconAlertTriangle} color="var(--state-held)">
        {t(gap.findingId ? "closing.file.notExplained" : "closing.compareFirst")}
      </Badge>
    );
  }
  return (
    <Badge icon={IconCircleCheck} color="var(--state-issued)">
      {gap.atMs === null
        ? t("closing.file.explained")
        : t("closing.explainedBy", { reason: gap.reason, who: gap.who, when: format.instant(gap.atMs) })}
    </Badge>
  );
}

function ExplainDialog({ gap, series, close }: { gap: GapInfo; series: string; close: () => void }) {
  const { t } = useTranslation();
  const explain = useAct("reconcile.ignore");
  const isBack = gap.atMs !== null;
  const numbers = `${series} ${numbersOf(gap)}`;
  const act = (reason: string) =>
    explain.mutate({ id: gap.findingId ?? "", ignored: !isBack, reason }, { onSuccess: close });
  return (
    <ConfirmDialog
      opened
      title={t(isBack ? "closing.takeBackTitle" : "closing.explainTitle", { numbers })}
      act={t(isBack ? "closing.takeBack" : "closing.explainAct")}
      askReason
      busy={explain.isPending}
      error={explain.error}
      onAct={act}
      onClose={close}
    >
      <Text size="sm">{t("closing.explainText")}</Text>
    </ConfirmDialog>
  );
}
