import { Indicator, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BackfillInfo } from "../api/generated/api";
import { useAsk } from "../api/queries";
import { progressOf } from "../features/connections/backfill/groups";
import { useGo } from "../shared/lib/navigation";
import { ids } from "../shared/lib/testids";
import { useFormat } from "../shared/ui/useFormat";

/** Older orders that are read or handed to their flow now, in the status bar; each opens its progress. */
export function RunningBackfills() {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const backfills = useAsk("backfill.list", {});
  const running = backfills.data?.backfills.filter(({ state }) => state === "reading" || state === "running") ?? [];
  const words = (one: BackfillInfo) => {
    const { released, all } = progressOf(one);
    return t(`backfill.running.${one.state}`, { read: format.count(one.read), over: format.count(released), all: format.count(all) });
  };
  return running.map((one) => (
    <Indicator key={one.id} processing size={7} position="middle-start" offset={-10} ml={8}>
      <UnstyledButton
        fz="xs"
        fw={500}
        title={t("backfill.open")}
        onClick={() => go.screen("/connections", { older: one.flowId })}
        data-testid={ids.runningBackfill}
      >
        {words(one)}
      </UnstyledButton>
    </Indicator>
  ));
}
