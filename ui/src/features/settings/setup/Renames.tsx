import { Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SetupPlan } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";

/** What of the file is another here. */
export type Renamed = Record<string, string>;

type Part = "companies" | "series" | "accounts";

interface Props {
  plan: SetupPlan;
  renamed: Record<Part, Renamed>;
  set: (part: Part, to: Renamed) => void;
}

/** Each tax id, series and Stripe account of the file, to be put another in its place. */
export function Renames({ plan, renamed, set }: Props) {
  const { t } = useTranslation();
  const { companies, series, accounts } = renamed;
  if (plan.companies.length + plan.series.length + plan.accounts.length === 0) return null;
  const refused = plan.problems.filter(({ code }) => code === "tax_id_wrong").map(({ given }) => given);
  const wrongAccounts = plan.problems.filter(({ code, at }) => code === "wrong_value" && at.endsWith(".account")).map(({ given }) => given);
  return (
    <Stack gap="xs">
      <div>
        <Title order={4}>{t("setup.rename.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("setup.rename.text")}
        </Text>
      </div>
      <Group gap="sm" align="flex-start">
        {plan.companies.map((from) => {
          const now = companies[from] ?? "";
          return (
            <TextInput
              key={from}
              w={178}
              label={t("setup.rename.company", { from })}
              placeholder={from}
              maxLength={20}
              value={now}
              onChange={(event) => set("companies", { ...companies, [from]: event.currentTarget.value })}
              error={refused.includes(now.trim() || from) && t("setup.problem.tax_id_wrong")}
              autoComplete="off"
              data-testid={ids.setupCompany(from)}
            />
          );
        })}
        {plan.series.map((from) => (
          <TextInput
            key={from}
            w={118}
            label={t("setup.rename.series", { from })}
            placeholder={from}
            maxLength={50}
            value={series[from] ?? ""}
            onChange={(event) => set("series", { ...series, [from]: event.currentTarget.value })}
            autoComplete="off"
            data-testid={ids.setupSeries(from)}
          />
        ))}
      </Group>
      {plan.accounts.map((from) => {
        const now = accounts[from] ?? "";
        return (
          <TextInput
            key={from}
            w={308}
            label={t("setup.rename.account", { from })}
            description={t("setup.rename.accountText")}
            placeholder={from}
            maxLength={100}
            value={now}
            onChange={(event) => set("accounts", { ...accounts, [from]: event.currentTarget.value })}
            error={wrongAccounts.includes(now.trim() || from) && t("setup.problem.wrong_value")}
            autoComplete="off"
            data-testid={ids.setupAccount(from)}
          />
        );
      })}
    </Stack>
  );
}
