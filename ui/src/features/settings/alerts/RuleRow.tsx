import { Checkbox, Group, MultiSelect, NumberInput, Stack, Switch, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AlertChannelInfo, AlertRuleInfo } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { SWITCH } from "../Setting";
import { useChannelName } from "./words";

interface Props {
  rule: AlertRuleInfo;
  channels: AlertChannelInfo[];
  set: (to: Partial<AlertRuleInfo>) => void;
}

/** One rule: what it watches for, from when on, whom it tells. */
export function RuleRow({ rule, channels, set }: Props) {
  const { t } = useTranslation();
  const nameOf = useChannelName();
  const name = t(`alerts.rule.name.${rule.rule}`);
  const unit = rule.unit === "" ? "" : t(`alerts.rule.unit.${rule.unit}`);
  return (
    <Stack gap={6} data-testid={ids.alertRule(rule.rule)}>
      <Switch
        label={name}
        description={t(`alerts.rule.about.${rule.rule}`)}
        checked={rule.on}
        onChange={(event) => set({ on: event.currentTarget.checked })}
        data-testid={ids.alertRuleField(rule.rule, "on")}
      />
      {rule.on && (
        <Stack gap={8} pl={SWITCH}>
          <Group gap="sm">
            {unit !== "" && (
              <Group gap="xs">
                <NumberInput
                  w={130}
                  aria-label={t("alerts.rule.thresholdOf", { rule: name, unit })}
                  leftSection={t("alerts.rule.threshold")}
                  leftSectionWidth={62}
                  hideControls
                  min={rule.least}
                  max={rule.most}
                  clampBehavior="blur"
                  allowDecimal={false}
                  thousandSeparator=""
                  value={rule.threshold}
                  onChange={(value) => set({ threshold: Number(value) || 0 })}
                  data-testid={ids.alertRuleField(rule.rule, "threshold")}
                />
                <Text size="sm" w={140} aria-hidden>
                  {unit}
                </Text>
              </Group>
            )}
            <MultiSelect
              w={260}
              aria-label={t("alerts.rule.channelsOf", { rule: name })}
              placeholder={rule.channels === null || rule.channels.length === 0 ? t("alerts.rule.allChannels") : undefined}
              data={channels.map((channel) => ({ value: channel.id, label: nameOf(channel) }))}
              value={rule.channels ?? []}
              // nobody chosen is everybody: a rule that tells nobody is switched off instead
              onChange={(chosen) => set({ channels: chosen.length === 0 ? null : chosen })}
              data-testid={ids.alertRuleField(rule.rule, "channels")}
            />
          </Group>
          <Group gap="lg">
            <Checkbox
              size="xs"
              label={t("alerts.rule.passesQuiet")}
              checked={rule.passesQuiet}
              onChange={(event) => set({ passesQuiet: event.currentTarget.checked })}
              data-testid={ids.alertRuleField(rule.rule, "quiet")}
            />
            <Checkbox
              size="xs"
              label={t("alerts.rule.inDigest")}
              checked={rule.inDigest}
              onChange={(event) => set({ inDigest: event.currentTarget.checked })}
              data-testid={ids.alertRuleField(rule.rule, "digest")}
            />
          </Group>
        </Stack>
      )}
    </Stack>
  );
}
