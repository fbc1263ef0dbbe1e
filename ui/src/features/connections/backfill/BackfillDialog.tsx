import { Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo, FlowInfo } from "../../../api/generated/api";
import { useAsk } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { Loading } from "../../../shared/ui/Loading";
import { isAsked } from "../kinds";
import { NewPlan } from "./NewPlan";
import { Over } from "./Over";
import { Plan } from "./Plan";
import { Reading, Running } from "./Progress";

interface Props {
  flow: FlowInfo;
  shop: ConnectionInfo | undefined;
  close: () => void;
}

/** Orders from before a flow: planned, confirmed, and given to it. May be closed at any time: the newest is shown again. */
export function BackfillDialog({ flow, shop, close }: Props) {
  const { t } = useTranslation();
  const all = useAsk("backfill.list", {});
  const [anew, setAnew] = useState(false);
  // by its id: a plan may be confirmed elsewhere meanwhile, and the next one is another
  const [confirming, setConfirming] = useState<string | null>(null);
  const newest = all.data?.backfills.find(({ flowId }) => flowId === flow.id);
  const isConfirming = newest !== undefined && newest.id === confirming;
  const asked = shop === undefined || isAsked(shop.kind);
  const state = anew ? "anew" : (newest?.state ?? "anew");
  const another = () => setAnew(true);
  return (
    <Modal
      opened
      onClose={close}
      // while it is being confirmed, Escape is the confirmation's
      closeOnEscape={!(isConfirming && state === "planned")}
      title={t("backfill.title", { flow: flow.name })}
      size="min(900px, 94vw)"
      centered
      transitionProps={{ duration: 80 }}
    >
      <Stack gap="md" data-testid={ids.backfill}>
        <Text size="sm">{t(asked ? "backfill.about" : "backfill.aboutHere")}</Text>
        {all.error && <ErrorNote error={all.error} again={() => void all.refetch()} />}
        {all.isPending && <Loading />}
        {all.data && state === "anew" && (
          <NewPlan flow={flow} asked={asked} before={newest ?? null} back={() => setAnew(false)} made={() => setAnew(false)} />
        )}
        {newest && state === "reading" && <Reading backfill={newest} asked={asked} close={close} />}
        {newest && state === "planned" && (
          <Plan
            backfill={newest}
            flow={flow}
            asked={asked}
            confirming={isConfirming}
            setConfirming={(now) => setConfirming(now ? newest.id : null)}
            another={another}
            close={close}
          />
        )}
        {newest && state === "running" && <Running backfill={newest} flow={flow} close={close} />}
        {newest && ["done", "cancelled", "failed"].includes(state) && <Over backfill={newest} another={another} close={close} />}
      </Stack>
    </Modal>
  );
}
