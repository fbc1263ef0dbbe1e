import { Alert, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ApiError } from "../../../api/generated/api";
import { ids } from "../../lib/testids";
import { ErrorNote } from "../ErrorNote";

/** The code before the facts, where the refusal is one of a backup's. */
export function refusalOf(error: ApiError): string {
  return error.detail.split(":")[0] ?? "";
}

/** Why a backup was not used, in words; anything else as everywhere. */
export function BackupError({ error }: { error: ApiError }) {
  const { t, i18n } = useTranslation();
  const key = `backup.refused.${refusalOf(error)}`;
  const isKnown = (error.code === "invalid_input" || error.code === "not_now") && i18n.exists(key);
  if (!isKnown) return <ErrorNote error={error} refusals="backup.refused" />;
  const facts = error.detail.slice(refusalOf(error).length + 1).trim();
  return (
    <Alert color="yellow" icon={<IconAlertTriangle size={18} />} variant="light" role="alert" data-testid={ids.backup("refused")}>
      <Stack gap={6}>
        <Text size="sm" fw={600}>
          {t(key)}
        </Text>
        {error.field === "file" && facts !== "" && <Text className="mono">{facts}</Text>}
      </Stack>
    </Alert>
  );
}
