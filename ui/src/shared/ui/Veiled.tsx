import { Group, Text } from "@mantine/core";
import { IconEyeOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../api/session";
import { ids } from "../lib/testids";

/** Why parts of what is shown are dots: whoever is signed in looks only. The host masks them. */
export function Veiled() {
  const { t } = useTranslation();
  const session = useSession();
  if (!session?.needed || session.role !== "viewer") return null;
  return (
    <Group gap={4} mt={2} wrap="nowrap" data-testid={ids.veiled}>
      <IconEyeOff size={14} aria-hidden />
      <Text size="sm" c="dimmed">
        {t("people.veiled")}
      </Text>
    </Group>
  );
}
