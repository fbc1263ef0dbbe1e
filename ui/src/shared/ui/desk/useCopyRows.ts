import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";
import { isSelected, type Selection } from "../../lib/selection";
import { type DeskColumn, tsvOf } from "./columns";
import type { DeskRow, Rows } from "./useBlocks";

/** More rows than this are for an export. */
const MAX_COPIED = 10_000;

/** Copies what is chosen, else the row given, as tab-separated lines of the columns on screen. */
export function useCopyRows<R extends DeskRow>(columns: DeskColumn<R>[], rows: Rows<R>, count: number) {
  const { t } = useTranslation();
  return async (selection: Selection<R>, focused: R | undefined) => {
    const some = selection.rows.size > 0 || !focused ? [...selection.rows.values()] : [focused];
    const all = selection.all ? (await rows.take(0, Math.min(count, MAX_COPIED) - 1)).filter((row) => isSelected(selection, row.id)) : some;
    if (all.length === 0) return;
    try {
      await navigator.clipboard.writeText(tsvOf(all, columns));
      const left = selection.all && count > MAX_COPIED ? ` ${t("desk.copiedPart")}` : "";
      notifications.show({ message: t("desk.copied", { count: all.length }) + left, autoClose: 3000 });
    } catch {
      notifications.show({ color: "orange", message: t("desk.copyFailed") });
    }
  };
}
