import { Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DesktopInfo, OnClose } from "../api/generated/api";
import { useAct, useAsk } from "../api/queries";
import { ids } from "../shared/lib/testids";
import { ErrorNote } from "../shared/ui/ErrorNote";

/** Asks what closing the window does, whoever is at it. */
export function LeaveDialog() {
  const asked = useAsk("desktop.get", {}).data;
  if (!asked?.isWindow || !asked.isAsked) return null;
  return <Question desktop={asked} />;
}

function Question({ desktop }: { desktop: DesktopInfo }) {
  const { t } = useTranslation();
  const leave = useAct("desktop.leave");
  const [remember, setRemember] = useState(desktop.hasTray);
  const answer = (how: OnClose) => leave.mutate({ how, remember: remember && desktop.hasTray });
  return (
    <Modal
      opened
      onClose={() => answer("ask")}
      title={t("desktop.leave.title")}
      centered
      transitionProps={{ duration: 80 }}
      data-testid={ids.leave}
    >
      <Stack gap="sm">
        <Text size="sm">{t("desktop.leave.text")}</Text>
        <Text size="sm">{t(desktop.hasTray ? "desktop.leave.tray" : "desktop.leave.noTray")}</Text>
        <Text size="sm" c="dimmed">
          {t("desktop.leave.quit")}
        </Text>
        {desktop.hasTray && (
          <Checkbox
            label={t("desktop.leave.remember")}
            description={t("desktop.leave.rememberText")}
            checked={remember}
            onChange={(event) => setRemember(event.currentTarget.checked)}
            data-testid={ids.leaveAct("remember")}
          />
        )}
        {leave.error && <ErrorNote error={leave.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => answer("ask")} data-testid={ids.leaveAct("stay")}>
            {t("common.cancel")}
          </Button>
          <Button variant="default" onClick={() => answer("quit")} loading={leave.isPending} data-testid={ids.leaveAct("quit")}>
            {t("desktop.leave.quitAct")}
          </Button>
          <Button onClick={() => answer("keep")} loading={leave.isPending} data-autofocus data-testid={ids.leaveAct("keep")}>
            {t("desktop.leave.keepAct")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
