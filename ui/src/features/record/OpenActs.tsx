import { Button, Group, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RecordInfo } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { fixPlace, namedRule, needsRelease } from "../../shared/lib/errors";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { ConfirmDialog } from "../../shared/ui/ConfirmDialog";
import { MayButton } from "../../shared/ui/MayButton";
import { RetryDialog, type RetryPlan } from "../../shared/ui/RetryDialog";

type Act = "dismiss" | "reopen" | null;

interface Props {
  record: RecordInfo;
  /** A dialog of the record has opened or closed: Escape is the dialog's then. */
  onActing: (acting: boolean) => void;
}

/** What can be done to a document that is not issued, or not as it should be. */
export function OpenActs({ record, onActing }: Props) {
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
    <Group gap="xs" mt="sm" className="open-acts">
      {document.state === "held" && safeBecause && (
        <MayButton command="documents.retry" onClick={() => setPlan({ documents: [document], safeBecause })} data-testid={ids.drawerRetry}>
          {needsRelease(document.failure) ? t("retry.release") : t("retry.act", { count: 1 })}
        </MayButton>
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
        <MayButton command="documents.dismiss" variant="subtle" color="gray" onClick={() => setAct("dismiss")} data-testid={ids.drawerDismiss}>
          {t("record.dismiss")}
        </MayButton>
      )}
      {document.state === "dismissed" && (
        <MayButton command="documents.reopen" variant="default" onClick={() => setAct("reopen")}>
          {t("record.reopen")}
        </MayButton>
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
