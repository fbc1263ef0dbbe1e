import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { ids } from "../lib/testids";

/** Tells what was just done and offers to take it back, for as long as the note stands. Only for what is harmless. */
export function useUndo(): (what: string, undo: () => void) => void {
  const { t } = useTranslation();
  return useCallback(
    (what, undo) => {
      const id = notifications.show({
        autoClose: 8000,
        withCloseButton: true,
        closeButtonProps: { "aria-label": t("common.close") },
        message: (
          <Group gap="sm" wrap="nowrap" justify="space-between">
            <Text size="sm">{what}</Text>
            <Button
              variant="default"
              onClick={() => {
                notifications.hide(id);
                undo();
              }}
              data-testid={ids.undoNote}
            >
              {t("desk.undo")}
            </Button>
          </Group>
        ),
      });
    },
    [t],
  );
}
