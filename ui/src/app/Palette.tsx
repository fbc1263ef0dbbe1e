import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData, spotlight } from "@mantine/spotlight";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFileInvoice, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAsk } from "../api/queries";
import { type ScreenPath, useGo } from "../shared/lib/navigation";

const SCREENS: ScreenPath[] = [
  "/overview",
  "/connections",
  "/mappings",
  "/orders",
  "/invoices",
  "/failures",
  "/reconcile",
  "/settings",
];

export const openPalette = () => spotlight.open();

/** Ctrl+K: every screen, and whatever record the typed words find. */
export function Palette() {
  const { t } = useTranslation();
  const go = useGo();
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), 200);
  const found = useAsk("documents.list", { search, filter: "", after: null, limit: 8 }, search.length > 1);
  const screens: SpotlightActionData[] = SCREENS.map((path) => ({
    id: path,
    label: t(`nav.${path.slice(1)}`),
    onClick: () => go.screen(path),
  }));
  const records: SpotlightActionData[] = (search.length > 1 ? (found.data?.rows ?? []) : []).map((row) => ({
    id: row.id,
    label: `#${row.orderNumber} · ${row.client}`,
    description: [t(`state.${row.state}`), row.number ? `${row.series} ${row.number}` : ""].filter(Boolean).join(" · "),
    keywords: typed,
    leftSection: <IconFileInvoice size={18} stroke={1.6} />,
    onClick: () => go.screen("/invoices", { document: row.id }),
  }));
  const groups: SpotlightActionGroupData[] = [{ group: t("shell.screens"), actions: screens }];
  if (records.length > 0) groups.unshift({ group: t("nav.invoices"), actions: records });
  return (
    <Spotlight
      actions={groups}
      query={typed}
      onQueryChange={setTyped}
      shortcut={["mod + K"]}
      nothingFound={t("shell.nothing")}
      searchProps={{ leftSection: <IconSearch size={18} />, placeholder: t("shell.jump") }}
      scrollable
      maxHeight={420}
    />
  );
}
