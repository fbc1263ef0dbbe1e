import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLog } from "../../api/log";
import { useAsk } from "../../api/queries";
import { type Place, useGo, usePlace } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { LogLines } from "../../shared/ui/log/LogLines";
import { SearchField } from "../../shared/ui/SearchField";

const LEVELS = ["error", "warn", "info", "debug"];
/** Of the address, what narrows the log. */
export const EVERY_LINE = { level: undefined, connection: undefined, about: undefined, q: undefined };
const WAIT_MS = 300;

const filterOf = (place: Place) => ({
  level: LEVELS.includes(place.level ?? "") ? (place.level ?? "") : "",
  connection: place.connection ?? "",
  // a number in an address that somebody typed is read as one
  order: String(place.about ?? ""),
  text: place.q ?? "",
});

/** What the program wrote down while it worked, newest first; it is followed until somebody pauses. */
export function ProgramLog() {
  const { t } = useTranslation();
  const go = useGo();
  const filter = filterOf(usePlace());
  const [follow, setFollow] = useState(true);
  const log = useLog(filter, follow);
  const lines = log.data?.pages.flatMap((page) => page.lines) ?? [];
  const isCut = log.data?.pages.at(-1)?.isCut ?? false;
  const isNarrowed = Object.values(filter).some((value) => value !== "");
  return (
    <Stack gap="sm">
      <Filters follow={follow} setFollow={setFollow} />
      <Text size="xs" c="dimmed" role="status">
        {[log.data && t("log.count", { count: lines.length }), t(follow ? (log.isLost ? "log.notFollowed" : "log.following") : "log.paused")]
          .filter(Boolean)
          .join(" · ")}
      </Text>
      {log.isPending && <Loading />}
      {log.error && <ErrorNote error={log.error} again={() => void log.refetch()} />}
      {lines.length > 0 && <LogLines lines={lines} onOnly={(only) => go.stay({ ...EVERY_LINE, ...only })} />}
      {log.data && lines.length === 0 && !isCut && (isNarrowed ? <NoMatch /> : <Empty title={t("log.empty")} text={t("log.emptyText")} />)}
      {isCut && <Text size="sm">{t("log.cut")}</Text>}
      {log.hasNextPage && (
        <Button
          variant="default"
          w="fit-content"
          loading={log.isFetchingNextPage}
          onClick={() => void log.fetchNextPage()}
          data-testid={ids.logMore}
        >
          {t(isCut ? "log.lookOn" : "log.more")}
        </Button>
      )}
    </Stack>
  );
}

function Filters({ follow, setFollow }: { follow: boolean; setFollow: (on: boolean) => void }) {
  const { t } = useTranslation();
  const go = useGo();
  const place = usePlace();
  const { level, connection, order, text } = filterOf(place);
  const known = useAsk("connections.list", {});
  const all = [...(known.data?.shops ?? []), ...(known.data?.billing ?? [])].map(({ id, name }) => ({ value: id, label: name }));
  const Icon = follow ? IconPlayerPause : IconPlayerPlay;
  return (
    <Group gap="sm" align="flex-end">
      <SearchField label={t("log.search")} maw={360} text={text} onSearch={(q) => go.stay({ q: q || undefined })} />
      <Select
        size="xs"
        w={190}
        aria-label={t("log.atLeast")}
        data={[{ value: "", label: t("log.all") }, ...LEVELS.map((value) => ({ value, label: t(`log.least.${value}`) }))]}
        value={level}
        onChange={(value) => go.stay({ level: value || undefined })}
        allowDeselect={false}
        data-testid={ids.logLevel}
      />
      <Select
        size="xs"
        w={220}
        aria-label={t("log.connection")}
        placeholder={t("log.connectionAll")}
        // one that is no more is still named in older lines
        data={connection !== "" && known.data && !all.some(({ value }) => value === connection) ? [...all, connection] : all}
        value={connection || null}
        onChange={(value) => go.stay({ connection: value ?? undefined })}
        clearable
        clearButtonProps={{ "aria-label": t("log.connectionAll") }}
        data-testid={ids.logConnection}
      />
      <About about={order} />
      <Button
        size="xs"
        variant="default"
        leftSection={<Icon size={15} />}
        aria-pressed={follow}
        onClick={() => setFollow(!follow)}
        data-testid={ids.logFollow}
      >
        {t(follow ? "log.pause" : "log.follow")}
      </Button>
    </Group>
  );
}

/** An order's number, or a document's id. */
function About({ about }: { about: string }) {
  const { t } = useTranslation();
  const go = useGo();
  const [typed, setTyped] = useState(about);
  useEffect(() => setTyped(about), [about]);
  const tell = useDebouncedCallback((now: string) => go.stay({ about: now.trim() || undefined }), WAIT_MS);
  return (
    <TextInput
      size="xs"
      w={170}
      aria-label={t("log.order")}
      placeholder={t("log.orderHint")}
      spellCheck={false}
      autoComplete="off"
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
      onKeyDown={(event) => event.key === "Enter" && tell.flush()}
      data-testid={ids.logOrder}
    />
  );
}

function NoMatch() {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <Empty title={t("log.none")} text={t("log.noneText")}>
      <Button variant="default" mt="xs" onClick={() => go.stay(EVERY_LINE)}>
        {t("log.showAll")}
      </Button>
    </Empty>
  );
}
