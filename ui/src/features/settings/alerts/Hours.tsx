import { Group, Stack, Switch, TextInput, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { DigestInfo, QuietHoursInfo } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import defaults from "../defaults.json";
import { Setting, SWITCH } from "../Setting";
import { clockOf, minuteOf } from "./words";

interface Props {
  quiet: QuietHoursInfo;
  digest: DigestInfo;
  setQuiet: (to: Partial<QuietHoursInfo>) => void;
  setDigest: (to: Partial<DigestInfo>) => void;
}

/** Whether hours are others than those at first. */
function isOther(now: object, first: object): boolean {
  const told: Record<string, unknown> = { ...now };
  return Object.entries(first).some(([name, value]) => told[name] !== value);
}

/** When nothing is told but what passes, and when what waits is told together. */
export function Hours({ quiet, digest, setQuiet, setDigest }: Props) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" className="setting-group">
      <Title order={3}>{t("alerts.hours.title")}</Title>
      <Setting
        id="alert-quiet"
        indent={SWITCH}
        changed={isOther(quiet, defaults["alert-quiet"])}
        back={() => setQuiet(defaults["alert-quiet"])}
        command="alerts.set"
      >
        <Switch
          label={t("alerts.hours.quiet")}
          description={t("alerts.hours.quietText")}
          checked={quiet.on}
          onChange={(event) => setQuiet({ on: event.currentTarget.checked })}
          data-testid={ids.alertHours("quiet")}
        />
        {quiet.on && (
          <Group gap="sm" pl={SWITCH} mt="sm">
            <Clock label={t("alerts.hours.from")} minute={quiet.fromMinute} set={(fromMinute) => setQuiet({ fromMinute })} testId={ids.alertHours("from")} />
            <Clock label={t("alerts.hours.until")} minute={quiet.untilMinute} set={(untilMinute) => setQuiet({ untilMinute })} testId={ids.alertHours("until")} />
          </Group>
        )}
      </Setting>
      <Setting
        id="alert-digest"
        indent={SWITCH}
        changed={isOther(digest, defaults["alert-digest"])}
        back={() => setDigest(defaults["alert-digest"])}
        command="alerts.set"
      >
        <Switch
          label={t("alerts.hours.digest")}
          description={t("alerts.hours.digestText")}
          checked={digest.on}
          onChange={(event) => setDigest({ on: event.currentTarget.checked })}
          data-testid={ids.alertHours("digest")}
        />
        {digest.on && (
          <Group gap="sm" pl={SWITCH} mt="sm">
            <Clock label={t("alerts.hours.at")} minute={digest.atMinute} set={(atMinute) => setDigest({ atMinute })} testId={ids.alertHours("at")} />
          </Group>
        )}
      </Setting>
    </Stack>
  );
}

function Clock({ label, minute, set, testId }: { label: string; minute: number; set: (minute: number) => void; testId: string }) {
  return (
    <TextInput
      type="time"
      w={130}
      label={label}
      value={clockOf(minute)}
      onChange={(event) => {
        // a field that is being typed in is empty for a moment
        const typed = minuteOf(event.currentTarget.value);
        if (typed !== null) set(typed);
      }}
      data-testid={testId}
    />
  );
}
