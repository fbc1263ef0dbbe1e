import { Button, FileButton, Modal, Stack, Text } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ImportReport } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { ErrorNote } from "../../shared/ui/ErrorNote";

/** Takes an orders export in, and reports every record that could not be read. */
export function ImportButton() {
  const { t } = useTranslation();
  const take = useAct("orders.import");
  const forget = useRef<() => void>(null);
  const read = async (file: File | null) => {
    if (file) take.mutate({ fileName: file.name, content: await file.text(), connectionId: null });
    // the same file, corrected, can be chosen again
    forget.current?.();
  };
  return (
    <>
      <FileButton resetRef={forget} accept=".json,application/json" onChange={(file) => void read(file)}>
        {(props) => (
          <Button {...props} variant="default" leftSection={<IconUpload size={15} />} loading={take.isPending}>
            {t("orders.import")}
          </Button>
        )}
      </FileButton>
      <Modal
        opened={take.data !== undefined || take.error !== null}
        onClose={take.reset}
        title={t("orders.imported")}
        size="lg"
        centered
      >
        {take.error && <ErrorNote error={take.error} />}
        {take.data && <Report report={take.data} />}
      </Modal>
    </>
  );
}

function Report({ report }: { report: ImportReport }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Text size="sm">
        {t("terminal.imported", { ...report, rejected: report.rejected.length })}
      </Text>
      {report.rejected.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th className="num">{t("orders.line")}</th>
              <th>{t("orders.number")}</th>
              <th>{t("orders.field")}</th>
              <th>{t("orders.why")}</th>
            </tr>
          </thead>
          <tbody>
            {report.rejected.map((bad, at) => (
              <tr key={`${at}-${bad.line}`}>
                <td className="num">{bad.line}</td>
                <td>{bad.order ?? t("common.none")}</td>
                <td className="mono">{bad.field}</td>
                <td>{bad.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Stack>
  );
}
