import { Group, List, NativeSelect, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RetentionPreview } from "../../../api/generated/api";
import { useAct, useAsk } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { ConfirmDialog } from "../../../shared/ui/ConfirmDialog";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { Loading } from "../../../shared/ui/Loading";
import { useFormat } from "../../../shared/ui/useFormat";
import { useMay } from "../../../shared/ui/useMay";
import defaults from "../defaults.json";
import { Setting } from "../Setting";

const MONTHS = [0, 12, 24, 36, 60, 120];

/** For how long evidence is kept. What a period would take away is shown before it is set. */
export function Retention() {
  const { t } = useTranslation();
  const schedule = useAsk("schedule.list", {});
  const preview = useAct("retention.preview");
  const set = useAct("schedule.set_retention");
  const may = useMay("schedule.set_retention");
  /** What would go, while somebody is asked about it. */
  const [asked, setAsked] = useState<RetentionPreview | null>(null);
  if (schedule.isPending) return <Loading />;
  if (schedule.error) return <ErrorNote error={schedule.error} again={() => void schedule.refetch()} />;
  const current = schedule.data.retentionMonths;
  const words = (months: number) => (months === 0 ? t("personal.keepAll") : t("personal.months", { count: months }));
  const keep = (months: number) => set.mutate({ months }, { onSuccess: () => setAsked(null) });
  const choose = (months: number) => {
    set.reset();
    preview.mutate(
      { months },
      { onSuccess: (told) => (told.shares.some((share) => share.count > 0) ? setAsked(told) : keep(months)) },
    );
  };
  return (
    <>
      <Setting id="retention" changed={current !== defaults.retention} back={() => choose(defaults.retention)} command="schedule.set_retention">
        <Group gap="xs" align="end">
          <NativeSelect
            label={t("personal.retention")}
            description={t("personal.retentionText")}
            value={String(current)}
            disabled={!may.may || preview.isPending || set.isPending}
            title={may.why}
            onChange={(event) => choose(Number(event.currentTarget.value))}
            data={[...new Set([...MONTHS, current])].map((months) => ({ value: String(months), label: words(months) }))}
            w={440}
            data-testid={ids.retention}
          />
        </Group>
      </Setting>
      {preview.error && <ErrorNote error={preview.error} />}
      {!asked && set.error && <ErrorNote error={set.error} />}
      <ConfirmDialog
        opened={asked !== null}
        title={asked && isLess(asked) ? t("personal.preview.title") : t("personal.preview.titleMore")}
        act={t("personal.preview.set", { period: asked ? words(asked.months) : "" })}
        danger
        busy={set.isPending}
        error={set.error}
        onAct={() => asked && keep(asked.months)}
        onClose={() => setAsked(null)}
      >
        <Text size="sm">
          {words(current)} → {asked && words(asked.months)}
        </Text>
        <Text size="sm">{t("personal.preview.text")}</Text>
        <Shares preview={asked} />
      </ConfirmDialog>
    </>
  );
}

const isLess = ({ months, current }: RetentionPreview) => months !== 0 && (current === 0 || months < current);

function Shares({ preview }: { preview: RetentionPreview | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const shares = preview?.shares.filter((share) => share.count > 0) ?? [];
  return (
    <List size="sm" data-testid={ids.personal("shares")}>
      {shares.map((share) => (
        <List.Item key={share.kind}>
          {t(`personal.preview.kind.${share.kind}`)}
          {": "}
          {share.isLeast ? t("personal.preview.least", { count: share.count }) : format.count(share.count)}
          {share.oldestMs !== null && ` (${t("personal.preview.since", { when: format.instant(share.oldestMs) })})`}
        </List.Item>
      ))}
    </List>
  );
}
