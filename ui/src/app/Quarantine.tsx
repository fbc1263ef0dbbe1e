import { Alert, Group, Stack, Text } from "@mantine/core";
import { IconShieldLock } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { QuarantineInfo, SeriesReadInfo } from "../api/generated/api";
import { useAct } from "../api/queries";
import { ids } from "../shared/lib/testids";
import { ConfirmDialog } from "../shared/ui/ConfirmDialog";
import { MayButton } from "../shared/ui/MayButton";
import { Time } from "../shared/ui/Time";

/** Why nothing is sent, what is being read instead, how far that is, and a person's way out. */
export function Quarantine({ quarantine }: { quarantine: QuarantineInfo }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const lift = useAct("workspace.lift_quarantine");
  return (
    <Alert color="red" radius={0} py={8} icon={<IconShieldLock size={18} />} data-testid={ids.quarantine}>
      <Group justify="space-between" gap="sm" align="flex-start">
        <Stack gap={2} flex={1}>
          <Text size="sm">
            <b>{t(`quarantine.reason.${quarantine.reason}`)}</b> {t("quarantine.what")}
          </Text>
          <Text size="sm">
            {t("quarantine.since")} <Time ms={quarantine.sinceMs} />
            {quarantine.readsFromMs !== null && (
              <>
                {" · "}
                {t("quarantine.readsFrom")} <Time ms={quarantine.readsFromMs} />
              </>
            )}
          </Text>
          <Progress series={quarantine.series} />
        </Stack>
        <MayButton command="workspace.lift_quarantine" variant="white" color="dark" onClick={() => setAsked(true)} data-testid={ids.quarantineLift}>
          {t("quarantine.lift")}
        </MayButton>
      </Group>
      <ConfirmDialog
        opened={asked}
        title={t("quarantine.liftTitle")}
        act={t("quarantine.lift")}
        danger
        askReason
        busy={lift.isPending}
        error={lift.error}
        onAct={(reason) => lift.mutate({ reason }, { onSuccess: () => setAsked(false) })}
        onClose={() => setAsked(false)}
      >
        <Text size="sm">{t("quarantine.liftText")}</Text>
        <Progress series={quarantine.series} />
      </ConfirmDialog>
    </Alert>
  );
}

function Progress({ series }: { series: SeriesReadInfo[] }) {
  const { t } = useTranslation();
  return (
    <>
      {series.map((one) => (
        <Text size="sm" key={`${one.connection} ${one.series}`}>
          {t("quarantine.series", { connection: one.connection, series: one.series })}{" "}
          {t(`quarantine.state.${one.state}`)} {t("quarantine.read", { count: one.read })}{" "}
          {t("quarantine.found", { count: one.found })}
          {one.unreadable.length > 0 && ` ${t("quarantine.unreadable", { numbers: one.unreadable.join(", ") })}`}
          {one.failure && ` ${t(`failure.${one.failure.kind}.title`)}`}
        </Text>
      ))}
    </>
  );
}
