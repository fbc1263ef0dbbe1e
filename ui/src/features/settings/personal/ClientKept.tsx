import { Group, List, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload, IconEraser } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ClientDocument, ClientErased, ClientInfo, ClientsFound } from "../../../api/generated/api";
import { useAct, useAsk } from "../../../api/queries";
import { saveFile } from "../../../shared/lib/files";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { MayButton } from "../../../shared/ui/MayButton";
import { useFormat } from "../../../shared/ui/useFormat";
import { EraseDialog } from "./EraseDialog";
import { OpenOrders } from "./OpenOrders";

interface Props {
  query: string;
  found: ClientsFound;
  /** Something names them that hangs on no order. */
  isElsewhere: boolean;
  chosen: ClientInfo[];
  erased: (done: ClientErased) => void;
}

/** What is kept of whoever was chosen: what would go, what stays and why; and the two things that can be done. */
export function ClientKept({ query, found, isElsewhere, chosen, erased }: Props) {
  const { t } = useTranslation();
  const take = useAct("clients.export");
  const [asks, setAsks] = useState(false);
  const { loose } = found;
  const only = chosen.map((one) => one.key);
  const documents = chosen.flatMap((one) => one.documents);
  const open = chosen.flatMap((one) => one.open);
  const left = chosen.reduce((sum, one) => sum + Math.max(0, one.orders - one.erased - one.open.length), 0);
  const unchosen = found.clients.length > 0 && chosen.length === 0 ? t("personal.choose") : found.isCut ? t("personal.cut") : null;
  const missing = unchosen ?? (left === 0 && !isElsewhere ? t("personal.nothingToErase") : null);
  const save = () =>
    take.mutate(
      { query, only },
      {
        onSuccess: (file) => {
          const isSaved = saveFile(file);
          notifications.show({ message: t(isSaved ? "personal.exported" : "personal.notSaved"), color: isSaved ? "green" : "red" });
        },
      },
    );
  return (
    <Stack gap="sm">
      <Title order={4}>{t("personal.goes")}</Title>
      <Text size="sm">{t("personal.goesText")}</Text>
      {isElsewhere && (
        <Text size="sm" data-testid={ids.personal("elsewhere")}>
          {t("personal.elsewhere", { ...loose })}
        </Text>
      )}
      {open.length > 0 && (
        <>
          <Title order={4}>{t("personal.open")}</Title>
          <OpenOrders orders={open} />
        </>
      )}
      <Title order={4}>{t("personal.stays")}</Title>
      <List size="sm">
        <List.Item>{t("personal.staysDocuments")}</List.Item>
        <List.Item>{t("personal.staysProvider")}</List.Item>
        <Backups />
        {found.waitingFiles > 0 && <List.Item>{t("personal.staysFiles", { count: found.waitingFiles })}</List.Item>}
        <List.Item>{t("personal.staysExports")}</List.Item>
        <List.Item>{t("personal.staysLogs")}</List.Item>
      </List>
      {documents.length > 0 && <Documents documents={documents} />}
      {take.error && <ErrorNote error={take.error} refusals="personal.refused" />}
      <Group gap="sm">
        <MayButton
          command="clients.export"
          variant="default"
          leftSection={<IconDownload size={15} />}
          disabled={unchosen !== null}
          title={unchosen ?? undefined}
          loading={take.isPending}
          onClick={save}
          data-testid={ids.personal("export")}
        >
          {t("personal.export")}
        </MayButton>
        <MayButton
          command="clients.erase"
          variant="light"
          color="red"
          leftSection={<IconEraser size={15} />}
          disabled={missing !== null}
          title={missing ?? undefined}
          onClick={() => setAsks(true)}
          data-testid={ids.personal("erase")}
        >
          {t("personal.erase")}
        </MayButton>
      </Group>
      {asks && <EraseDialog query={query} only={only} chosen={chosen} close={() => setAsks(false)} erased={erased} />}
    </Stack>
  );
}

function Documents({ documents }: { documents: ClientDocument[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <table className="plain" data-testid={ids.personal("documents")}>
      <thead>
        <tr>
          <th>{t("personal.document")}</th>
          <th>{t("personal.issued")}</th>
          <th className="num">{t("personal.total")}</th>
          <th>{t("personal.until")}</th>
        </tr>
      </thead>
      <tbody>
        {documents.map((one) => (
          <tr key={one.id}>
            <td>
              {one.series} {one.number} · {t(`system.${one.provider}`)}
            </td>
            <td>{one.issueDate ? format.day(one.issueDate) : t("common.none")}</td>
            <td className="num">{format.money(one.total, one.currency)}</td>
            <td>{one.keptUntil ? format.day(one.keptUntil) : t("common.none")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Backups hold what they held: where they lie, and when the last of them is gone. */
function Backups() {
  const { t } = useTranslation();
  const format = useFormat();
  const backup = useAsk("backup.get", { workspace: null });
  if (backup.error) return <ErrorNote error={backup.error} again={() => void backup.refetch()} />;
  if (!backup.data) return null;
  const { files, folder, keep } = backup.data;
  const made = files.map((file) => file.madeMs);
  if (made.length === 0) return <List.Item>{t("personal.staysNoBackups", { folder })}</List.Item>;
  const [oldest, newest] = [format.instant(Math.min(...made)), format.instant(Math.max(...made))];
  return (
    <List.Item data-testid={ids.personal("backups")}>{t("personal.staysBackups", { count: made.length, folder, oldest, newest, keep })}</List.Item>
  );
}
