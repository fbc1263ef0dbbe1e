import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo } from "../../api/generated/api";
import { useNow } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";
import { neverHadSecret } from "./kinds";

/** When a connection's credential was entered, and when it last worked. */
export function SecretDates({ connection }: { connection: ConnectionInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const { secretChangedMs: changed, secretWorkedMs: worked } = connection;
  const when = (ms: number) => format.relative(ms, Math.max(now, ms));
  const first = changed === null ? t("vault.secret.unknown") : t("vault.secret.changed", { when: when(changed) });
  const second = worked === null ? t("vault.secret.notYet") : t("vault.secret.worked", { when: when(worked) });
  const told = neverHadSecret(connection) ? t("vault.secret.none") : `${first} · ${second}`;
  const title = [changed, worked].flatMap((ms) => (ms === null ? [] : [format.instant(ms)])).join(" · ");
  return (
    <Text size="sm" c="dimmed" title={title} data-testid={`secret-dates-${connection.id}`}>
      {told}
    </Text>
  );
}
