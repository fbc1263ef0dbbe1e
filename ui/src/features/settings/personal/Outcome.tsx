import { Alert, Stack, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ClientErased } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { OpenOrders } from "./OpenOrders";

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
            <OpenOrders orders={left} />
          </>
        )}
        <Text size="sm">{t(done.compacted ? "personal.compacted" : "personal.notCompacted")}</Text>
      </Stack>
    </Alert>
  );
}
