import { Indicator, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useAsk } from "../api/queries";
import { useUploads } from "../features/imports/uploads";
import { useGo } from "../shared/lib/navigation";
import { ids } from "../shared/lib/testids";
import { useFormat } from "../shared/ui/useFormat";

/** Files of orders that are sent or taken in now, in the status bar; each opens its progress. */
export function RunningImports() {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const { of } = useUploads();
  const imports = useAsk("imports.list", {});
  const running = imports.data?.imports.filter(({ id, state }) => state === "running" || (state === "receiving" && of.get(id)?.isSending)) ?? [];
  return running.map((one) => (
    <Indicator key={one.id} processing size={7} position="middle-start" offset={-10}>
      <UnstyledButton fz="xs" fw={500} onClick={() => go.stay({ import: one.id })} title={one.fileName} data-testid={ids.runningImport}>
        {one.state === "running"
          ? t("imports.running", { part: format.count(Math.floor(one.progress / 10)) })
          : t("imports.sending", { received: format.size(one.received), all: format.size(one.bytes) })}
      </UnstyledButton>
    </Indicator>
  ));
}
