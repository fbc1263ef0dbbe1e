import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useAct } from "../../api/queries";
import { ConfirmDialog } from "../../shared/ui/ConfirmDialog";

interface Props {
  /** Our record of the invoice. */
  document: string;
  series: string;
  number: string;
  provider: string;
  close: () => void;
}

/** Takes an issued invoice back, whole: says what comes to be at the provider, and asks for a reason. */
export function StornoDialog({ document, series, number, provider, close }: Props) {
  const { t } = useTranslation();
  const storno = useAct("documents.storno");
  const facts = { number: `${series} ${number}`, series, provider: t(`system.${provider}`) };
  return (
    <ConfirmDialog
      opened
      danger
      title={t("acts.storno.title", facts)}
      act={t("acts.storno.do", facts)}
      askReason
      busy={storno.isPending}
      error={storno.error}
      onAct={(reason) => storno.mutate({ id: document, reason }, { onSuccess: close })}
      onClose={close}
    >
      <Text size="sm">{t("acts.storno.text", { ...facts, context: provider })}</Text>
    </ConfirmDialog>
  );
}
