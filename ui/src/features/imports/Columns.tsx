import { Button, Select, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportColumns, ImportField, ImportPreview } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { DocsPage } from "../../shared/ui/DocsPage";
import { Defaults } from "./Defaults";
import { defaultOf, examplesOf, isShown, partOf, PARTS, useFieldName, withColumn } from "./fields";

interface Props {
  preview: ImportPreview;
  columns: ImportColumns;
  choose: (columns: ImportColumns) => void;
}

/** Which column is which field of an order, and what holds where no column says it. */
export function Columns({ preview, columns, choose }: Props) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  // a field that was given a column, or lost one, stays where it stood
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const more = preview.fields.filter((one) => !touched.has(one.field) && !isShown(one, columns, preview.missing));
  const shown = all ? preview.fields : preview.fields.filter((one) => !more.includes(one));
  const set = (field: string, heading: string | null) => {
    setTouched((before) => new Set(before).add(field));
    choose(withColumn(columns, field, heading));
  };
  return (
    <Stack gap="sm" data-testid={ids.importColumns}>
      <Title order={2}>{t("imports.columns")}</Title>
      <Text size="sm" c="dimmed">
        {t("imports.columnsText")}
      </Text>
      <DocsPage lead={t("imports.docs")} page="docs/imports.md" />
      {PARTS.map((part) => {
        const fields = shown.filter(({ field }) => partOf(field) === part);
        if (fields.length === 0) return null;
        return (
          <fieldset key={part} className="import-part">
            <legend>{t(`imports.part.${part}`)}</legend>
            {fields.map((field) => (
              <Column key={field.field} field={field} preview={preview} columns={columns} set={set} />
            ))}
          </fieldset>
        );
      })}
      {(more.length > 0 || all) && (
        <Button
          variant="subtle"
          size="compact-sm"
          style={{ alignSelf: "flex-start" }}
          onClick={() => setAll(!all)}
          aria-expanded={all}
          data-testid={ids.importMoreColumns}
        >
          {all ? t("imports.fewerColumns") : t("imports.moreColumns", { count: more.length })}
        </Button>
      )}
      <fieldset className="import-part">
        <legend>{t("imports.defaults")}</legend>
        <Defaults columns={columns} choose={choose} />
      </fieldset>
    </Stack>
  );
}

interface ColumnProps {
  field: ImportField;
  preview: ImportPreview;
  columns: ImportColumns;
  set: (field: string, heading: string | null) => void;
}

function Column({ field: { field, required }, preview, columns, set }: ColumnProps) {
  const { t } = useTranslation();
  const nameOf = useFieldName();
  const heading = columns.columns[field];
  const examples = examplesOf(heading, preview.headings, preview.rows);
  const byDefault = defaultOf(field, columns);
  const isMissing = preview.missing.includes(field);
  // two columns of one name cannot be told apart by it
  const headings = [...new Set(preview.headings)].filter((one) => one !== "");
  return (
    <Select
      size="xs"
      label={nameOf(field)}
      withAsterisk={required && byDefault === ""}
      description={examples ? t("imports.example", { text: examples }) : undefined}
      error={isMissing ? t("imports.columnMissing") : undefined}
      placeholder={byDefault === "" ? t("imports.noColumn") : t("imports.byDefault", { value: byDefault })}
      // the cross beside a heading is the mouse's alone
      data={heading === undefined ? headings : [{ value: "", label: t("imports.noColumn") }, ...headings]}
      value={heading ?? null}
      searchable
      clearable
      nothingFoundMessage={t("imports.noHeading")}
      inputWrapperOrder={["label", "input", "description", "error"]}
      onChange={(value) => set(field, value || null)}
      data-testid={ids.importColumn(field)}
    />
  );
}
