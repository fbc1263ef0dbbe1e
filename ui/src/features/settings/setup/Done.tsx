import { Button, Group, List, Stack, Text } from "@mantine/core";
import { IconArrowRight, IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { SetupItem, SetupPlan } from "../../../api/generated/api";
import { useGo } from "../../../shared/lib/navigation";
import { ids } from "../../../shared/lib/testids";
import { Badge } from "../../../shared/ui/Badge";
import { isNew, useWhatComes } from "./whatComes";

const BILLING = ["smartbill", "oblio"];

/** New connections in the order in which they are best given their credentials; one of files needs none. */
function toConnect(connections: SetupItem[]): SetupItem[] {
  const waiting = connections.filter((one) => isNew(one) && one.kind !== "file");
  return [...waiting.filter(({ kind }) => BILLING.includes(kind)), ...waiting.filter(({ kind }) => !BILLING.includes(kind))];
}

/** What was taken in, and what is to be done before it works. */
export function Done({ plan, again }: { plan: SetupPlan; again: () => void }) {
  const { t } = useTranslation();
  const go = useGo();
  const what = useWhatComes()(plan);
  const waiting = toConnect(plan.connections);
  const hasFlows = plan.flows.some(isNew);
  return (
    <Stack gap="xs" data-testid={ids.setup("done")}>
      <Text size="sm" fw={600} role="status">
        <Badge icon={IconCircleCheck} color="var(--state-issued)">
          {t("setup.done.title", { what })}
        </Badge>
      </Text>
      {waiting.length > 0 && (
        <>
          <Text size="sm">{t("setup.done.first")}</Text>
          <List size="sm" type="ordered">
            {waiting.map((one) => (
              <List.Item key={`${one.kind} ${one.name}`}>
                <b>{one.name}</b>
                {` · ${t(`system.${one.kind}`, { defaultValue: one.kind })}`}
              </List.Item>
            ))}
          </List>
        </>
      )}
      {hasFlows && <Text size="sm">{t(waiting.length > 0 ? "setup.done.then" : "setup.done.flowsOnly")}</Text>}
      <Group gap="xs">
        <Button rightSection={<IconArrowRight size={15} />} onClick={() => go.screen("/connections")} data-testid={ids.setup("connections-open")}>
          {t("setup.done.open")}
        </Button>
        <Button variant="subtle" onClick={again} data-testid={ids.setup("again")}>
          {t("setup.import.another")}
        </Button>
      </Group>
    </Stack>
  );
}
