import { Button, CloseButton, Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeliveryInfo, DeliveryRow } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { CopyText } from "../../shared/ui/CopyText";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { FailureText } from "../../shared/ui/FailureText";
import { Loading } from "../../shared/ui/Loading";
import { SidePanel } from "../../shared/ui/SidePanel";
import { useFormat } from "../../shared/ui/useFormat";
import { Content } from "./Content";
import { OrderLink } from "./OrderLink";
import { Replay } from "./Replay";
import { DeliveryState, isAboutSecret, VerdictBadge, verdictOf } from "./Verdict";

/** One delivery beside the list, when the address names it. */
export function DeliveryPanel({ id }: { id: string | undefined }) {
  const { t } = useTranslation();
  const go = useGo();
  const [acting, setActing] = useState(false);
  const close = () => go.stay({ delivery: undefined });
  return (
    <SidePanel opened={id !== undefined} label={t("inbox.panel")} close={close} acting={acting} testId={ids.deliveryPanel}>
      {id !== undefined && <Delivery key={id} id={id} close={close} onActing={setActing} />}
    </SidePanel>
  );
}

interface DeliveryProps {
  id: string;
  close: () => void;
  onActing: (acting: boolean) => void;
}

/** What its check found and what that means, what followed, and what came. What is personal is hidden in each anew. */
function Delivery({ id, close, onActing }: DeliveryProps) {
  const { t } = useTranslation();
  const [personal, setPersonal] = useState(false);
  const delivery = useAsk("inbox.get", { id, personal });
  if (delivery.error) {
    return (
      <Group p="md" align="flex-start" wrap="nowrap">
        <ErrorNote error={delivery.error} again={() => void delivery.refetch()} />
        <CloseButton onClick={close} aria-label={t("inbox.close")} />
      </Group>
    );
  }
  if (!delivery.data) return <Loading />;
  return (
    <>
      <Head row={delivery.data.row} close={close} />
      <div className="drawer-body">
        <div className="drawer-part" tabIndex={0}>
          <Stack gap="md">
            <Facts delivery={delivery.data} />
            <Replay delivery={delivery.data} onActing={onActing} />
            <Content delivery={delivery.data} personal={personal} setPersonal={setPersonal} />
          </Stack>
        </div>
      </div>
    </>
  );
}

function Head({ row, close }: { row: DeliveryRow; close: () => void }) {
  const { t } = useTranslation();
  const go = useGo();
  const verdict = verdictOf(row);
  const words = (what: "what" | "fix") => t(`inbox.verdict.${verdict}.${what}`, { defaultValue: "" });
  const isStuck = row.state === "failed";
  const isGood = row.status < 400 && !isStuck;
  // of an accepted one the state says what follows: "by itself" is true only while or after it does
  const followsNothing = verdict === "accepted" && (isStuck || row.state === "none");
  return (
    <div className="drawer-head">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Title order={2} style={{ overflowWrap: "anywhere" }}>
            {row.topic || t("inbox.noTopic")}
          </Title>
          <Group gap="md" mt={4} fz="sm">
            <VerdictBadge row={row} testId={ids.deliveryVerdict} />
            <DeliveryState state={row.state} />
            <Text size="sm" c="dimmed">
              {[row.connectionName, t(`system.${row.kind}`, { defaultValue: row.kind })].filter(Boolean).join(" · ")}
            </Text>
          </Group>
        </div>
        <CloseButton onClick={close} aria-label={t("inbox.close")} />
      </Group>
      <Stack gap={4} mt="sm" className={isGood ? "note done" : "note"}>
        <Text size="sm">{words("what")}</Text>
        {!followsNothing && (
          <Text size="sm" fw={500}>
            {words("fix")}
          </Text>
        )}
        {isAboutSecret(verdict) && (
          <Button
            variant="default"
            w="fit-content"
            onClick={() => go.screen("/connections", { connection: row.connectionId })}
            data-testid={ids.deliveryHooks}
          >
            {t("inbox.openHooks")}
          </Button>
        )}
      </Stack>
      {row.verdict === "accepted" && (
        <Text size="sm" c="dimmed" mt={6}>
          {t(`inbox.stateText.${row.state}`, { defaultValue: "" })}
        </Text>
      )}
      {row.failure && (
        <div className="note" style={{ marginTop: 8 }}>
          <FailureText failure={row.failure} />
        </div>
      )}
    </div>
  );
}

function Facts({ delivery }: { delivery: DeliveryInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { row, eventId, sentMs } = delivery;
  const copied = (text: string | null) => (text ? <CopyText text={text} /> : t("common.none"));
  const facts: [string, ReactNode][] = [
    ["order", <OrderLink key="order" row={row} />],
    ["received", format.instant(row.receivedMs)],
    ["sent", sentMs === null ? t("common.none") : format.instant(sentMs)],
    ["answered", t(row.status < 400 ? "inbox.status.good" : "inbox.status.bad", { status: row.status })],
    ["delivery", copied(row.deliveryId)],
    ["event", copied(eventId)],
    ["id", copied(row.id)],
    ["tries", format.count(row.tries)],
    ["size", t("inbox.bytes", { count: row.size })],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => [<dt key={name}>{t(`inbox.facts.${name}`)}</dt>, <dd key={`${name}=`}>{value}</dd>])}
    </dl>
  );
}
