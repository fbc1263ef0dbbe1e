import { Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ImportColumns } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { DecimalField } from "../../shared/ui/DecimalField";

interface Props {
  columns: ImportColumns;
  choose: (columns: ImportColumns) => void;
}

/** What holds for every order of the file where no column says it, and how its dates and numbers are written. */
export function Defaults({ columns, choose }: Props) {
  const { t } = useTranslation();
  const change = (now: Partial<ImportColumns>) => choose({ ...columns, ...now });
  const pick = (name: "status" | "dates" | "numbers", values: string[]) => (
    <Select
      size="xs"
      label={t(`imports.default.${name}`)}
      data={values.map((value) => ({ value, label: t(`imports.default.${name}Is.${value}`) }))}
      value={columns[name]}
      allowDeselect={false}
      onChange={(value) => value !== null && change({ [name]: value })}
      data-testid={ids.importDefault(name)}
    />
  );
  return (
    <>
      <TextInput
        size="xs"
        label={t("imports.default.currency")}
        description={t("imports.default.currencyText")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        value={columns.currency}
        maxLength={3}
        onChange={(event) => change({ currency: event.currentTarget.value.toUpperCase() })}
        data-testid={ids.importDefault("currency")}
      />
      <TextInput
        size="xs"
        label={t("imports.default.country")}
        description={t("imports.default.countryText")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        value={columns.country}
        maxLength={2}
        onChange={(event) => change({ country: event.currentTarget.value.toUpperCase() })}
        data-testid={ids.importDefault("country")}
      />
      <Select
        size="xs"
        label={t("imports.default.vat")}
        data={[
          { value: "with", label: t("imports.default.vatIs.with") },
          { value: "without", label: t("imports.default.vatIs.without") },
        ]}
        value={columns.pricesIncludeVat ? "with" : "without"}
        allowDeselect={false}
        onChange={(value) => change({ pricesIncludeVat: value === "with" })}
        data-testid={ids.importDefault("vat")}
      />
      <DecimalField
        size="xs"
        label={t("imports.default.rate")}
        description={t("imports.default.rateText")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        placeholder={t("imports.default.byMapping")}
        value={columns.vatRate ?? ""}
        example="9.5"
        maxLength={6}
        onValue={(rate) => change({ vatRate: rate || null })}
        data-testid={ids.importDefault("rate")}
      />
      {pick("status", ["paid", "completed"])}
      {pick("dates", ["auto", "day_first", "month_first"])}
      {pick("numbers", ["auto", "comma", "point"])}
    </>
  );
}
