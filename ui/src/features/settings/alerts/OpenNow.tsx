import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { AlertInfo } from "../../../api/generated/api";
import { placeAt } from "../../../shared/lib/navigation";
import { ids } from "../../../shared/lib/testids";
import { Time } from "../../../shared/ui/Time";

/** What stands now, each leading to the screen that shows it. */
export function OpenNow({ open }: { open: AlertInfo[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Stack gap={4} data-testid={ids.alertsOpen}>
      <Title order={3}>{t("alerts.open.title")}</Title>
      {open.length === 0 && (
        <Group gap={8}>
          <IconCircleCheck size={18} color="var(--state-issued)" aria-hidden />
          <Text size="sm">{t("alerts.open.none")}</Text>
        </Group>
      )}
      {open.length > 0 && (
        <table className="plain">
          <tbody>
            {open.map((alert) => (
              <tr key={alert.id} data-testid={ids.alertOpen(alert.id)}>
                <td>{alert.title}</td>
                <td>
                  {t("alerts.open.since")} <Time ms={alert.sinceMs} />
                </td>
                <td className="num">
                  <Anchor
                    component="button"
                    type="button"
                    size="sm"
                    aria-label={t("alerts.open.showOf", { title: alert.title })}
                    onClick={() => void navigate(placeAt(alert.path))}
                  >
                    {t("alerts.open.show")}
                  </Anchor>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Stack>
  );
}
