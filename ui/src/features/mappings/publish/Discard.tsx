import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useAct } from "../../../api/queries";
import { ConfirmDialog } from "../../../shared/ui/ConfirmDialog";
import { useDesk } from "../editor/desk";

/** Throws the draft away: what is published stands again. */
export function Discard({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation();
  const { info, editing } = useDesk();
  const discard = useAct("mappings.discard_draft");
  const go = async () => {
    // a save on its way would bring the draft back
    await editing.keeping.flush();
    discard.mutate(
      { id: info.id },
      {
        onSuccess: () => {
          editing.restart(info.published, info.version);
          close();
        },
      },
    );
  };
  return (
    <ConfirmDialog
      opened={opened}
      danger
      title={t("editor.discard.title")}
      act={t("editor.discard.act", { version: info.version })}
      busy={discard.isPending}
      error={discard.error}
      onAct={() => void go()}
      onClose={close}
    >
      <Text size="sm">{t("editor.discard.text", { version: info.version })}</Text>
    </ConfirmDialog>
  );
}
