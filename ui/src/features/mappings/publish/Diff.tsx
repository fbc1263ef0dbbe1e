import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { MappingChangeInfo, MappingDocument } from "../../../api/generated/api";
import { useAsk } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { BeforeAfter } from "../../../shared/ui/BeforeAfter";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { Loading } from "../../../shared/ui/Loading";
import { useWords } from "../editor/useWords";

/** What differs between two documents, field by field. */
export function Diff({ before, after }: { before: MappingDocument; after: MappingDocument }) {
  const { t } = useTranslation();
  const diff = useAsk("mappings.diff", { before, after });
  if (diff.error) return <ErrorNote error={diff.error} again={() => void diff.refetch()} />;
  if (!diff.data) return <Loading />;
  return <ChangeTable changes={diff.data.changes} none={t("editor.diff.none")} />;
}

function ChangeTable({ changes, none }: { changes: MappingChangeInfo[]; none: string }) {
  const { t } = useTranslation();
  const words = useWords();
  if (changes.length === 0) return <Text size="sm">{none}</Text>;
  const placeOf = ({ section, part, target }: MappingChangeInfo) => {
    const group = words.group(part ?? section);
    if (target === "") return group;
    // names inside tables are the mapping's own
    return `${group}: ${section === "tables" ? target : t(`editor.field.${target}`, { defaultValue: target })}`;
  };
  const textOf = (value: string | null, aspect: string) =>
    value === null ? null : aspect === "when_empty" ? t(`editor.whenEmpty.${value}`, { defaultValue: value }) : value || t("editor.nothing");
  const differences = changes.map((change) => ({
    key: `${change.section} ${change.part} ${change.target} ${change.aspect}`,
    field: (
      <>
        {placeOf(change)}
        <Text size="xs" c="dimmed">
          {t(`editor.aspect.${change.aspect}`, { defaultValue: change.aspect })}
        </Text>
      </>
    ),
    before: textOf(change.before, change.aspect),
    after: textOf(change.after, change.aspect),
  }));
  return <BeforeAfter differences={differences} testId={ids.diff} />;
}
