import { Divider, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ids } from "../../../shared/lib/testids";
import { ClientSearch } from "./ClientSearch";
import { Retention } from "./Retention";

/** How long evidence is kept, and what is kept of one client. */
export function Personal() {
  const { t } = useTranslation();
  return (
    <section className="card" data-testid={ids.personal("card")}>
      <Stack gap="sm">
        <Title order={2}>{t("personal.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("personal.text")}
        </Text>
        <Retention />
        <Divider />
        <ClientSearch />
      </Stack>
    </section>
  );
}
