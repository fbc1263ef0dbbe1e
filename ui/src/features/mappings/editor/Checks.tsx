import { Checkbox, Group, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MappingDocument } from "../../../api/generated/api";
import { parseNumber, writeNumber } from "../../../shared/lib/numbers";
import { ids } from "../../../shared/lib/testids";
import { useFormat } from "../../../shared/ui/useFormat";
import { useDesk } from "./desk";

/** How exactly the invoice must add up to the order, and the visible line that may take up a difference. */
export function Checks() {
  const { t } = useTranslation();
  const { editing, trial } = useDesk();
  const { document, change } = editing;
  const set = (part: Partial<MappingDocument>, what: string) => change({ ...document, ...part }, what);
  const { rounding } = document;
  const wrong = trial.now?.errors.find((error) => error.problem.code === "settings");
  return (
    <section className="target-group" data-testid={ids.targetGroup("checks")}>
      <Group className="target-head">
        <Title order={3}>{t("editor.group.checks")}</Title>
      </Group>
      <div className="checks">
        <AmountField
          label={t("editor.tolerance")}
          description={t("editor.toleranceText")}
          value={document.tolerance}
          onValue={(tolerance) => set({ tolerance }, "tolerance")}
          testId={ids.tolerance}
        />
        <Checkbox
          size="xs"
          label={t("editor.rounding")}
          description={t("editor.roundingText")}
          checked={rounding !== null}
          onChange={(event) =>
            set({ rounding: event.currentTarget.checked ? { cap: "0.05", name: t("editor.roundingLine") } : null }, "")
          }
          data-testid={ids.rounding}
        />
        {rounding && (
          <Group gap="sm" wrap="nowrap" align="flex-start">
            <AmountField
              label={t("editor.roundingCap")}
              value={rounding.cap}
              onValue={(cap) => set({ rounding: { ...rounding, cap } }, "cap")}
              testId={ids.roundingCap}
            />
            <TextInput
              flex={1}
              size="xs"
              label={t("editor.roundingName")}
              value={rounding.name}
              onChange={(event) => set({ rounding: { ...rounding, name: event.currentTarget.value } }, "rounding name")}
              data-testid={ids.roundingName}
            />
          </Group>
        )}
        {wrong && (
          <Text size="xs" c="var(--state-mismatched)">
            {t("editor.problem.settings.what", { detail: wrong.problem.detail })} {t("editor.problem.settings.fix")}
          </Text>
        )}
      </div>
    </section>
  );
}

interface AmountProps {
  label: string;
  description?: string;
  value: string;
  onValue: (value: string) => void;
  testId: string;
}

/** An amount up to 1, kept as decimal text with a point; what is none yet stays in the field alone. */
function AmountField({ label, description, value, onValue, testId }: AmountProps) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const [typed, setTyped] = useState<string | null>(null);
  const good = (text: string) => {
    const amount = parseNumber(text, language, { decimals: 2 });
    return amount !== null && Number(amount) <= 1 ? amount : null;
  };
  const shown = typed ?? writeNumber(value, language);
  return (
    <TextInput
      size="xs"
      label={label}
      description={description}
      inputMode="decimal"
      value={shown}
      error={good(shown) === null ? t("editor.wrongAmount") : undefined}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        const amount = good(text);
        if (amount !== null) onValue(amount);
      }}
      onBlur={() => setTyped(null)}
      data-testid={testId}
    />
  );
}
