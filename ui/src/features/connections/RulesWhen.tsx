import { Group, Select, TagsInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { RuleWhen } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { DecimalField } from "../../shared/ui/DecimalField";
import { statusCode, statusWord, statusWords } from "./statusWords";

interface Props {
  when: RuleWhen;
  set: (change: Partial<RuleWhen>) => void;
  wrong: (field: string) => string | undefined;
  /** Of which rule, in a test's words. */
  of: string;
}

/** Statuses, and whether an order must be paid. */
export function WhenState({ when, set, wrong, of, statusesText }: Props & { statusesText: string }) {
  const { t } = useTranslation();
  return (
    <Group grow align="flex-end">
      <TagsInput
        label={t("rules.statuses")}
        description={statusesText}
        data={statusWords(t)}
        value={when.statuses.map((code) => statusWord(t, code))}
        onChange={(words) => set({ statuses: words.map((word) => statusCode(t, word)) })}
        error={wrong("rules.statuses")}
        data-testid={ids.flowForm(`${of}-statuses`)}
      />
      <Select
        label={t("rules.paid.label")}
        data={["any", "yes", "no"].map((value) => ({ value, label: t(`rules.paid.${value}`) }))}
        value={when.paid}
        onChange={(paid) => paid && set({ paid })}
        allowDeselect={false}
        data-testid={ids.flowForm(`${of}-paid`)}
      />
    </Group>
  );
}

/** Payment methods, countries and amounts. */
export function WhenFacts({ when, set, wrong, of }: Props) {
  const { t } = useTranslation();
  return (
    <>
      {(["paymentMethods", "countries"] as const).map((field) => {
        const words = field === "countries" ? "countries" : "methods";
        return (
          <Group grow align="flex-start" key={field}>
            {(["include", "exclude"] as const).map((side) => (
              <TagsInput
                key={side}
                label={t(side === "include" ? `rules.${words}` : field === "countries" ? "rules.notCountries" : "rules.notMethods")}
                description={t(`rules.${words}Text`)}
                value={when[field][side]}
                onChange={(all) => set({ [field]: { ...when[field], [side]: field === "countries" ? all.map((one) => one.toUpperCase()) : all } })}
                error={wrong(`rules.${field}`)}
                data-testid={ids.flowForm(`${of}-${field}-${side}`)}
              />
            ))}
          </Group>
        );
      })}
      <Group grow align="flex-start">
        {(["minTotal", "maxTotal"] as const).map((field) => (
          <DecimalField
            key={field}
            label={t(`rules.${field}`)}
            description={t("rules.amountText")}
            value={when[field] ?? ""}
            onValue={(amount) => set({ [field]: amount || null })}
            refused={wrong(`rules.${field}`) !== undefined}
            data-testid={ids.flowForm(`${of}-${field}`)}
          />
        ))}
      </Group>
    </>
  );
}
