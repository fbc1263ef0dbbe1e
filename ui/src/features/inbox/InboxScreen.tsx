import { Alert, Anchor, Button, Group, SegmentedControl, Select, Stack, Text, Title } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { InboxCounts } from "../../api/generated/api";
import { useAsk, useInbox } from "../../api/queries";
import { useGo, usePlace } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { SearchField } from "../../shared/ui/SearchField";
import { useFormat } from "../../shared/ui/useFormat";
import { Deliveries } from "./Deliveries";
import { DeliveryPanel } from "./DeliveryPanel";

const SHOWS = ["", "waiting", "failed", "refused", "done"];
const EVERYTHING = { filter: undefined, connection: undefined, q: undefined };

/** Every webhook that came, newest first: what its check found, and what followed from it. */
export function InboxScreen() {
  const { t } = useTranslation();
  const place = usePlace();
  const go = useGo();
  const show = SHOWS.includes(place.filter ?? "") ? (place.filter ?? "") : "";
  const inbox = useInbox({ connection: place.connection ?? null, show: show || null, text: place.q ?? "" });
  const rows = inbox.data?.pages.flatMap((page) => page.rows) ?? [];
  const counts = inbox.data?.pages[0]?.counts;
  const isNarrowed = show !== "" || place.connection !== undefined || place.q !== undefined;
  return (
    <div className="screen">
      <Title order={1} mb={4}>
        {t("nav.inbox")}
      </Title>
      <Text size="sm" c="dimmed" mb={12}>
        {t("inbox.about")}
      </Text>
      <Stack gap="md">
        <Off />
        <Group gap="sm">
          <Shows show={show} counts={counts} />
          <Connections />
          <SearchField label={t("inbox.search")} maw={480} text={place.q ?? ""} onSearch={(q) => go.stay({ q: q || undefined })} />
          <Text size="xs" c="dimmed">
            {t("inbox.countsText")}
          </Text>
        </Group>
        {inbox.isPending && <Loading />}
        {inbox.error && <ErrorNote error={inbox.error} again={() => void inbox.refetch()} />}
        {inbox.data && rows.length > 0 && <Deliveries rows={rows} />}
        {inbox.data && rows.length === 0 && (isNarrowed ? <NoMatch /> : <Nothing />)}
        {inbox.hasNextPage && (
          <Button
            variant="default"
            w="fit-content"
            loading={inbox.isFetchingNextPage}
            onClick={() => void inbox.fetchNextPage()}
            data-testid={ids.inboxMore}
          >
            {t("inbox.more")}
          </Button>
        )}
      </Stack>
      <DeliveryPanel id={place.delivery} />
    </div>
  );
}

/** Nothing comes while nobody listens: said quietly, because orders come all the same. */
function Off() {
  const { t } = useTranslation();
  const go = useGo();
  const listener = useAsk("listener.get", {});
  if (!listener.data || (listener.data.enabled && listener.data.error === null)) return null;
  const isBroken = listener.data.enabled;
  return (
    <Alert color={isBroken ? "yellow" : "gray"} variant="light" py={8} icon={<IconInfoCircle size={18} />} role="note" data-testid={ids.inboxOff}>
      <Text size="sm" component="span">
        {t(isBroken ? "inbox.broken" : "inbox.off")}{" "}
        <Anchor component="button" type="button" size="sm" onClick={() => go.screen("/settings", { section: "listener" })}>
          {t(isBroken ? "inbox.seeSettings" : "inbox.toSettings")}
        </Anchor>
      </Text>
    </Alert>
  );
}

function Shows({ show, counts }: { show: string; counts: InboxCounts | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const label = (value: string) => {
    const word = t(`inbox.show.${value || "all"}`);
    return value === "" || !counts ? word : `${word} ${format.count(counts[value as keyof InboxCounts])}`;
  };
  return (
    <SegmentedControl
      size="xs"
      w="fit-content"
      aria-label={t("inbox.which")}
      value={show}
      onChange={(value) => go.stay({ filter: value || undefined })}
      data={SHOWS.map((value) => ({
        value,
        label: <span data-testid={ids.inboxShow(value || "all")}>{label(value)}</span>,
      }))}
    />
  );
}

/** Of which connection; only where there is a choice, or one is chosen. */
function Connections() {
  const { t } = useTranslation();
  const go = useGo();
  const { connection } = usePlace();
  const connections = useAsk("connections.list", {});
  const all = connections.data ? [...connections.data.shops, ...connections.data.billing] : [];
  const data = all.filter(({ kind }) => kind !== "file").map(({ id, name }) => ({ value: id, label: name }));
  if (data.length < 2 && connection === undefined) return null;
  return (
    <Select
      size="xs"
      w={220}
      aria-label={t("inbox.connection")}
      placeholder={t("inbox.allConnections")}
      data={data}
      value={connection ?? null}
      onChange={(to) => go.stay({ connection: to ?? undefined })}
      clearable
      clearButtonProps={{ "aria-label": t("inbox.allConnections") }}
      data-testid={ids.inboxConnection}
    />
  );
}

function Nothing() {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <Empty title={t("inbox.empty")} text={t("inbox.emptyText")}>
      <Group gap="xs" mt="xs">
        <Button variant="default" onClick={() => go.screen("/settings", { section: "listener" })}>
          {t("inbox.emptySettings")}
        </Button>
        <Button variant="default" onClick={() => go.screen("/connections")}>
          {t("inbox.emptyConnections")}
        </Button>
      </Group>
    </Empty>
  );
}

function NoMatch() {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <Empty title={t("inbox.none")} text={t("inbox.noneText")}>
      <Button variant="default" mt="xs" onClick={() => go.stay(EVERYTHING)}>
        {t("inbox.showAll")}
      </Button>
    </Empty>
  );
}
