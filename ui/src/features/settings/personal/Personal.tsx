import { Divider, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ids } from "../../../shared/lib/testids";
import { Card } from "../Card";
import { Setting } from "../Setting";
import { ClientSearch } from "./ClientSearch";
import { Retention } from "./Retention";

/** How long evidence is kept, and what is kept of one client. */
export function Personal() {
  const { t } = useTranslation();
  return (
    <Card of="personal" testId={ids.personal("card")}>
      <Stack gap="sm">
        <Title order={2}>{t("personal.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("personal.text")}
        </Text>
        <Retention />
        <Divider />
        <Setting id="client-data">
          <ClientSearch />
        </Setting>
      </Stack>
    </Card>
  );
}
