import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import i18next from "i18next";
import { useTranslation } from "react-i18next";
import type { ExportColumn, TableQuery } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";
import { ids } from "../../lib/testids";
import { ErrorNote } from "../ErrorNote";
import { useFormat } from "../useFormat";

interface Props {
  query: TableQuery;
  /** Rows of the filter; null until they are counted. */
  count: number | null;
  /** Those that were chosen one by one; null: none. */
  selected: string[] | null;
  columns: ExportColumn[];
}

const FORMATS = ["csv", "xlsx"] as const;
/** Columns whose cells are codes, and where the codes' words stand in the catalogues. */
const WORDS = {
  state: "state",
  decision: "decision",
  reason: "reason",
  role: "role",
  provider: "system",
  einvoice: "einvoice.state",
  status: "desk.shopStatus",
};

/** `state.issued` to its word in the screen's language, for every code that a cell can hold. */
export function exportWords(): Record<string, string> {
  const words: Record<string, string> = {};
  for (const [name, key] of Object.entries(WORDS)) {
    const codes = i18next.t(key, { returnObjects: true }) as unknown as Record<string, unknown>;
    for (const [code, word] of Object.entries(codes)) if (typeof word === "string" && code) words[`${name}.${code}`] = word;
  }
  return words;
}

/** Writes the whole filter, or what is chosen, to a file. How far it is stands in the status bar. */
export function ExportMenu({ query, count, selected, columns }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const start = useAct("export.start");
  const write = (as: (typeof FORMATS)[number], chosen: string[] | null) =>
    start.mutate({ query, ids: chosen, format: as, columns, words: exportWords() });
  const isEmpty = count === 0;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconDownload size={15} />}
            loading={start.isPending}
            disabled={isEmpty}
            title={isEmpty ? t("desk.nothingToExport") : undefined}
            data-testid={ids.export}
          >
            {t("desk.export")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {selected && (
            <>
              <Menu.Label>{t("desk.selected", { count: selected.length })}</Menu.Label>
              {FORMATS.map((as) => (
                <Menu.Item key={as} onClick={() => write(as, selected)} data-testid={ids.exportAs(as, "selected")}>
                  {t(`desk.format.${as}`)}
                </Menu.Item>
              ))}
            </>
          )}
          <Menu.Label>{count === null ? t("desk.wholeFilter") : t("desk.wholeFilterOf", { count: format.count(count) })}</Menu.Label>
          {FORMATS.map((as) => (
            <Menu.Item key={as} onClick={() => write(as, null)} data-testid={ids.exportAs(as, "all")}>
              {t(`desk.format.${as}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {start.error && <ErrorNote error={start.error} />}
    </>
  );
}
