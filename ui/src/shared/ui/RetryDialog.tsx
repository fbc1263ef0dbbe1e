import { Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Amount, DocumentRow, RetryResult, Skipped } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { needsRelease } from "../lib/errors";
import { ConfirmDialog } from "./ConfirmDialog";
import { FailureText } from "./FailureText";
import { useFormat } from "./useFormat";

const LISTED = 20;

/** What is to be retried, as it was when the person asked for it. */
export interface RetryPlan {
  documents: DocumentRow[];
  safeBecause: string;
}

/** Plans a retry, says why it is safe, does it, and reports what was queued and what was not. */
export function RetryDialog({ plan, onClose }: { plan: RetryPlan | null; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const retry = useAct("documents.retry");
  const [report, setReport] = useState<RetryResult | null>(null);
  // words stay while the dialog fades
  const [last, setLast] = useState(plan);
  if (plan && plan !== last) setLast(plan);
  const documents = last?.documents ?? [];
  const count = documents.length;
  const close = () => {
    setReport(null);
    retry.reset();
    onClose();
  };
  const done = (result: RetryResult) => {
    if (result.skipped.length > 0) return setReport(result);
    notifications.show({ message: t("retry.queued", { count: result.queued.length }) });
    close();
  };
  // one that waits for a release goes with a reason, and each by itself
  const [only] = documents;
  const released = count === 1 && only !== undefined && needsRelease(only.failure) ? only : null;
  const act = (reason: string) => {
    if (report) return close();
    retry.mutate({ ids: documents.map((document) => document.id), reason }, { onSuccess: done });
  };
  return (
    <ConfirmDialog
      opened={plan !== null}
      title={released ? t("retry.releaseTitle", { number: released.orderNumber }) : t("retry.title", { count })}
      act={report ? t("common.close") : released ? t("retry.releaseAct") : t("retry.act", { count })}
      askReason={released !== null && !report}
      busy={retry.isPending}
      error={retry.error}
      onAct={act}
      onClose={close}
    >
      {report && <Report report={report} documents={documents} />}
      {!report && last && (
        <>
          {released?.failure && <FailureText failure={released.failure} />}
          <Text size="sm">{t("retry.what", { count, value: format.amounts(sums(documents)) })}</Text>
          <Text size="sm" fw={500} data-testid="safe-because">
            {t(`safe.${last.safeBecause}`)}
          </Text>
        </>
      )}
    </ConfirmDialog>
  );
}

function Report({ report, documents }: { report: RetryResult; documents: DocumentRow[] }) {
  const { t } = useTranslation();
  const rest = report.skipped.length - LISTED;
  const orderOf = (skip: Skipped) => documents.find((document) => document.id === skip.id)?.orderNumber;
  return (
    <Stack gap="sm" data-testid="retry-report">
      <Text size="sm">{t("retry.queued", { count: report.queued.length })}</Text>
      <Text size="sm">{t("retry.skipped", { count: report.skipped.length })}</Text>
      {report.skipped.slice(0, LISTED).map((skip) => (
        <div key={skip.id}>
          <Text size="sm" fw={500}>
            {`#${orderOf(skip) ?? skip.id} · ${t(`skipped.${skip.reason}`)}`}
          </Text>
          {skip.failure && <FailureText failure={skip.failure} />}
        </div>
      ))}
      {rest > 0 && <Text size="sm">{t("failures.more", { count: rest })}</Text>}
    </Stack>
  );
}

/** One sum a currency. */
function sums(documents: DocumentRow[]): Amount[] {
  const byCurrency = new Map<string, number>();
  for (const { total } of documents) {
    byCurrency.set(total.currency, (byCurrency.get(total.currency) ?? 0) + total.minor);
  }
  return [...byCurrency].map(([currency, minor]) => ({ currency, minor }));
}
