import { Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SetupPlan } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";

/** What of the file is another here. */
export type Renamed = Record<string, string>;

interface Props {
  plan: SetupPlan;
  companies: Renamed;
  series: Renamed;
  setCompanies: (to: Renamed) => void;
  setSeries: (to: Renamed) => void;
}

/** Each tax id and series of the file, to be put another in its place. */
export function Renames({ plan, companies, series, setCompanies, setSeries }: Props) {
  const { t } = useTranslation();
  if (plan.companies.length + plan.series.length === 0) return null;
  const refused = plan.problems.filter(({ code }) => code === "tax_id_wrong").map(({ given }) => given);
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
              onChange={(event) => setCompanies({ ...companies, [from]: event.currentTarget.value })}
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
            onChange={(event) => setSeries({ ...series, [from]: event.currentTarget.value })}
            autoComplete="off"
            data-testid={ids.setupSeries(from)}
          />
        ))}
      </Group>
    </Stack>
  );
}
