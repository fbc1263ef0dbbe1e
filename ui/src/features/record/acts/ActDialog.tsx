import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { DocumentRow, OfferInfo, RecordInfo } from "../../../api/generated/api";
import { systemName } from "../../../shared/ui/FailureText";
import { ConfirmDialog } from "../../../shared/ui/ConfirmDialog";
import { EmailDialog } from "./EmailDialog";
import { PaymentDialog } from "./PaymentDialog";
import { useAsked } from "./useAsked";

const DANGEROUS = new Set(["storno", "cancel", "delete", "delete_payment"]);

export interface DialogProps {
  document: DocumentRow;
  record: RecordInfo;
  close: () => void;
}

/** Says what an act will do at the provider, asks for what it needs, and asks for it. */
export function ActDialog({ act, ...props }: DialogProps & { act: OfferInfo }) {
  if (act.act === "record_payment") return <PaymentDialog {...props} />;
  if (act.act === "send_email") return <EmailDialog {...props} />;
  if (act.act === "storno") return <FollowingDialog act={act} command="documents.storno" {...props} />;
  if (act.act === "invoice_again") return <FollowingDialog act={act} command="documents.invoice_again" {...props} />;
  return <PlainDialog act={act} {...props} />;
}

/** The words of an act's dialog for a document. */
export function useActWords(act: string, document: DocumentRow) {
  const { t } = useTranslation();
  const facts = {
    number: `${document.series} ${document.number ?? ""}`.trim(),
    series: document.series,
    provider: systemName(t, document.provider),
  };
  return {
    provider: facts.provider,
    title: t(`acts.${act}.title`, facts),
    act: t(`acts.${act}.do`, facts),
    text: t(`acts.${act}.text`, { ...facts, context: document.role === "proforma" ? "proforma" : document.provider }),
  };
}

type OneProps = DialogProps & { act: OfferInfo };

function PlainDialog({ act, document, close }: OneProps) {
  const words = useActWords(act.act, document);
  const operate = useAsked("documents.operate");
  const go = (reason: string) =>
    operate.ask({ id: document.id, kind: act.act, reason, payment: null, email: null }, close);
  return <Confirm act={act} words={words} close={close} busy={operate.busy} error={operate.error} onAct={go} />;
}

type FollowingProps = OneProps & { command: "documents.storno" | "documents.invoice_again" };

/** What makes a document of its own that follows from this one. */
function FollowingDialog({ act, command, document, close }: FollowingProps) {
  const words = useActWords(act.act, document);
  const asked = useAsked(command);
  const go = (reason: string) => asked.ask({ id: document.id, reason }, close);
  return <Confirm act={act} words={words} close={close} busy={asked.busy} error={asked.error} onAct={go} />;
}

interface ConfirmProps {
  act: OfferInfo;
  words: ReturnType<typeof useActWords>;
  close: () => void;
  busy: boolean;
  error: ReturnType<typeof useAsked>["error"];
  onAct: (reason: string) => void;
}

function Confirm({ act, words, close, busy, error, onAct }: ConfirmProps) {
  return (
    <ConfirmDialog
      opened
      danger={DANGEROUS.has(act.act)}
      title={words.title}
      act={words.act}
      askReason={act.needsReason}
      busy={busy}
      error={error}
      onAct={onAct}
      onClose={close}
    >
      <Text size="sm">{words.text}</Text>
    </ConfirmDialog>
  );
}
