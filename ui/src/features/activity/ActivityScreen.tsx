import { Button, Group, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AuditRequest } from "../../api/generated/api";
import { useAudit } from "../../api/queries";
import { type Place, useGo, usePlace } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { useMay } from "../../shared/ui/useMay";
import { Anchors } from "./Anchors";
import { Entries } from "./Entries";
import { EntryPanel } from "./EntryPanel";
import { Export } from "./Export";
import { EVERYTHING, Filters, OUTCOMES } from "./Filters";
import { EVERY_LINE, ProgramLog } from "./ProgramLog";
import { useVerify, Verify, VerifyAnswer } from "./Verify";
import { dayMs } from "./words";

/** What the address asks for of the log. */
function requestOf(place: Place): Omit<AuditRequest, "before"> {
  const about = place.about ?? "";
  const colon = about.indexOf(":");
  return {
    who: place.who ?? null,
    act: place.act ?? null,
    subjectKind: colon > 0 ? about.slice(0, colon) : null,
    subjectId: colon > 0 ? about.slice(colon + 1) : null,
    outcome: OUTCOMES.includes(place.filter ?? "") ? (place.filter ?? null) : null,
    fromMs: dayMs(place.from),
    toMs: dayMs(place.to, 1),
    text: place.q ?? "",
  };
}

/** Who did what, newest first, and whether the log of it is whole; beside it what the program wrote while it worked. */
export function ActivityScreen() {
  const { t } = useTranslation();
  const isProgram = usePlace().tab === "log";
  const { may, why } = useMay(isProgram ? "log.tail" : "audit.list");
  return (
    <div className="screen">
      <Title order={1} mb={4}>
        {t("nav.activity")}
      </Title>
      <Text size="sm" c="dimmed" mb={12}>
        {t(isProgram ? "log.about" : "activity.about")}
      </Text>
      <WhichLog tab={isProgram ? "log" : "audit"} />
      {may ? isProgram ? <ProgramLog /> : <Log /> : <Empty title={why ?? ""} text="" />}
    </div>
  );
}

/** One log at a time: what narrows one is nothing to the other. */
function WhichLog({ tab }: { tab: "audit" | "log" }) {
  const { t } = useTranslation();
  const go = useGo();
  const turn = (to: string) => go.stay({ ...EVERYTHING, ...EVERY_LINE, entry: undefined, tab: to === "log" ? "log" : undefined });
  return (
    <SegmentedControl
      size="xs"
      mb="sm"
      w="fit-content"
      aria-label={t("log.tabs")}
      value={tab}
      onChange={turn}
      data={["audit", "log"].map((value) => ({
        value,
        label: <span data-testid={ids.logTab(value)}>{t(`log.tab.${value === "log" ? "program" : value}`)}</span>,
      }))}
    />
  );
}

function Log() {
  const { t } = useTranslation();
  const place = usePlace();
  const request = requestOf(place);
  const log = useAudit(request);
  const verify = useVerify();
  const rows = log.data?.pages.flatMap((page) => page.rows) ?? [];
  const isNarrowed = Object.values(request).some((value) => value !== null && value !== "");
  return (
    <>
      <Stack gap="md">
        <Group gap="sm" align="flex-start">
          <Verify verify={verify} />
          <Anchors />
          <Export filter={request} />
        </Group>
        <VerifyAnswer verify={verify} />
        <Filters rows={rows} />
        {log.isPending && <Loading />}
        {log.error && <ErrorNote error={log.error} again={() => void log.refetch()} />}
        {rows.length > 0 && <Entries rows={rows} />}
        {log.data && rows.length === 0 && (isNarrowed ? <NoMatch /> : <Empty title={t("activity.empty")} text={t("activity.emptyText")} />)}
        {log.hasNextPage && (
          <Button
            variant="default"
            w="fit-content"
            loading={log.isFetchingNextPage}
            onClick={() => void log.fetchNextPage()}
            data-testid={ids.auditMore}
          >
            {t("activity.more")}
          </Button>
        )}
      </Stack>
      <EntryPanel row={place.entry} />
    </>
  );
}

function NoMatch() {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <Empty title={t("activity.none")} text={t("activity.noneText")}>
      <Button variant="default" mt="xs" onClick={() => go.stay(EVERYTHING)}>
        {t("activity.showAll")}
      </Button>
    </Empty>
  );
}
