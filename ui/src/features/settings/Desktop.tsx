import { Select, Stack, Switch, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { OnClose } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";

const WAYS: OnClose[] = ["ask", "keep", "quit"];
const REFUSED = "session_start: ";

/** How the window comes and goes. Of a browser nothing of it is told. */
export function Desktop() {
  const { t } = useTranslation();
  const desktop = useAsk("desktop.get", {}).data;
  const set = useAct("desktop.set");
  if (!desktop?.isWindow) return null;
  const refused = set.error?.detail.startsWith(REFUSED) ? set.error.detail.slice(REFUSED.length) : undefined;
  return (
    <section className="card" data-testid={ids.desktop}>
      <Stack gap="sm">
        <div>
          <Title order={2}>{t("desktop.title")}</Title>
          <Text size="sm" c="dimmed">
            {t("desktop.text")}
          </Text>
        </div>
        <Select
          maw={360}
          label={t("desktop.onClose")}
          description={t("desktop.onCloseText")}
          data={WAYS.map((value) => ({ value, label: t(`desktop.close.${value}`) }))}
          value={desktop.onClose}
          allowDeselect={false}
          onChange={(way) => way && set.mutate({ onClose: way, startsWithSession: null })}
          data-testid={ids.desktopField("close")}
        />
        {!desktop.hasTray && <Text size="sm">{t("desktop.noTray")}</Text>}
        <Switch
          label={t("desktop.session")}
          description={t("desktop.sessionText")}
          checked={desktop.startsWithSession}
          onChange={(event) => set.mutate({ onClose: null, startsWithSession: event.currentTarget.checked })}
          error={refused && t("desktop.sessionFailed", { why: refused })}
          data-testid={ids.desktopField("session")}
        />
        {set.error && refused === undefined && <ErrorNote error={set.error} />}
      </Stack>
    </section>
  );
}
