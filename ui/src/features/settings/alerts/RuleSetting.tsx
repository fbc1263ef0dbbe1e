import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { AlertRuleInfo } from "../../../api/generated/api";
import { isSetting } from "../catalogue";
import defaults from "../defaults.json";
import { Setting, SWITCH } from "../Setting";

interface Props {
  rule: AlertRuleInfo;
  set: (to: Partial<AlertRuleInfo>) => void;
  children: ReactNode;
}

/** A rule as a setting: its threshold's default is told with it, and everybody is told unless somebody chose otherwise. */
export function RuleSetting({ rule, set, children }: Props) {
  const { t } = useTranslation();
  const id = `alert-${rule.rule}`;
  if (!isSetting(id)) return children;
  const { passesQuiet } = usualOf(id);
  const facts = [
    t("setting.on"),
    rule.unit !== "" && t("setting.usual.threshold", { unit: t(`alerts.rule.unit.${rule.unit}`), count: rule.usual }),
    passesQuiet && t("alerts.rule.passesQuiet"),
  ];
  const isUsual = rule.on && rule.threshold === rule.usual && rule.channels === null && rule.passesQuiet === passesQuiet && !rule.inDigest;
  return (
    <Setting
      id={id}
      indent={SWITCH}
      usual={facts.filter(Boolean).join(" · ")}
      changed={!isUsual}
      back={() => set({ on: true, threshold: rule.usual, channels: null, passesQuiet, inDigest: false })}
      command="alerts.set"
    >
      {children}
    </Setting>
  );
}

function usualOf(id: string): { passesQuiet: boolean } {
  const told: Record<string, unknown> = defaults;
  const usual = told[id];
  return { passesQuiet: typeof usual === "object" && usual !== null && "passesQuiet" in usual && usual.passesQuiet === true };
}
