import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CandidateInfo, Doubt } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { ConfirmDialog } from "../../shared/ui/ConfirmDialog";

export function LinkDialog({ doubt, candidate, close }: { doubt: Doubt; candidate: CandidateInfo | null; close: () => void }) {
  const { t } = useTranslation();
  const link = useAct("doubts.link");
  const number = candidate ? `${candidate.series} ${candidate.number}` : "";
  const act = (reason: string) => {
    if (!candidate) return;
    link.mutate(
      { id: doubt.document.id, series: candidate.series, number: candidate.number, reason },
      { onSuccess: close },
    );
  };
  return (
    <ConfirmDialog
      opened={candidate !== null}
      title={t("reconcile.linkTitle", { number, order: doubt.document.orderNumber })}
      act={t("reconcile.link", { number })}
      askReason
      busy={link.isPending}
      error={link.error}
      onAct={act}
      onClose={close}
    >
      <Text size="sm">{t("reconcile.linkText")}</Text>
      {candidate && candidate.reference !== "ours" && (
        <Text size="sm" fw={500}>
          {t("reconcile.linkDoubtful", { reference: t(`reconcile.reference.${candidate.reference}`) })}
        </Text>
      )}
    </ConfirmDialog>
  );
}

export function AbsentDialog({ doubt, opened, close }: { doubt: Doubt; opened: boolean; close: () => void }) {
  const { t } = useTranslation();
  const declare = useAct("doubts.declare_absent");
  return (
    <ConfirmDialog
      opened={opened}
      danger
      title={t("reconcile.absentTitle", { order: doubt.document.orderNumber })}
      act={t("reconcile.absent")}
      askReason
      busy={declare.isPending}
      error={declare.error}
      onAct={(reason) => declare.mutate({ id: doubt.document.id, reason }, { onSuccess: close })}
      onClose={close}
    >
      <Text size="sm">{t("reconcile.absentText", { provider: t(`system.${doubt.document.provider}`) })}</Text>
    </ConfirmDialog>
  );
}

/** Declares that nothing was issued and sends it again, in one act. */
export function IssueDialog({ doubt, opened, close }: { doubt: Doubt; opened: boolean; close: () => void }) {
  const { t } = useTranslation();
  const issue = useAct("doubts.issue");
  const order = doubt.document.orderNumber;
  return (
    <ConfirmDialog
      opened={opened}
      danger
      title={t("candidate.issueTitle", { order })}
      act={t("candidate.issueAct", { order })}
      askReason
      busy={issue.isPending}
      error={issue.error}
      onAct={(reason) => issue.mutate({ id: doubt.document.id, reason }, { onSuccess: close })}
      onClose={close}
    >
      <Text size="sm">
        {t("candidate.issueText", { provider: t(`system.${doubt.document.provider}`), reference: doubt.document.reference })}
      </Text>
    </ConfirmDialog>
  );
}
