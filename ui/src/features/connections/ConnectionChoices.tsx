import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CompanyChoice, ConnectionInput, SeriesChoice, VatChoice } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { useFormat } from "../../shared/ui/useFormat";

/** What the provider has to choose from: as a test found it, or as it was read before. */
interface Lists {
  companies: CompanyChoice[] | null;
  series: SeriesChoice[];
  vatRates: VatChoice[];
}

interface Props {
  draft: ConnectionInput;
  set: (change: Partial<ConnectionInput>) => void;
  lists: Lists | undefined;
  /** The rates too: where no other part of the form shows them. */
  rates: boolean;
  /** The company that its lists are of. */
  listedFor: string | null;
  /** The host took the company's code for none, and asked nobody. */
  isMistyped: boolean;
  busy: boolean;
  readLists: (company: string | null) => void;
}

/** Company, series and rates as the provider has them; a company that it does not list is typed. */
export function ConnectionChoices({ draft, set, lists, rates, listedFor, isMistyped, busy, readLists }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const companies = lists?.companies ?? [];
  const listed = lists !== undefined && !!draft.company && draft.company === listedFor;
  const series = listed ? seriesOptions(lists.series, (facts) => t("wizard.seriesNext", facts)) : [];
  const isUnknown = !!draft.series && !series.some((one) => one.value === draft.series);
  const typed = draft.company?.trim() ?? "";
  return (
    <Stack gap="sm">
      {companies.length > 0 ? (
        <Select
          label={t("wizard.company")}
          data={companyOptions(companies)}
          value={draft.company}
          onChange={(company) => company && readLists(company)}
          allowDeselect={false}
          data-testid={ids.connForm("company")}
        />
      ) : (
        <Group align="flex-end" gap="xs">
          <TextInput
            flex={1}
            label={t("wizard.company")}
            description={t("wizard.companyTyped")}
            value={draft.company ?? ""}
            onChange={(event) => set({ company: event.currentTarget.value || null })}
            error={isMistyped && t("wizard.companyWrong")}
            data-testid={ids.connForm("company")}
          />
          {lists && typed !== "" && !listed && (
            <Button
              size="sm"
              variant="default"
              loading={busy}
              onClick={() => readLists(draft.company)}
              data-testid="conn-read-lists"
            >
              {t("wizard.readLists")}
            </Button>
          )}
        </Group>
      )}
      {series.length > 0 && (
        <Select
          label={t("wizard.series")}
          description={t("wizard.seriesText")}
          data={series}
          value={draft.series}
          onChange={(name) => set({ series: name })}
          error={isUnknown && t("wizard.seriesUnknown", { series: draft.series })}
          data-testid={ids.connForm("series")}
        />
      )}
      {listed && series.length === 0 && <Text size="sm">{t("wizard.noSeries")}</Text>}
      {rates && listed && lists.vatRates.length > 0 && (
        <Text size="sm" c="dimmed">
          {t("wizard.rates")}
          {": "}
          {lists.vatRates
            .map((rate) => `${rate.name} ${t("draft.percent", { rate: format.decimal(rate.percent, 0) })}`)
            .join(", ")}
        </Text>
      )}
    </Stack>
  );
}

export function companyOptions(companies: CompanyChoice[]) {
  return companies.map((one) => ({ value: one.cif, label: `${one.name} · ${one.cif}` }));
}

/** Series for invoices, each with its next number where the provider tells it. */
export function seriesOptions(all: SeriesChoice[], named: (facts: { name: string; number: string }) => string) {
  return all
    .filter((one) => one.documentType === "invoice")
    .map(({ name, nextNumber }) => ({ value: name, label: nextNumber ? named({ name, number: nextNumber }) : name }));
}
