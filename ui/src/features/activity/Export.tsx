import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconChevronDown, IconDownload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { AuditRequest } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { saveFile } from "../../shared/lib/files";
import { ids } from "../../shared/lib/testids";

const FORMATS = { csv: "exportCsv", jsonl: "exportJsonl" } as const;

/** What is shown of the log, as a file. That it was taken is on record. */
export function Export({ filter }: { filter: Omit<AuditRequest, "before"> }) {
  const { t } = useTranslation();
  const take = useAct("audit.export");
  const save = (format: string) =>
    take.mutate(
      { ...filter, before: null, format },
      {
        onSuccess: (file) => {
          const isSaved = saveFile(file);
          notifications.show({ message: t(isSaved ? "activity.exported" : "activity.notSaved"), color: isSaved ? "green" : "red" });
        },
        onError: (error) => notifications.show({ message: t(`error.${error.code}`), color: "red" }),
      },
    );
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} />}
          rightSection={<IconChevronDown size={14} />}
          loading={take.isPending}
          data-testid={ids.auditExport}
        >
          {t("activity.export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {Object.entries(FORMATS).map(([format, words]) => (
          <Menu.Item key={format} onClick={() => save(format)} data-testid={ids.auditExportAs(format)}>
            {t(`activity.${words}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
