import { Anchor, CloseButton, Group, Stack, Text, Title } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RecordInfo } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { useGo, usePlace } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { shown as isShown } from "../../shared/lib/timings";
import { CopyText } from "../../shared/ui/CopyText";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { FailureText } from "../../shared/ui/FailureText";
import { SidePanel } from "../../shared/ui/SidePanel";
import { StateBadge } from "../../shared/ui/StateBadge";
import { Veiled } from "../../shared/ui/Veiled";
import { useFormat } from "../../shared/ui/useFormat";
import { ActRow } from "./acts/ActRow";
import { Changes } from "./Changes";
import { DocumentSwitch } from "./DocumentSwitch";
import { CopyLink, Identifiers } from "./Identifiers";
import { Neighbours } from "./Neighbours";
import { OpenActs } from "./OpenActs";
import { Operations } from "./Operations";
import { Parts } from "./Parts";
import { RecordSkeleton } from "./RecordSkeleton";
import { Standing } from "./Standing";

/** One record: what it is, what happened to it, and what can be done. Open when the address names an order or document. */
export function RecordDrawer({ order, document }: { order: string | undefined; document: string | undefined }) {
  const { t } = useTranslation();
  const go = useGo();
  const opened = order !== undefined || document !== undefined;
  const request = { orderId: document ? null : (order ?? null), documentId: document ?? null };
  const record = useAsk("record.get", request, opened);
  const close = () => go.stay({ order: undefined, document: undefined, edit: undefined });
  const [acting, setActing] = useState(false);
  // while another record is being read, the one before must not stand in its place
  const shown = record.data && isOf(record.data, order, document) ? record.data : null;
  return (
    <SidePanel opened={opened} label={t("record.label")} close={close} acting={acting} testId={ids.drawer}>
      {record.error && (
        <Group p="md" align="flex-start" wrap="nowrap">
          <ErrorNote error={record.error} again={() => void record.refetch()} />
          <CloseButton onClick={close} aria-label={t("common.close")} />
        </Group>
      )}
      {!shown && !record.error && <RecordSkeleton />}
      {shown && !record.error && (
        <Content key={`${shown.order.id} ${shown.document?.id}`} record={shown} close={close} onActing={setActing} />
      )}
    </SidePanel>
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
  const place = usePlace();
  const [tab, setTab] = useState(place.edit === undefined ? "timeline" : "draft");
  useEffect(() => isShown("drawer"), []);
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
              {document && document.role !== "invoice" && (
                <Text size="sm" fw={600}>
                  {t(`role.${document.role}`)}
                </Text>
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
            <Identifiers record={record} />
            <Veiled />
            {record.waitsForProforma && (
              <Text size="sm" c="dimmed" mt={2}>
                {t("record.waitsForProforma")}
              </Text>
            )}
            {document && <Standing document={document} />}
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
            <CopyLink record={record} />
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
        <DocumentSwitch documents={record.documents} shown={document?.id} />
        <Changes record={record} onActing={onActing} />
        <OpenActs record={record} onActing={onActing} />
        <ActRow record={record} openPdf={() => setTab("pdf")} onActing={onActing} />
        <Operations operations={record.operations} small={tab === "pdf"} onActing={onActing} />
      </div>
      <Parts record={record} tab={tab} onTab={setTab} onActing={onActing} />
    </>
  );
}
