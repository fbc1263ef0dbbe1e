import { Anchor, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconClock } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EInvoiceEntry } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { Badge } from "../../shared/ui/Badge";
import { ConfirmDialog } from "../../shared/ui/ConfirmDialog";
import { EInvoiceState } from "../../shared/ui/EInvoiceState";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { MayButton } from "../../shared/ui/MayButton";
import { useFormat } from "../../shared/ui/useFormat";
import { ruleOf } from "./rules";

/** One invoice on the board: how long it has, what ANAF said, and what can be done. */
export function BoardRow({ entry }: { entry: EInvoiceEntry }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const look = useAct("documents.refresh");
  const [asking, setAsking] = useState(false);
  const { document } = entry;
  const einvoice = document.einvoice ?? { state: "not_sent", words: "" };
  const number = `${document.series} ${document.number ?? ""}`;
  const canSend = einvoice.state === "not_sent" || einvoice.state === "rejected";
  return (
    <tr data-testid={ids.boardRow(document.number ?? "")}>
      <td>
        <Anchor component="button" type="button" size="sm" style={{ whiteSpace: "nowrap" }} onClick={() => go.stay({ document: document.id })} title={t("board.open")}>
          {number}
        </Anchor>
        <Text size="xs" c="dimmed">
          {`#${document.orderNumber}`}
        </Text>
      </td>
      <td>{document.client}</td>
      <td className="num">{format.amount(document.total)}</td>
      <td>{format.day(entry.issued)}</td>
      <td>{format.day(entry.deadline)}</td>
      <td>
        <Left entry={entry} state={einvoice.state} />
      </td>
      <td>
        <EInvoiceState einvoice={einvoice} />
        {einvoice.state === "rejected" && <Rejection words={einvoice.words} provider={document.provider} />}
        {look.error && <ErrorNote error={look.error} />}
      </td>
      <td className="num">
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <MayButton
            command="documents.refresh"
            size="compact-xs"
            variant="default"
            loading={look.isPending}
            onClick={() => look.mutate({ id: document.id })}
          >
            {t("board.look", { provider: t(`system.${document.provider}`) })}
          </MayButton>
          {canSend && (
            <MayButton
              command="documents.operate"
              size="compact-xs"
              variant="light"
              onClick={() => setAsking(true)}
              data-testid={ids.boardSend(document.number ?? "")}
            >
              {t("board.send")}
            </MayButton>
          )}
        </Group>
        {asking && <SendDialog entry={entry} number={number} isRejected={einvoice.state === "rejected"} close={() => setAsking(false)} />}
      </td>
    </tr>
  );
}

/** Working days that are left, or by how many it is late, as icon and words. */
function Left({ entry, state }: { entry: EInvoiceEntry; state: string }) {
  const { t } = useTranslation();
  if (state === "processing") {
    return (
      <Badge icon={IconClock} color="var(--state-waiting)">
        {t("board.waiting")}
      </Badge>
    );
  }
  const { daysLeft } = entry;
  const isLate = daysLeft < 0;
  const words = () => {
    if (isLate) return t("board.daysLate", { count: -daysLeft });
    return daysLeft === 0 ? t("board.lastDay") : t("board.daysLeft", { count: daysLeft });
  };
  const color = isLate ? "var(--state-mismatched)" : daysLeft <= 1 ? "var(--state-held)" : "var(--state-waiting)";
  return (
    <Badge icon={isLate || daysLeft <= 1 ? IconAlertTriangle : IconClock} color={color}>
      {words()}
    </Badge>
  );
}

/** The provider's words, and what the rule that they name means. */
function Rejection({ words, provider }: { words: string; provider: string }) {
  const { t, i18n } = useTranslation();
  const code = ruleOf(words, (rule) => i18n.exists(`board.rules.${rule}.what`));
  const place = code && i18n.exists(`board.rules.${code}.what`) ? `board.rules.${code}` : "board.unknownRule";
  return (
    <>
      {words !== "" && (
        <Text size="xs" c="dimmed">
          {t("board.says", { provider: t(`system.${provider}`), words })}
        </Text>
      )}
      {code && (
        <>
          <Text size="sm" fw={500}>
            {t("board.rule", { code })}
            {": "}
            {t(`${place}.what`)}
          </Text>
          <Text size="sm">{t("board.fix", { fix: t(`${place}.fix`) })}</Text>
        </>
      )}
    </>
  );
}

interface SendProps {
  entry: EInvoiceEntry;
  number: string;
  isRejected: boolean;
  close: () => void;
}

function SendDialog({ entry, number, isRejected, close }: SendProps) {
  const { t } = useTranslation();
  const operate = useAct("documents.operate");
  const { document } = entry;
  const act = (reason: string) =>
    operate.mutate(
      { id: document.id, kind: "send_einvoice", reason, payment: null, email: null },
      { onSuccess: close },
    );
  return (
    <ConfirmDialog
      opened
      title={t("board.sendTitle", { number })}
      act={t("board.sendAct", { number })}
      askReason
      busy={operate.isPending}
      error={operate.error}
      onAct={act}
      onClose={close}
    >
      <Text size="sm">{t("board.sendText", { provider: t(`system.${document.provider}`) })}</Text>
      {isRejected && (
        <Text size="sm" fw={500}>
          {t("board.resendText")}
        </Text>
      )}
    </ConfirmDialog>
  );
}
