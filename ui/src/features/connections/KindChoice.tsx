import { Radio, SegmentedControl, SimpleGrid } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ids } from "../../shared/lib/testids";
import { BILLING_KINDS, isShop, SHOP_KINDS } from "./kinds";

interface Props {
  kind: string;
  choose: (kind: string) => void;
}

/** What to connect to: among the shops each with what it is, among the billing providers by name. */
export function KindChoice({ kind, choose }: Props) {
  const { t } = useTranslation();
  if (!isShop(kind)) {
    return (
      <SegmentedControl
        aria-label={t("wizard.kind")}
        value={kind}
        onChange={choose}
        data={BILLING_KINDS.map((value) => ({ value, label: t(`system.${value}`) }))}
        data-testid={ids.connForm("kind")}
      />
    );
  }
  return (
    <Radio.Group label={t("wizard.kind")} value={kind} onChange={choose} data-testid={ids.connForm("kind")}>
      <SimpleGrid cols={2} spacing="xs" mt={6}>
        {SHOP_KINDS.map((value) => (
          <Radio
            key={value}
            size="xs"
            value={value}
            label={t(`wizard.${value}.title`, { defaultValue: t(`system.${value}`) })}
            description={t(`wizard.choice.${value}`)}
            data-testid={ids.connForm(`kind-${value}`)}
          />
        ))}
      </SimpleGrid>
    </Radio.Group>
  );
}
