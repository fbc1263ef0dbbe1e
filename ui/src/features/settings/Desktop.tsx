import { Select, Stack, Switch, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { OnClose } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Card } from "./Card";
import defaults from "./defaults.json";
import { Setting, SWITCH } from "./Setting";

const WAYS: OnClose[] = ["ask", "keep", "quit"];
const usualWay = defaults["on-close"] as OnClose;
const REFUSED = "session_start: ";

/** How the window comes and goes. Of a browser nothing of it is told. */
export function Desktop() {
  const { t } = useTranslation();
  const desktop = useAsk("desktop.get", {}).data;
  const set = useAct("desktop.set");
  if (!desktop?.isWindow) return null;
  const refused = set.error?.detail.startsWith(REFUSED) ? set.error.detail.slice(REFUSED.length) : undefined;
  return (
    <Card of="desktop" testId={ids.desktop}>
      <Stack gap="sm">
        <div>
          <Title order={2}>{t("desktop.title")}</Title>
          <Text size="sm" c="dimmed">
            {t("desktop.text")}
          </Text>
        </div>
        <Setting
          id="on-close"
          changed={desktop.onClose !== usualWay}
          back={() => set.mutate({ onClose: usualWay, startsWithSession: null })}
          command="desktop.set"
        >
          <Select
            maw={360}
            label={t("desktop.onClose")}
            data={WAYS.map((value) => ({ value, label: t(`desktop.close.${value}`) }))}
            value={desktop.onClose}
            allowDeselect={false}
            onChange={(way) => way && set.mutate({ onClose: way, startsWithSession: null })}
            data-testid={ids.desktopField("close")}
          />
        </Setting>
        {!desktop.hasTray && <Text size="sm">{t("desktop.noTray")}</Text>}
        <Setting
          id="session-start"
          indent={SWITCH}
          changed={desktop.startsWithSession !== defaults["session-start"]}
          back={() => set.mutate({ onClose: null, startsWithSession: defaults["session-start"] })}
          command="desktop.set"
        >
          <Switch
            label={t("desktop.session")}
            description={t("desktop.sessionText")}
            checked={desktop.startsWithSession}
            onChange={(event) => set.mutate({ onClose: null, startsWithSession: event.currentTarget.checked })}
            error={refused && t("desktop.sessionFailed", { why: refused })}
            data-testid={ids.desktopField("session")}
          />
        </Setting>
        {set.error && refused === undefined && <ErrorNote error={set.error} />}
      </Stack>
    </Card>
  );
}
