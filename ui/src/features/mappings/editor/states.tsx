import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleDot, IconClock, IconCirclePlus, type TablerIcon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { TargetRow, TargetState } from "../model/targets";

const LOOKS: Record<TargetState, { icon: TablerIcon; color: string }> = {
  filled: { icon: IconCircleCheck, color: "var(--state-issued)" },
  default: { icon: IconCircleDot, color: "var(--state-waiting)" },
  empty: { icon: IconCircleDashed, color: "var(--mantine-color-dimmed)" },
  error: { icon: IconAlertTriangle, color: "var(--state-mismatched)" },
  missing: { icon: IconCirclePlus, color: "var(--state-held)" },
  untried: { icon: IconClock, color: "var(--mantine-color-dimmed)" },
};

/** A target's state as an icon with its word. */
export function StateOf({ state }: { state: TargetState }) {
  const { t } = useTranslation();
  const { icon: Icon, color } = LOOKS[state];
  return (
    <span className="target-state" data-state={state}>
      <Icon size={14} stroke={2} color={color} aria-hidden />
      <span>{t(`editor.state.${state}`)}</span>
    </span>
  );
}

/** One text for a target's values: the value itself, or the first of several with how many more differ. */
export function useValueText() {
  const { t } = useTranslation();
  return (row: Pick<TargetRow, "values">): string => {
    const texts = row.values.map((value) => value.value ?? "");
    const distinct = [...new Set(texts)];
    const first = distinct[0] ?? "";
    if (distinct.length <= 1) return first;
    return t("editor.andMore", { value: first === "" ? t("editor.nothing") : first, count: distinct.length - 1 });
  };
}
