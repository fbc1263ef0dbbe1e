import { Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AlertRuleInfo, AlertsInfo, DigestInfo, QuietHoursInfo } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { MayButton } from "../../../shared/ui/MayButton";
import { Hours } from "./Hours";
import { RuleRow } from "./RuleRow";
import { RuleSetting } from "./RuleSetting";

interface Wanted {
  rules: AlertRuleInfo[];
  quiet: QuietHoursInfo;
  digest: DigestInfo;
}

const WRONGS = ["threshold", "channels", "quietFrom", "quietUntil", "digestAt"];

/** What is told and when. Nothing counts before it is saved, and all of it is saved together. */
export function Rules({ info }: { info: AlertsInfo }) {
  const { t } = useTranslation();
  const save = useAct("alerts.set");
  /** What was chosen, and not kept yet. */
  const [chosen, choose] = useState<Partial<Wanted>>({});
  const kept: Wanted = { rules: info.rules, quiet: info.quiet, digest: info.digest };
  const { rules, quiet, digest } = { ...kept, ...chosen };
  const isSame = JSON.stringify({ rules, quiet, digest }) === JSON.stringify(kept);
  const change = (name: string, to: Partial<AlertRuleInfo>) =>
    choose((before) => ({ ...before, rules: rules.map((one) => (one.rule === name ? { ...one, ...to } : one)) }));
  const error = save.error;
  const wrong = error && WRONGS.includes(error.field ?? "") ? t(`alerts.rule.wrong.${error.field}`, { detail: error.detail }) : null;
  return (
    <Stack gap="md" className="setting-group" data-testid={ids.alertRules}>
      <Title order={3}>{t("alerts.rule.title")}</Title>
      <Text size="sm" c="dimmed">
        {t("alerts.rule.text")}
      </Text>
      {rules.map((rule) => (
        <RuleSetting key={rule.rule} rule={rule} set={(to) => change(rule.rule, to)}>
          <RuleRow rule={rule} channels={info.channels} set={(to) => change(rule.rule, to)} />
        </RuleSetting>
      ))}
      <Hours
        quiet={quiet}
        digest={digest}
        setQuiet={(to) => choose((before) => ({ ...before, quiet: { ...quiet, ...to } }))}
        setDigest={(to) => choose((before) => ({ ...before, digest: { ...digest, ...to } }))}
      />
      {wrong && (
        <Text size="sm" c="red" role="alert" data-testid={ids.alertRulesWrong}>
          {wrong}
        </Text>
      )}
      {error && !wrong && <ErrorNote error={error} />}
      <MayButton
        command="alerts.set"
        w="fit-content"
        disabled={isSame}
        title={isSame ? t("alerts.rule.unchanged") : undefined}
        loading={save.isPending}
        onClick={() =>
          save.mutate(
            {
              rules: rules.map(({ rule, on, threshold, channels, passesQuiet, inDigest }) => ({ rule, on, threshold, channels, passesQuiet, inDigest })),
              quiet,
              digest,
            },
            { onSuccess: () => choose({}) },
          )
        }
        data-testid={ids.alertRulesSave}
      >
        {t("alerts.rule.save")}
      </MayButton>
    </Stack>
  );
}
