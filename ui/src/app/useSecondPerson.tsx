import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { useTranslation } from "react-i18next";
import { isApiError } from "../api/host";
import { needsSecond } from "../shared/lib/errors";
import { useGo } from "../shared/lib/navigation";
import { ids } from "../shared/lib/testids";

/** Whatever act was written down for a second person is told so, once for every screen, with the way to where it waits. */
export function useSecondPerson(): void {
  const { t } = useTranslation();
  const go = useGo();
  const client = useQueryClient();
  const tell = useEffectEvent((approval: string) => {
    const note = notifications.show({
      autoClose: 12_000,
      withCloseButton: true,
      closeButtonProps: { "aria-label": t("common.close") },
      message: (
        <Group gap="sm" wrap="nowrap" justify="space-between" data-testid={ids.secondAsked}>
          <Text size="sm">{t("approvals.asked")}</Text>
          <Button
            variant="default"
            style={{ flex: "none" }}
            onClick={() => {
              notifications.hide(note);
              go.stay({ approvals: approval });
            }}
            data-testid={ids.secondShow}
          >
            {t("approvals.show")}
          </Button>
        </Group>
      ),
    });
  });
  useEffect(
    () =>
      client.getMutationCache().subscribe((event) => {
        if (event.type !== "updated" || event.action.type !== "error") return;
        const { error } = event.action;
        if (!isApiError(error) || !needsSecond(error)) return;
        tell(error.detail || "waiting");
      }),
    [client],
  );
}
