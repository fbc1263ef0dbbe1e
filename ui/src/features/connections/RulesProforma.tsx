import { Autocomplete, Group, Select, TagsInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { RuleProforma, SeriesChoice } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import type { RulesPart } from "./RulesLists";
import { statusCode, statusWord, statusWords } from "./statusWords";

interface SeriesProps {
  label: string;
  description: string;
  /** As the provider lists them, if it could be asked. */
  offered: SeriesChoice[];
  type: "proforma" | "receipt";
  value: string;
  set: (series: string) => void;
  wrong: string | undefined;
  testid: string;
}

/** A series of the provider: one of those that it lists, or typed. */
export function SeriesField({ label, description, offered, type, value, set, wrong, testid }: SeriesProps) {
  const names = offered.filter((one) => one.documentType === type).map((one) => one.name);
  return (
    <Autocomplete
      label={label}
      description={description}
      data={[...new Set(names)]}
      value={value}
      onChange={set}
      error={wrong}
      data-testid={ids.flowForm(testid)}
    />
  );
}

/** What an order becomes: an invoice, or a proforma while it is not paid. */
export function RulesProforma({ rules, set, wrong, offered }: RulesPart & { offered: SeriesChoice[] }) {
  const { t } = useTranslation();
  const { proforma } = rules;
  const change = (one: Partial<RuleProforma>) => set({ proforma: { ...proforma, ...one } });
  return (
    <>
      <Select
        label={t("rules.document")}
        data={["invoice", "proforma_then_invoice"].map((value) => ({ value, label: t(`rules.documents.${value}`) }))}
        value={rules.document}
        onChange={(document) => document && set({ document })}
        allowDeselect={false}
        data-testid={ids.flowForm("document")}
      />
      {rules.document === "proforma_then_invoice" && (
        <Group grow align="flex-start">
          <SeriesField
            label={t("rules.proformaSeries")}
            description={t("rules.proformaSeriesText")}
            offered={offered}
            type="proforma"
            value={proforma.series}
            set={(series) => change({ series })}
            wrong={wrong("rules.proformaSeries")}
            testid="proforma-series"
          />
          <TagsInput
            label={t("rules.proformaStatuses")}
            description={t("rules.proformaStatusesText")}
            data={statusWords(t)}
            value={proforma.statuses.map((code) => statusWord(t, code))}
            onChange={(words) => change({ statuses: words.map((word) => statusCode(t, word)) })}
            error={wrong("rules.proformaStatuses")}
            data-testid={ids.flowForm("proforma-statuses")}
          />
          <TagsInput
            label={t("rules.proformaMethods")}
            description={t("rules.proformaMethodsText")}
            value={proforma.paymentMethods}
            onChange={(paymentMethods) => change({ paymentMethods })}
            error={wrong("rules.proformaMethods")}
            data-testid={ids.flowForm("proforma-methods")}
          />
        </Group>
      )}
    </>
  );
}
