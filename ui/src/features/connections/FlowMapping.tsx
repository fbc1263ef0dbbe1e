import { Alert, Select } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { FlowInput } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import type { MappingChoices } from "./fittingMapping";

interface Props {
  choices: MappingChoices;
  set: (change: Partial<FlowInput>) => void;
}

/** By which mapping the flow's orders become invoices; one that reads other shops' orders is told before it holds every order. */
export function FlowMapping({ choices, set }: Props) {
  const { t } = useTranslation();
  const { published, chosen, preset, orders, other } = choices;
  const added = preset === null ? [] : [{ value: "", label: t("flow.mappingAdded", { name: t(`editor.preset.${preset}.name`) }) }];
  return (
    <>
      <Select
        label={t("flow.mapping")}
        description={t("flow.mappingText")}
        data={[...published.map((one) => ({ value: one.id, label: one.name })), ...added]}
        value={chosen}
        onChange={(mappingId) => mappingId !== null && set({ mappingId })}
        allowDeselect={false}
        data-testid={ids.flowForm("mapping")}
      />
      {other && (
        <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />} role="alert" data-testid={ids.flowForm("mapping-other")}>
          {t("flow.mappingOther", { mapping: other.name, its: t(`flow.ordersOf.${other.orders}`), shops: t(`flow.ordersOf.${orders}`) })}
        </Alert>
      )}
    </>
  );
}
