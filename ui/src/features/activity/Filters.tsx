import { Button, Group, SegmentedControl, Select, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { AuditEntry } from "../../api/generated/api";
import { useSession } from "../../api/session";
import { catalogues } from "../../shared/i18n/catalogues";
import { useGo, usePlace } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { SearchField } from "../../shared/ui/SearchField";
import { actWords, knownActs } from "./words";

export const OUTCOMES = ["done", "refused", "asked", "noted"];
export const EVERYTHING = { filter: undefined, who: undefined, act: undefined, about: undefined, from: undefined, to: undefined, q: undefined };
const ACTS = knownActs(catalogues.en.activity.did);

/** What of the log is shown: by text, outcome, person, act, days, and one subject. */
export function Filters({ rows }: { rows: AuditEntry[] }) {
  const { t } = useTranslation();
  const place = usePlace();
  const go = useGo();
  const session = useSession();
  const people = new Set([...(session?.people ?? []), ...rows.map(({ who }) => who), place.who ?? ""].filter(Boolean));
  const outcome = OUTCOMES.includes(place.filter ?? "") ? (place.filter ?? "") : "";
  const acts = ACTS.map((act) => ({ value: act, label: actWords(act, t) })).sort((a, b) => a.label.localeCompare(b.label));
  return (
    <Group gap="sm" align="flex-end">
      <SearchField label={t("activity.search")} maw={380} text={place.q ?? ""} onSearch={(q) => go.stay({ q: q || undefined })} />
      <SegmentedControl
        size="xs"
        w="fit-content"
        aria-label={t("activity.whichOutcome")}
        value={outcome}
        onChange={(value) => go.stay({ filter: value || undefined })}
        data={["", ...OUTCOMES].map((value) => ({
          value,
          label: <span data-testid={ids.auditOutcome(value || "all")}>{t(value ? `activity.outcome.${value}` : "activity.outcomeAll")}</span>,
        }))}
      />
      <Select
        size="xs"
        w={160}
        aria-label={t("activity.who")}
        placeholder={t("activity.whoAll")}
        data={[...people].sort()}
        value={place.who ?? null}
        onChange={(who) => go.stay({ who: who ?? undefined })}
        clearable
        clearButtonProps={{ "aria-label": t("activity.whoAll") }}
        data-testid={ids.auditWho}
      />
      <Select
        size="xs"
        w={240}
        aria-label={t("activity.act")}
        placeholder={t("activity.actAll")}
        data={acts}
        value={place.act ?? null}
        onChange={(act) => go.stay({ act: act ?? undefined })}
        searchable
        clearable
        clearButtonProps={{ "aria-label": t("activity.actAll") }}
        data-testid={ids.auditAct}
      />
      <Day end="from" testId={ids.auditFrom} />
      <Day end="to" testId={ids.auditTo} />
      {place.about !== undefined && (
        <Button size="compact-sm" variant="light" rightSection={<IconX size={13} />} onClick={() => go.stay({ about: undefined })}>
          {t("activity.onlySubject")}
        </Button>
      )}
    </Group>
  );
}

function Day({ end, testId }: { end: "from" | "to"; testId: string }) {
  const { t } = useTranslation();
  const place = usePlace();
  const go = useGo();
  return (
    <TextInput
      type="date"
      size="xs"
      label={t(`activity.${end}`)}
      value={place[end] ?? ""}
      onChange={(event) => go.stay({ [end]: event.currentTarget.value || undefined })}
      data-testid={testId}
    />
  );
}
