import { Button, CloseButton, Group, Text } from "@mantine/core";
import { IconArrowBackUp, IconCopy, IconMail, IconRefresh, IconRepeat } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Amount, BulkSelection, TableQuery } from "../../../api/generated/api";
import { bulkSelection, type Selection } from "../../lib/selection";
import { ids } from "../../lib/testids";
import { useFormat } from "../useFormat";
import { totalsOf } from "./columns";
import type { DeskRow } from "./useBlocks";
import { MayButton } from "../MayButton";

/** What can be done to many documents at once. */
export type BulkKind = "retry" | "storno" | "email" | "refresh";

const KINDS: { kind: BulkKind; icon: typeof IconRepeat }[] = [
  { kind: "retry", icon: IconRepeat },
  { kind: "storno", icon: IconArrowBackUp },
  { kind: "email", icon: IconMail },
  { kind: "refresh", icon: IconRefresh },
];

interface Props<R extends DeskRow> {
  selection: Selection<R>;
  count: number;
  /** Of the whole filter. */
  totals: Amount[];
  query: TableQuery;
  onBulk?: (kind: BulkKind, selection: BulkSelection) => void;
  /** An act is being planned. */
  busy: boolean;
  onCopy: () => void;
  onNone: () => void;
}

/** What is chosen, what it is worth, and what can be done to it. Every act is planned and told before anything happens. */
export function SelectionBar<R extends DeskRow>({ selection, count, totals, query, onBulk, busy, onCopy, onNone }: Props<R>) {
  const { t } = useTranslation();
  const format = useFormat();
  const isWhole = selection.all && selection.rows.size === 0;
  const worth = isWhole ? totals : selection.all ? [] : totalsOf(selection.rows.values());
  return (
    <Group gap="xs" wrap="nowrap" role="toolbar" aria-label={t("desk.selection")}>
      <CloseButton size="sm" onClick={onNone} aria-label={t("desk.selectNone")} title={t("desk.selectNone")} />
      <Text span size="sm" fw={600} data-testid={ids.deskSelected} className="desk-nowrap">
        {[t("desk.selected", { count }), ...(worth.length > 0 ? [format.amounts(worth)] : [])].join(" · ")}
      </Text>
      {onBulk &&
        KINDS.map(({ kind, icon: Icon }) => (
          <MayButton
            key={kind}
            command="bulk.plan"
            variant="default"
            size="compact-sm"
            leftSection={<Icon size={14} />}
            disabled={busy}
            onClick={() => onBulk(kind, bulkSelection(selection, query))}
            data-testid={ids.deskBulk(kind)}
          >
            {t(`desk.bulk.${kind}`)}
          </MayButton>
        ))}
      <Button variant="default" size="compact-sm" leftSection={<IconCopy size={14} />} onClick={onCopy} data-testid={ids.deskBulk("copy")}>
        {t("desk.copyRows")}
      </Button>
    </Group>
  );
}
