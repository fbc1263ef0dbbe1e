import { Group, Loader, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { TestResult, TestStep } from "../../api/generated/api";
import { FailureText } from "../../shared/ui/FailureText";
import { isShop } from "./kinds";
import "./connections.css";

const SHOP_STEPS = ["address", "credential", "orders"];
const BILLING_STEPS = ["address", "credential", "company", "series", "vat_rates"];
const TICK_MS = 140;

interface Props {
  kind: string;
  company: string | null;
  result: TestResult | undefined;
}

/** What a live test checked, ticked one after the other; what a failed one did not reach any more says so. */
export function TestSteps({ kind, company, result }: Props) {
  const expected = isShop(kind) ? SHOP_STEPS : company ? BILLING_STEPS : BILLING_STEPS.slice(0, 2);
  const done = result?.steps ?? [];
  const rest = result?.ok ? [] : expected.filter((name) => !done.some((step) => step.step === name));
  return (
    <Stack gap={6} className="card" data-testid="test-steps" aria-live="polite">
      {done.map((step, at) => (
        <div key={step.step} className="step-row" style={{ animationDelay: `${at * TICK_MS}ms` }}>
          <Done step={step} />
        </div>
      ))}
      {rest.map((name) => (
        <Open key={name} name={name} running={result === undefined} />
      ))}
    </Stack>
  );
}

function Done({ step }: { step: TestStep }) {
  const { t } = useTranslation();
  const isHistory = step.step === "history";
  const isShort = isHistory && step.found !== "all";
  const history = isShort ? t("step.shortHistory", { days: Number(step.found) }) : t("step.allHistory");
  const found = isHistory ? history : step.found;
  const icon = { size: 17, style: { flex: "none", marginTop: 1 }, role: "img" };
  return (
    <Group gap={8} wrap="nowrap" align="flex-start" data-testid={`test-step-${step.step}`} data-ok={!step.failure}>
      {step.failure ? (
        <IconCircleX {...icon} color="var(--state-mismatched)" aria-label={t("wizard.failed")} />
      ) : isShort ? (
        <IconAlertTriangle {...icon} color="var(--state-doubt)" aria-label={t("wizard.passedPart")} />
      ) : (
        <IconCircleCheck {...icon} color="var(--state-issued)" aria-label={t("wizard.passed")} />
      )}
      <div>
        <Text size="sm" fw={500}>
          {t(`step.${step.step}`)}
          {found && (
            <Text span size="sm" c="dimmed" fw={400} style={{ overflowWrap: "anywhere" }}>
              {": "}
              {found}
            </Text>
          )}
        </Text>
        {step.failure && <FailureText failure={step.failure} words="wizard.tested" />}
      </div>
    </Group>
  );
}

function Open({ name, running }: { name: string; running: boolean }) {
  const { t } = useTranslation();
  return (
    <Group gap={8} wrap="nowrap">
      {running ? (
        <Loader size={15} mx={1} />
      ) : (
        <IconCircleDashed size={17} color="var(--mantine-color-dimmed)" aria-hidden />
      )}
      <Text size="sm" c="dimmed">
        {t(`step.${name}`)}
        {": "}
        {t(running ? "wizard.testing" : "wizard.notChecked")}
      </Text>
    </Group>
  );
}
