import { Button, Group, Modal, PasswordInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo, ConnectionInput, TestResult } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { FailureText } from "../../shared/ui/FailureText";
import { useFormat } from "../../shared/ui/useFormat";

interface Props {
  kind: string;
  connection: ConnectionInfo | null;
  close: () => void;
}

/** One form for all three systems: credential, live test, company and series as the provider has them, name. */
export function ConnectionForm({ kind, connection, close }: Props) {
  const { t } = useTranslation();
  const test = useAct("connections.test");
  const save = useAct("connections.save");
  const [draft, setDraft] = useState<ConnectionInput>(() => startOf(kind, connection, t(`system.${kind}`)));
  const [tested, setTested] = useState<string | null>(null);
  const isShop = kind === "woocommerce";
  const set = (change: Partial<ConnectionInput>) => setDraft((before) => ({ ...before, ...change }));
  const field = (name: "address" | "account" | "secret" | "name") => ({
    label: t(`wizard.${kind}.${name}`, { defaultValue: t(`wizard.${name}`) }),
    value: draft[name],
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
    error: save.error?.field === name ? save.error.detail : undefined,
    "data-testid": ids.connForm(name),
    autoComplete: "off",
  });
  const proven = tested === credentialOf(draft);
  const unchanged = connection !== null && draft.secret === "" && draft.address === connection.address && draft.account === connection.account;
  const missing = whyNot(draft, proven || unchanged);
  const result = proven ? test.data : undefined;
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      centered
      title={t(connection ? "wizard.edit" : "wizard.add", { system: t(`system.${kind}`) })}
      transitionProps={{ duration: 80 }}
    >
      <Stack gap="sm">
        <Text size="sm" className="quote">
          {t(`wizard.${kind}.where`)}
        </Text>
        {isShop && <TextInput {...field("address")} placeholder="https://" />}
        <TextInput {...field("account")} />
        <PasswordInput {...field("secret")} description={connection ? t("wizard.keepSecret") : t("wizard.secretPlace")} />
        {!isShop && <TextInput {...field("address")} description={t("wizard.publicAddress")} />}
        <Group>
          <Button
            variant={proven || unchanged ? "default" : "filled"}
            loading={test.isPending}
            disabled={draft.account.trim() === "" || (connection === null && draft.secret === "")}
            onClick={() => test.mutate(draft, { onSuccess: (found) => found.ok && setTested(credentialOf(draft)) })}
            data-testid={ids.connForm("test")}
          >
            {t("wizard.test")}
          </Button>
          <Text size="sm" c="dimmed">
            {t("wizard.testText")}
          </Text>
        </Group>
        {test.error && <ErrorNote error={test.error} />}
        {test.data && <Steps result={test.data} />}
        {!isShop && (result || connection) && <Choices draft={draft} set={set} result={result} />}
        {(proven || connection) && <TextInput {...field("name")} />}
        {save.error && <ErrorNote error={save.error} />}
        <Group justify="flex-end" gap="xs">
          {missing && (
            <Text size="sm" c="dimmed" mr="auto">
              {t(`wizard.missing.${missing}`)}
            </Text>
          )}
          <Button variant="default" onClick={close}>
            {t("common.cancel")}
          </Button>
          <Button
            disabled={missing !== null}
            loading={save.isPending}
            onClick={() => save.mutate(draft, { onSuccess: close })}
            data-testid={ids.connForm("save")}
          >
            {t("wizard.save")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function startOf(kind: string, connection: ConnectionInfo | null, name: string): ConnectionInput {
  return {
    id: connection?.id ?? null,
    kind,
    name: connection?.name ?? name,
    address: connection?.address ?? "",
    account: connection?.account ?? "",
    secret: "",
    company: connection?.company ?? null,
    series: null,
  };
}

/** What a live test proves: it counts only for what was tested. */
function credentialOf(draft: ConnectionInput): string {
  return JSON.stringify([draft.address.trim(), draft.account.trim(), draft.secret]);
}

function whyNot(draft: ConnectionInput, proven: boolean): "test" | "company" | "name" | null {
  if (!proven) return "test";
  if (draft.kind !== "woocommerce" && !draft.company?.trim()) return "company";
  return draft.name.trim() === "" ? "name" : null;
}

function Steps({ result }: { result: TestResult }) {
  const { t } = useTranslation();
  return (
    <Stack gap={6} className="card" data-testid="test-steps">
      {result.steps.map((step) => (
        <Group key={step.step} gap={8} wrap="nowrap" align="flex-start">
          {step.failure ? (
            <IconCircleX size={17} color="var(--state-mismatched)" style={{ flex: "none" }} aria-label={t("wizard.failed")} />
          ) : (
            <IconCircleCheck size={17} color="var(--state-issued)" style={{ flex: "none" }} aria-label={t("wizard.passed")} />
          )}
          <div>
            <Text size="sm" fw={500}>
              {t(`step.${step.step}`)}
              {step.found && (
                <Text span size="sm" c="dimmed" fw={400}>
                  {": "}
                  {step.found}
                </Text>
              )}
            </Text>
            {step.failure && <FailureText failure={step.failure} />}
          </div>
        </Group>
      ))}
    </Stack>
  );
}

interface ChoicesProps {
  draft: ConnectionInput;
  set: (change: Partial<ConnectionInput>) => void;
  result: TestResult | undefined;
}

/** Company, series and rates as the provider has them; a company that it does not list is typed. */
function Choices({ draft, set, result }: ChoicesProps): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const companies = result?.companies ?? null;
  const series = result?.series.filter((one) => one.documentType === "invoice") ?? [];
  return (
    <>
      {companies && companies.length > 0 ? (
        <Select
          label={t("wizard.company")}
          data={companies.map((one) => ({ value: one.cif, label: `${one.name} · ${one.cif}` }))}
          value={draft.company}
          onChange={(company) => set({ company })}
          data-testid={ids.connForm("company")}
        />
      ) : (
        <TextInput
          label={t("wizard.company")}
          description={t("wizard.companyTyped")}
          placeholder="RO12345674"
          value={draft.company ?? ""}
          onChange={(event) => set({ company: event.currentTarget.value })}
          data-testid={ids.connForm("company")}
        />
      )}
      {series.length > 0 && (
        <Select
          label={t("wizard.series")}
          data={series.map((one) => ({
            value: one.name,
            label: one.nextNumber ? t("wizard.seriesNext", { name: one.name, number: one.nextNumber }) : one.name,
          }))}
          value={draft.series}
          onChange={(name) => set({ series: name })}
          data-testid={ids.connForm("series")}
        />
      )}
      {result && result.vatRates.length > 0 && (
        <Text size="sm" c="dimmed">
          {t("wizard.rates")}
          {": "}
          {result.vatRates.map((rate) => `${rate.name} ${t("draft.percent", { rate: format.decimal(rate.percent, 0) })}`).join(", ")}
        </Text>
      )}
    </>
  );
}
