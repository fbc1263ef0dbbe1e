import { Alert, Button, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconShieldCheck } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { AuditBreak, AuditReport } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { useFormat } from "../../shared/ui/useFormat";
import { actWords, whoWords } from "./words";

export const useVerify = () => useAct("audit.verify");
type Verifying = ReturnType<typeof useVerify>;

/** Has the whole log read. Its answer stands below, across the screen: {@link VerifyAnswer}. */
export function Verify({ verify }: { verify: Verifying }) {
  const { t } = useTranslation();
  return (
    <Button
      leftSection={<IconShieldCheck size={16} />}
      loading={verify.isPending}
      loaderProps={{ "aria-label": t("activity.verifying") }}
      onClick={() => verify.mutate({ head: null })}
      data-testid={ids.auditVerify}
    >
      {t("activity.verify")}
    </Button>
  );
}

/** Whether the log is whole, or where it breaks. */
export function VerifyAnswer({ verify }: { verify: Verifying }) {
  if (verify.error) return <ErrorNote error={verify.error} />;
  return verify.data ? <Verdict report={verify.data} /> : null;
}

/** Where the log breaks, in words. */
export function breakWords({ fault, row, other, witness }: AuditBreak, t: TFunction): string {
  const name = fault === "removed" && other !== null && other > row ? "removedMany" : fault;
  const seen = witness === null ? "" : t(`activity.witness.${witness}`, { defaultValue: witness });
  return t(`activity.fault.${name}`, { row, other, witness: seen, defaultValue: `${fault} ${row}` });
}

export function Verdict({ report }: { report: AuditReport }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { broken, rows, erased, losses, witnessedTo } = report;
  const isWhole = broken === null;
  return (
    <Alert
      color={isWhole ? "green" : "red"}
      variant="light"
      icon={isWhole ? <IconShieldCheck size={18} /> : <IconAlertTriangle size={18} />}
      title={isWhole ? undefined : t("activity.broken")}
      role="status"
      data-testid={ids.auditVerdict}
    >
      <Stack gap={4}>
        {isWhole ? (
          <Text size="sm">{t("activity.whole", { rows: format.count(rows) })}</Text>
        ) : (
          <>
            <Text size="sm" fw={600}>
              {breakWords(broken, t)}
            </Text>
            {broken.atMs !== null && (
              <Text size="sm">
                {t("activity.stands", { when: format.instant(broken.atMs), who: whoWords(broken, t), act: actWords(broken.act, t) })}
              </Text>
            )}
            <Text size="sm">{t("activity.brokenText")}</Text>
          </>
        )}
        <Text size="sm">{witnessedTo > 0 ? t("activity.vouched", { row: witnessedTo }) : t("activity.vouchedNone")}</Text>
        {erased > 0 && <Text size="sm">{t("activity.erasedCount", { count: erased })}</Text>}
        {losses.map((loss) => (
          <Text key={loss.row} size="sm">
            {t("activity.loss", { from: loss.from, to: loss.to, row: loss.row, when: format.instant(loss.atMs) })}
          </Text>
        ))}
      </Stack>
    </Alert>
  );
}
