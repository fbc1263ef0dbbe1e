import { Stack, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ImportPreview } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";

/** The file as it is: its headings and first rows. */
export function FirstRows({ preview }: { preview: ImportPreview }) {
  const { t } = useTranslation();
  return (
    <Stack gap={6}>
      <Title order={2}>{t("imports.rows", { count: preview.headings.length })}</Title>
      <div className="scroll-box" style={{ maxHeight: 176 }} tabIndex={0} role="region" aria-label={t("imports.rowsLabel")}>
        <table className="plain import-rows" data-testid={ids.importRows}>
          <thead>
            <tr>
              {preview.headings.map((heading, at) => (
                <th key={`${at} ${heading}`} scope="col">
                  {heading || t("common.none")}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row, at) => (
              <tr key={at}>
                {preview.headings.map((heading, column) => (
                  <td key={`${column} ${heading}`} title={row[column]}>
                    {row[column]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Stack>
  );
}
