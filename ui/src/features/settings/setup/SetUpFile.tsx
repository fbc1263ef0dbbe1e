import { Divider, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ids } from "../../../shared/lib/testids";
import { Card } from "../Card";
import { Setting } from "../Setting";
import { Export } from "./Export";
import { Import } from "./Import";

/** The set-up as a file that another company can start from: out, and in. */
export function SetUpFile() {
  const { t } = useTranslation();
  return (
    <Card of="setup" testId={ids.setup("card")}>
      <Stack gap="sm">
        <Title order={2}>{t("setup.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("setup.text")}
        </Text>
        <Setting id="setup-export">
          <Export />
        </Setting>
        <Divider />
        <Setting id="setup-import">
          <Import />
        </Setting>
      </Stack>
    </Card>
  );
}
