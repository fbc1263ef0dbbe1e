import { Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RetryResult } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { ConfirmDialog } from "./ConfirmDialog";
import { FailureText } from "./FailureText";

interface Props {
  opened: boolean;
  ids: string[];
  /** `1.204,00 lei` */
  value: string;
  safeBecause: string;
  onClose: () => void;
}

/** Plans a retry, says why it is safe, does it, and reports what was queued and what was not. */
export function RetryDialog({ opened, ids, value, safeBecause, onClose }: Props) {
  const { t } = useTranslation();
  const retry = useAct("documents.retry");
  const [report, setReport] = useState<RetryResult | null>(null);
  const close = () => {
    setReport(null);
    retry.reset();
    onClose();
  };
  const act = () => {
    if (report) return close();
    retry.mutate(
      { ids },
      {
        onSuccess: (result) => (result.skipped.length === 0 ? close() : setReport(result)),
      },
    );
  };
  return (
    <ConfirmDialog
      opened={opened}
      title={t("retry.title", { count: ids.length })}
      act={report ? t("common.close") : t("retry.act", { count: ids.length })}
      busy={retry.isPending}
      error={retry.error}
      onAct={act}
      onClose={close}
    >
      {report ? (
        <Stack gap="sm" data-testid="retry-report">
          <Text size="sm">{t("retry.queued", { count: report.queued.length })}</Text>
          <Text size="sm">{t("retry.skipped", { count: report.skipped.length })}</Text>
          {report.skipped.slice(0, 20).map((skip) => (
            <div key={skip.id}>
              <Text size="sm" fw={500}>
                {t(`skipped.${skip.reason}`)}
              </Text>
              {skip.failure && <FailureText failure={skip.failure} />}
            </div>
          ))}
        </Stack>
      ) : (
        <>
          <Text size="sm">{t("retry.what", { count: ids.length, value })}</Text>
          <Text size="sm" fw={500} data-testid="safe-because">
            {t(`safe.${safeBecause}`)}
          </Text>
        </>
      )}
    </ConfirmDialog>
  );
}
