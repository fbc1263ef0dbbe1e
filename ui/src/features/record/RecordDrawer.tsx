import { ActionIcon, Anchor, Button, CloseButton, Drawer, Group, Stack, Tabs, Text, Title, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconExternalLink } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RecordInfo } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { fixPlace, namedRule } from "../../shared/lib/errors";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { ConfirmDialog } from "../../shared/ui/ConfirmDialog";
import { CopyText } from "../../shared/ui/CopyText";
import { DraftView, Problems } from "../../shared/ui/DraftView";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { FailureText } from "../../shared/ui/FailureText";
import { Loading } from "../../shared/ui/Loading";
import { RetryDialog, type RetryPlan } from "../../shared/ui/RetryDialog";
import { StateBadge } from "../../shared/ui/StateBadge";
import { useFormat } from "../../shared/ui/useFormat";
import { Attempts } from "./Attempts";
import { Timeline } from "./Timeline";

/** One record: what it is, what happened to it, and what can be done. Open when the address names an order or document. */
export function RecordDrawer({ order, document }: { order: string | undefined; document: string | undefined }) {
  const { t } = useTranslation();
  const go = useGo();
  const opened = order !== undefined || document !== undefined;
  const request = { orderId: document ? null : (order ?? null), documentId: document ?? null };
  const record = useAsk("record.get", request, opened);
  const close = () => go.stay({ order: undefined, document: undefined });
  const [acting, setActing] = useState(false);
  // while another record is being read, the one before must not stand in its place
  const shown = record.data && isOf(record.data, order, document) ? record.data : null;
  return (
    <Drawer
      opened={opened}
      onClose={close}
      closeOnEscape={!acting}
      position="right"
      size={760}
      withCloseButton={false}
      withOverlay={false}
      lockScroll={false}
      trapFocus={false}
      transitionProps={{ duration: 90 }}
      shadow="xl"
      padding={0}
      aria-label={t("record.label")}
      styles={{ inner: { top: 44, bottom: 28, height: "auto" }, content: { borderLeft: "1px solid var(--line)" }, body: { height: "100%" } }}
    >
      <div className="drawer" data-testid={ids.drawer}>
        {record.error && (
          <Group p="md" align="flex-start" wrap="nowrap">
            <ErrorNote error={record.error} again={() => void record.refetch()} />
            <CloseButton onClick={close} aria-label={t("common.close")} />
          </Group>
        )}
        {!shown && !record.error && <Loading />}
        {shown && !record.error && (
          <Content key={shown.order.id} record={shown} close={close} onActing={setActing} />
        )}
      </div>
    </Drawer>
  );
}

function isOf(record: RecordInfo, order: string | undefined, document: string | undefined): boolean {
  return document === undefined ? record.order.id === order : record.document?.id === document;
}

interface ContentProps {
  record: RecordInfo;
  close: () => void;
  /** A dialog of the record has opened or closed: Escape is the dialog's then. */
  onActing: (acting: boolean) => void;
}

function Content({ record, close, onActing }: ContentProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { document, order } = record;
  const failure = document?.state === "issued" ? null : (document?.failure ?? null);
  return (
    <>
      <div className="drawer-head">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div style={{ minWidth: 0 }}>
            <Group gap="sm" wrap="nowrap">
              <Title order={2} textWrap="pretty">
                {t("record.title", { number: order.number, client: document?.client ?? order.customer })}
              </Title>
            </Group>
            <Group gap="md" mt={4}>
              {document ? (
                <StateBadge state={document.state} verification={document.verification} testId={ids.drawerState} />
              ) : (
                <StateBadge state={order.decision} decision testId={ids.drawerState} />
              )}
              {document?.number && <CopyText text={`${document.series} ${document.number}`} />}
              {document?.link && (
                <Anchor href={document.link} target="_blank" rel="noreferrer" size="sm">
                  <Group gap={4} wrap="nowrap">
                    {t("record.atProvider", { provider: t(`system.${document.provider}`) })}
                    <IconExternalLink size={13} />
                  </Group>
                </Anchor>
              )}
              <Text size="sm" fw={600}>
                {format.amount(document?.total ?? order.total)}
              </Text>
            </Group>
            {document?.state === "issued" && (
              <Text size="sm" c="dimmed" mt={2}>
                {t(`verification.${document.verification}`)}
              </Text>
            )}
            {!document && (
              <Text size="sm" c="dimmed" mt={2}>
                {t(`reason.${order.reason}`)}
              </Text>
            )}
          </div>
          <Group gap={2} wrap="nowrap">
            <Neighbours />
            <CloseButton onClick={close} aria-label={t("common.close")} data-testid={ids.drawerClose} />
          </Group>
        </Group>
        {failure && (
          <Stack gap={6} mt="sm" className="note">
            <FailureText failure={failure} />
            {record.safeBecause && (
              <Text size="sm" c="dimmed">
                {t(`safe.${record.safeBecause}`)}
              </Text>
            )}
          </Stack>
        )}
        <Acts record={record} onActing={onActing} />
      </div>
      <Parts record={record} />
    </>
  );
}

/** J and K go through the list behind; these buttons do the same for the mouse. */
function Neighbours() {
  const { t } = useTranslation();
  const press = (key: string) => {
    const grid = window.document.querySelector<HTMLElement>('[role="grid"]');
    grid?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  };
  if (!window.document.querySelector('[role="grid"]')) return null;
  return (
    <>
      <Tooltip label={t("record.previous")}>
        <ActionIcon variant="subtle" color="gray" onClick={() => press("k")} aria-label={t("record.previous")}>
          <IconChevronUp size={17} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t("record.next")}>
        <ActionIcon variant="subtle" color="gray" onClick={() => press("j")} aria-label={t("record.next")}>
          <IconChevronDown size={17} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}

type Act = "dismiss" | "reopen" | null;

function Acts({ record, onActing }: Omit<ContentProps, "close">) {
  const { t } = useTranslation();
  const go = useGo();
  const dismiss = useAct("documents.dismiss");
  const reopen = useAct("documents.reopen");
  const [act, setAct] = useState<Act>(null);
  const [plan, setPlan] = useState<RetryPlan | null>(null);
  const acting = act !== null || plan !== null;
  useEffect(() => {
    onActing(acting);
    return () => onActing(false);
  }, [acting, onActing]);
  const { document, order, safeBecause } = record;
  if (!document) return null;
  const place = document.failure ? fixPlace(document.failure) : "none";
  const named = namedRule(document.failure?.detail ?? null);
  const done = { onSuccess: () => setAct(null) };
  return (
    <Group gap="xs" mt="sm">
      {document.state === "held" && safeBecause && (
        <Button onClick={() => setPlan({ documents: [document], safeBecause })} data-testid={ids.drawerRetry}>
          {t("retry.act", { count: 1 })}
        </Button>
      )}
      {document.state === "held" && place === "rule" && (
        <Button
          variant="default"
          onClick={() => go.screen("/mappings", { order: order.id, block: named?.block ?? undefined, target: named?.target })}
          data-testid={ids.openRule("drawer")}
        >
          {t("failures.openRule")}
        </Button>
      )}
      {document.state === "held" && (place === "connection" || place === "flow") && (
        <Button variant="default" onClick={() => go.screen("/connections")}>
          {t("failures.openConnections")}
        </Button>
      )}
      {(document.state === "in_doubt" || document.verification === "mismatched") && (
        <Button variant="default" onClick={() => go.screen("/reconcile")}>
          {t("record.toReconcile")}
        </Button>
      )}
      {document.state === "held" && (
        <Button variant="subtle" color="gray" onClick={() => setAct("dismiss")} data-testid={ids.drawerDismiss}>
          {t("record.dismiss")}
        </Button>
      )}
      {document.state === "dismissed" && (
        <Button variant="default" onClick={() => setAct("reopen")}>
          {t("record.reopen")}
        </Button>
      )}
      <RetryDialog plan={plan} onClose={() => setPlan(null)} />
      <ConfirmDialog
        opened={act === "dismiss"}
        title={t("record.dismissTitle", { number: order.number })}
        act={t("record.dismiss")}
        askReason
        busy={dismiss.isPending}
        error={dismiss.error}
        onAct={(reason) => dismiss.mutate({ id: document.id, reason }, done)}
        onClose={() => setAct(null)}
      >
        <Text size="sm">{t("record.dismissText")}</Text>
      </ConfirmDialog>
      <ConfirmDialog
        opened={act === "reopen"}
        title={t("record.reopenTitle", { number: order.number })}
        act={t("record.reopen")}
        askReason
        busy={reopen.isPending}
        error={reopen.error}
        onAct={(reason) => reopen.mutate({ id: document.id, reason }, done)}
        onClose={() => setAct(null)}
      >
        <Text size="sm">{t("record.reopenText")}</Text>
      </ConfirmDialog>
    </Group>
  );
}

function Parts({ record }: { record: RecordInfo }) {
  const { t } = useTranslation();
  const tabs = ["timeline", "order", "draft", "attempts"];
  return (
    <Tabs defaultValue="timeline" className="drawer-body" keepMounted={false}>
      <Tabs.List px="md">
        {tabs.map((name) => (
          <Tabs.Tab key={name} value={name} data-testid={ids.drawerTab(name)}>
            {t(`record.tab.${name}`)}
            {name === "attempts" && record.attempts.length > 0 && ` ${record.attempts.length}`}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <div className="drawer-part">
        <Tabs.Panel value="timeline">
          <Timeline entries={record.timeline} />
        </Tabs.Panel>
        <Tabs.Panel value="order">
          <Order record={record} />
        </Tabs.Panel>
        <Tabs.Panel value="draft">
          <Stack>
            <Problems problems={record.problems} />
            {record.draft && <DraftView draft={record.draft} />}
            {!record.draft && record.problems.length === 0 && <Text c="dimmed">{t("record.noDraft")}</Text>}
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="attempts">
          <Attempts attempts={record.attempts} />
        </Tabs.Panel>
      </div>
    </Tabs>
  );
}

function Order({ record }: { record: RecordInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { order, document } = record;
  const facts: [string, string][] = [
    [t("record.shopStatus"), order.statusText],
    [t("record.created"), format.instant(order.createdMs)],
    [t("record.modified"), format.instant(order.modifiedMs)],
    [t("record.versions"), format.count(record.versions)],
    [t("record.decision"), `${t(`decision.${order.decision}`)}: ${t(`reason.${order.reason}`)}`],
  ];
  return (
    <Stack gap="sm">
      <dl className="facts">
        {facts.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}=`}>{value}</dd>])}
        {document && (
          <>
            <dt>{t("record.reference")}</dt>
            <dd>
              <CopyText text={document.reference} />
            </dd>
          </>
        )}
      </dl>
      <Text size="sm" fw={500}>
        {t("record.asReceived")}
      </Text>
      <pre className="mono">{record.orderJson}</pre>
    </Stack>
  );
}
