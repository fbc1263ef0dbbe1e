import { Button, Group, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo, FlowInfo } from "../../../api/generated/api";
import { useAsk } from "../../../api/queries";
import { useGo, usePlace } from "../../../shared/lib/navigation";
import { ids } from "../../../shared/lib/testids";
import { useFormat } from "../../../shared/ui/useFormat";
import { BackfillDialog } from "./BackfillDialog";
import { progressOf } from "./groups";

interface Props {
  flow: FlowInfo;
  shop: ConnectionInfo | undefined;
}

/** Opens the backfill of a flow, and says where one that is not over stands. */
export function OlderOrders({ flow, shop }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const opened = usePlace().older === flow.id;
  const backfills = useAsk("backfill.list", {});
  const newest = backfills.data?.backfills.find(({ flowId }) => flowId === flow.id);
  const isOpen = newest && ["reading", "planned", "running"].includes(newest.state);
  const { released, all } = newest ? progressOf(newest) : { released: 0, all: 0 };
  return (
    <Group gap="xs" wrap="nowrap">
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconHistory size={14} />}
        onClick={() => go.stay({ older: flow.id })}
        aria-label={t("backfill.openOf", { flow: flow.name })}
        data-testid={ids.olderOrders(flow.series)}
      >
        {t("backfill.open")}
      </Button>
      {isOpen && (
        <Text size="sm" c="dimmed" data-testid={ids.olderOrdersState(flow.series)}>
          {t(`backfill.now.${newest.state}`, { released: format.count(released), all: format.count(all) })}
        </Text>
      )}
      {opened && <BackfillDialog flow={flow} shop={shop} close={() => go.stay({ older: undefined })} />}
    </Group>
  );
}
