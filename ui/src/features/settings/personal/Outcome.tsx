import { Alert, List, Stack, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ClientErased } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";

/** What came of an erasure. */
export function Outcome({ done }: { done: ClientErased }) {
  const { t } = useTranslation();
  const { orders, documents, loose, left } = done;
  return (
    <Alert color="green" variant="light" icon={<IconCircleCheck size={18} />} role="status" data-testid={ids.personal("done")}>
      <Stack gap={6}>
        <Text size="sm">{t("personal.done", { orders, documents, ...loose })}</Text>
        {left.length > 0 && (
          <>
            <Text size="sm">{t("personal.left", { count: left.length })}</Text>
            <List size="sm">
              {left.map((one) => (
                <List.Item key={one.orderId}>
                  {t("personal.order", { number: one.number })}
                  {": "}
                  {t(`personal.why.${one.why}`)}
                </List.Item>
              ))}
            </List>
          </>
        )}
        <Text size="sm">{t(done.compacted ? "personal.compacted" : "personal.notCompacted")}</Text>
      </Stack>
    </Alert>
  );
}
