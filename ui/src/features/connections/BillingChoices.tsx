import { Select, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ConnectionInput, ConnectionListsInfo, VatChoice } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { useFormat } from "../../shared/ui/useFormat";

interface Props {
  draft: ConnectionInput;
  set: (change: Partial<ConnectionInput>) => void;
  lists: ConnectionListsInfo;
}

/** What most accounts need not choose: the warehouse that goods leave, and a rate's name where several have one percentage. */
export function BillingChoices({ draft, set, lists }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const warehouses = withChosen(lists.warehouses, draft.warehouse);
  return (
    <Stack gap="sm">
      {warehouses.length > 0 && (
        <Select
          label={t("wizard.warehouse")}
          description={t("wizard.warehouseText")}
          placeholder={t("wizard.noWarehouse")}
          data={warehouses}
          value={draft.warehouse || null}
          onChange={(name) => set({ warehouse: name ?? "" })}
          clearable
          data-testid={ids.connForm("warehouse")}
        />
      )}
      {severalNames(lists.vatRates).map(([percent, names]) => (
        <Select
          key={percent}
          label={t("wizard.rateName", { rate: t("draft.percent", { rate: format.decimal(percent, 0) }) })}
          description={t("wizard.rateNameText")}
          placeholder={t("wizard.rateBySystem")}
          data={withChosen(names, draft.vatNames[percent] ?? "")}
          value={draft.vatNames[percent] ?? null}
          onChange={(name) => set({ vatNames: choose(draft.vatNames, percent, name) })}
          clearable
          data-testid={ids.connForm(`rate-${percent}`)}
        />
      ))}
    </Stack>
  );
}

/** A choice that the provider no longer lists stays in sight. */
function withChosen(names: string[], chosen: string): string[] {
  return chosen && !names.includes(chosen) ? [...names, chosen] : names;
}

/** Percentages that the account has under several names, each with these. */
export function severalNames(rates: VatChoice[]): [string, string[]][] {
  const byPercent = new Map<string, string[]>();
  for (const { name, percent } of rates) byPercent.set(percent, [...(byPercent.get(percent) ?? []), name]);
  return [...byPercent].filter(([, names]) => names.length > 1);
}

function choose(names: Record<string, string>, percent: string, name: string | null): Record<string, string> {
  const { [percent]: _, ...others } = names;
  return name === null ? others : { ...others, [percent]: name };
}
