import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import i18next from "i18next";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { ExportColumn, TableQuery } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";
import { type Selection, selectedCount } from "../../lib/selection";
import { ids } from "../../lib/testids";
import { ErrorNote } from "../ErrorNote";
import { useFormat } from "../useFormat";

interface Props {
  query: TableQuery;
  /** Rows of the filter; null until they are counted. */
  count: number | null;
  chosen: Selection<{ id: string }>;
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
export const ExportMenu = memo(function ExportMenu({ query, count, chosen, columns }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const start = useAct("export.start");
  const write = (as: (typeof FORMATS)[number], which: { ids: string[] | null; except: string[] }) =>
    start.mutate({ query, ...which, format: as, columns, words: exportWords() });
  const rows = [...chosen.rows.keys()];
  const selected = chosen.all ? { ids: null, except: rows } : { ids: rows, except: [] };
  const isEmpty = count === 0;
  const isCounted = !chosen.all || count !== null;
  const some = selectedCount(chosen, count ?? 0);
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
          {chosen.rows.size > 0 && (some > 0 || !isCounted) && (
            <>
              <Menu.Label>{isCounted ? t("desk.selected", { count: some }) : t("desk.selection")}</Menu.Label>
              {FORMATS.map((as) => (
                <Menu.Item key={as} onClick={() => write(as, selected)} data-testid={ids.exportAs(as, "selected")}>
                  {t(`desk.format.${as}`)}
                </Menu.Item>
              ))}
            </>
          )}
          <Menu.Label>{count === null ? t("desk.wholeFilter") : t("desk.wholeFilterOf", { count: format.count(count) })}</Menu.Label>
          {FORMATS.map((as) => (
            <Menu.Item key={as} onClick={() => write(as, { ids: null, except: [] })} data-testid={ids.exportAs(as, "all")}>
              {t(`desk.format.${as}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {start.error && <ErrorNote error={start.error} />}
    </>
  );
});
