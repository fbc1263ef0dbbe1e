import { Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BackfillInfo } from "../../../api/generated/api";
import { useGo } from "../../../shared/lib/navigation";
import { ids } from "../../../shared/lib/testids";
import { FailureText } from "../../../shared/ui/FailureText";
import { Time } from "../../../shared/ui/Time";
import { useFormat } from "../../../shared/ui/useFormat";
import { progressOf } from "./groups";
import { PlanTable } from "./PlanTable";

interface Props {
  backfill: BackfillInfo;
  another: () => void;
  close: () => void;
}

/** What became of the last one: done, stopped, given up or failed. */
export function Over({ backfill, another, close }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const { released, all } = progressOf(backfill);
  // a plan that nobody confirmed did nothing
  const way = backfill.state === "cancelled" && backfill.confirmedBy === null ? "discarded" : backfill.state;
  const began = released > 0;
  return (
    <Stack gap="sm" data-testid={ids.backfillOver}>
      <Text size="sm" fw={500}>
        {t(`backfill.over.${way}`, { released: format.count(released), count: way === "done" ? released : all })}
      </Text>
      <Text size="sm" c="dimmed">
        {t("backfill.time", { from: format.day(backfill.from), until: format.day(backfill.until) })}
        {" · "}
        {backfill.confirmedBy ? t("backfill.confirmedBy", { who: backfill.confirmedBy }) : t("backfill.askedBy", { who: backfill.who })}
        {backfill.endedMs !== null && (
          <>
            {" · "}
            <Time ms={backfill.endedMs} />
          </>
        )}
      </Text>
      {backfill.failure && <FailureText failure={backfill.failure} />}
      {backfill.confirmedBy !== null && <PlanTable backfill={backfill} />}
      {began && <Text size="sm">{t("backfill.goesOn")}</Text>}
      <Group justify="flex-end" gap="xs">
        {began && (
          <Button variant="subtle" mr="auto" onClick={() => go.screen("/invoices")} data-testid={ids.backfillInvoices}>
            {t("backfill.toInvoices")}
          </Button>
        )}
        <Button variant="default" onClick={another} data-testid={ids.backfillAnother}>
          {t("backfill.another")}
        </Button>
        <Button onClick={close} data-autofocus data-testid={ids.backfillClose}>
          {t("common.close")}
        </Button>
      </Group>
    </Stack>
  );
}
