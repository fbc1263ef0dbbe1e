import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconCalendar } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { BackfillInfo, FlowInfo } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { ConfirmDialog } from "../../../shared/ui/ConfirmDialog";
import { Empty } from "../../../shared/ui/Empty";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { MayButton } from "../../../shared/ui/MayButton";
import { Time } from "../../../shared/ui/Time";
import { useFormat } from "../../../shared/ui/useFormat";
import { sumOf } from "./groups";
import { PlanTable } from "./PlanTable";
import { useBackfill } from "./useBackfill";

interface Props {
  backfill: BackfillInfo;
  flow: FlowInfo;
  asked: boolean;
  confirming: boolean;
  setConfirming: (confirming: boolean) => void;
  another: () => void;
  close: () => void;
}

/** A plan that waits for a person. Closing leaves it standing. */
export function Plan({ backfill, flow, asked, confirming, setConfirming, another, close }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const confirm = useBackfill("backfill.confirm");
  const discard = useBackfill("backfill.cancel");
  const { count, totals } = sumOf(backfill.groups, "issue");
  const held = sumOf(backfill.groups, "hold").count;
  const act = count > 0 ? t("backfill.invoice", { count }) : t("backfill.handOver", { count: held });
  const time = { from: format.day(backfill.from), until: format.day(backfill.until) };
  return (
    <Stack gap="sm" data-testid={ids.backfillPlanned}>
      {backfill.groups.length === 0 ? (
        <Empty title={t("backfill.empty", time)} text={t(asked ? "backfill.emptyText" : "backfill.bringFirst")} />
      ) : (
        <>
          <PlanTable backfill={backfill} />
          <Text size="sm" c="dimmed">
            {t("backfill.madeBy", { who: backfill.who })} <Time ms={backfill.createdMs} />
            {". "}
            {t("backfill.forecast")}
          </Text>
        </>
      )}
      {held > 0 && <Text size="sm">{t("backfill.heldToo", { count: held })}</Text>}
      {count > 0 && <Dated flow={flow} />}
      {backfill.groups.length > 0 && count + held === 0 && (
        <Text size="sm" fw={500}>
          {t("backfill.nothing")}
        </Text>
      )}
      {!flow.enabled && (
        <Text size="sm" fw={500}>
          {t("backfill.refused.flow_off")}
        </Text>
      )}
      {discard.error && <ErrorNote error={discard.error} refusals="backfill.refused" />}
      <Group justify="flex-end" gap="xs">
        <MayButton
          command="backfill.cancel"
          variant="subtle"
          color="gray"
          mr="auto"
          loading={discard.busy}
          onClick={() => discard.go({ id: backfill.id })}
          data-testid={ids.backfillDiscard}
        >
          {t("backfill.discard")}
        </MayButton>
        <Button variant="default" onClick={another} data-testid={ids.backfillAnother}>
          {t("backfill.another")}
        </Button>
        <Button variant="default" onClick={close} data-autofocus data-testid={ids.backfillClose}>
          {t("common.close")}
        </Button>
        {count + held > 0 && (
          <MayButton
            command="backfill.confirm"
            disabled={!flow.enabled}
            title={flow.enabled ? undefined : t("backfill.refused.flow_off")}
            onClick={() => setConfirming(true)}
            data-testid={ids.backfillInvoice}
          >
            {act}
          </MayButton>
        )}
      </Group>
      <ConfirmDialog
        opened={confirming}
        title={t("backfill.sure", { flow: flow.name })}
        act={act}
        refusals="backfill.refused"
        busy={confirm.busy}
        error={confirm.error}
        onAct={() => confirm.go({ id: backfill.id }, () => setConfirming(false))}
        onClose={() => setConfirming(false)}
      >
        {count > 0 && (
          <Text size="sm" fw={500}>
            {t("backfill.what", { count, value: format.amounts(totals) })}
          </Text>
        )}
        {held > 0 && <Text size="sm">{t("backfill.heldToo", { count: held })}</Text>}
        <Text size="sm">{t("backfill.once")}</Text>
        {count > 0 && <Dated flow={flow} />}
      </ConfirmDialog>
    </Stack>
  );
}

/** Which day the invoices bear, by the flow's rules. */
function Dated({ flow }: { flow: FlowInfo }) {
  const { t } = useTranslation();
  return (
    <Alert color="yellow" variant="light" icon={<IconCalendar size={18} />} data-testid={ids.backfillDated}>
      <Text size="sm">{t(`backfill.dated.${flow.rules.issueDate}`)}</Text>
    </Alert>
  );
}
