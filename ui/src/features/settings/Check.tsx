import { Group, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useAct } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { MayButton } from "../../shared/ui/MayButton";
import { Card } from "./Card";
import { Setting } from "./Setting";

/** A check of the whole ledger, on demand: each thing that was checked with its verdict, and what to do about a bad one. */
export function Check() {
  const { t } = useTranslation();
  const check = useAct("workspace.check");
  const findings = check.data?.findings ?? [];
  const wrong = findings.some((one) => one.verdict === "wrong");
  return (
    <Card of="check">
      <Setting id="check">
        <Group justify="space-between">
          <Title order={2}>{t("settings.check")}</Title>
          <MayButton
            command="workspace.check"
            variant="default"
            loading={check.isPending}
            onClick={() => check.mutate({})}
            data-testid={ids.checkLedger}
          >
            {t("settings.checkNow")}
          </MayButton>
        </Group>
      </Setting>
      <Text size="sm" c="dimmed">
        {t("settings.checkText")}
      </Text>
      {check.error && <ErrorNote error={check.error} />}
      {check.data && (
        <>
          <Text size="sm" fw={600} mt={8} c={wrong ? "red" : undefined} data-testid={ids.checkResult}>
            {t(wrong ? "check.wrong" : "check.good")}
          </Text>
          <dl className="facts">
            {findings.map((one) => [
              <dt key={one.check}>{t(`check.${one.check}`)}</dt>,
              <dd key={`${one.check}=`}>
                {t(`check.verdict.${one.verdict}`)} {one.verdict === "wrong" && one.detail}
              </dd>,
            ])}
          </dl>
        </>
      )}
    </Card>
  );
}
