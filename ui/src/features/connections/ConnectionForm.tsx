import { Button, Group, Modal, NumberInput, PasswordInput, SegmentedControl, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo, ConnectionInput, TestResult } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { DialogFoot } from "../../shared/ui/DialogFoot";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { BillingChoices } from "./BillingChoices";
import { ConnectionChoices } from "./ConnectionChoices";
import { ConnectionLists } from "./ConnectionLists";
import { TestSteps } from "./TestSteps";

const KINDS = ["woocommerce", "smartbill", "oblio"];

interface Props {
  kind: string;
  connection: ConnectionInfo | null;
  close: () => void;
}

/** What a passed test proved: it counts only for the credential that was tested. */
interface Proof {
  credential: string;
  company: string | null;
  result: TestResult;
}

/** One form for all three systems: credential, live test, company and series as the provider has them, name. */
export function ConnectionForm({ kind, connection, close }: Props) {
  const { t } = useTranslation();
  const test = useAct("connections.test");
  const save = useAct("connections.save");
  const [draft, setDraft] = useState<ConnectionInput>(() => startOf(kind, connection, t(`system.${kind}`)));
  const [proof, setProof] = useState<Proof | null>(null);
  const isShop = draft.kind === "woocommerce";
  // what the provider said last, until a test of this credential says it anew
  const lists = useAsk("connections.lists", { id: connection?.id ?? "", refresh: false }, connection !== null && !isShop);
  const set = (change: Partial<ConnectionInput>) => setDraft((before) => ({ ...before, ...change }));
  const choose = (wanted: string) => {
    setDraft(startOf(wanted, null, t(`system.${wanted}`)));
    setProof(null);
    test.reset();
    save.reset();
  };
  const run = (company: string | null) => {
    const wanted = { ...draft, company, series: company === draft.company ? draft.series : null };
    setDraft(wanted);
    test.mutate(wanted, {
      onSuccess: (result) => {
        setProof(result.ok ? { credential: credentialOf(wanted), company: listedFor(wanted, result), result } : null);
        if (result.ok) setDraft((now) => withOnlyChoices(now, result));
      },
    });
  };
  const proven = proof?.credential === credentialOf(draft) ? proof : null;
  const missing = whyNot(draft, proven, connection, test.isPending);
  const untestable = draft.account.trim() === "" || (connection === null && draft.secret === "");
  const wrong = (name: string) => [save.error, test.error].find((error) => error?.field === name)?.detail;
  const field = (name: "address" | "account" | "secret" | "name") => ({
    label: t(`wizard.${draft.kind}.${name}`, { defaultValue: t(`wizard.${name}`) }),
    value: draft[name],
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
    error: wrong(name),
    "data-testid": ids.connForm(name),
    autoComplete: "off",
  });
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      centered
      title={t(connection ? "wizard.edit" : "wizard.add", { system: t(`system.${draft.kind}`) })}
      transitionProps={{ duration: 80 }}
    >
      <Stack gap="sm">
        {connection === null && (
          <SegmentedControl
            aria-label={t("wizard.kind")}
            value={draft.kind}
            onChange={choose}
            data={KINDS.map((value) => ({ value, label: t(`system.${value}`) }))}
            data-testid={ids.connForm("kind")}
          />
        )}
        <Text size="sm" className="quote">
          {t(`wizard.${draft.kind}.where`)}
        </Text>
        {isShop && <TextInput {...field("address")} placeholder="https://" />}
        <TextInput {...field("account")} />
        <PasswordInput {...field("secret")} description={t(connection ? "wizard.keepSecret" : "wizard.secretPlace")} />
        {!isShop && (
          <details open={draft.address !== "" || wrong("address") !== undefined}>
            <Text component="summary" size="sm" c="dimmed" mb={6} style={{ cursor: "pointer" }}>
              {t("wizard.advanced")}
            </Text>
            <Stack gap="sm">
              <TextInput {...field("address")} description={t("wizard.publicAddress")} />
              <NumberInput
                label={t("wizard.reserve")}
                description={t("wizard.reserveText")}
                min={0}
                max={25}
                clampBehavior="strict"
                allowDecimal={false}
                value={draft.reserve}
                onChange={(value) => set({ reserve: Number(value) || 0 })}
                error={wrong("reserve")}
                data-testid={ids.connForm("reserve")}
              />
              {draft.kind === "smartbill" && (
                <Switch
                  label={t("wizard.legacyRoutes")}
                  description={t("wizard.legacyRoutesText")}
                  checked={draft.legacyRoutes}
                  onChange={(event) => set({ legacyRoutes: event.currentTarget.checked })}
                  data-testid={ids.connForm("legacy")}
                />
              )}
            </Stack>
          </details>
        )}
        <Group>
          <Button
            variant={missing === "test" ? "filled" : "default"}
            loading={test.isPending}
            disabled={untestable}
            title={untestable ? t("wizard.testMissing") : undefined}
            onClick={() => run(draft.company)}
            data-testid={ids.connForm("test")}
          >
            {t("wizard.test")}
          </Button>
          <Text size="sm" c="dimmed">
            {untestable ? t("wizard.testMissing") : t("wizard.testText")}
          </Text>
        </Group>
        {test.error && <ErrorNote error={test.error} />}
        {(test.isPending || test.data) && <TestSteps kind={draft.kind} company={draft.company} result={test.data} />}
        {!isShop && (proven || connection) && (
          <ConnectionChoices
            draft={draft}
            set={set}
            lists={proven?.result ?? lists.data}
            rates={connection === null}
            listedFor={proven ? proven.company : (connection?.company ?? null)}
            busy={test.isPending}
            readLists={run}
          />
        )}
        {connection && !isShop && lists.data && <BillingChoices draft={draft} set={set} lists={lists.data} />}
        {(proven || connection) && <TextInput {...field("name")} />}
        {connection && !isShop && <ConnectionLists connection={connection} lists={lists} />}
        {save.error && <ErrorNote error={save.error} />}
        <DialogFoot
          missing={missing ? t(`wizard.missing.${missing}`) : null}
          label={t("wizard.save")}
          busy={save.isPending}
          act={() => save.mutate(draft, { onSuccess: close })}
          close={close}
          testId={ids.connForm("save")}
        />
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
    series: connection?.series ?? null,
    legacyRoutes: connection?.legacyRoutes ?? false,
    reserve: connection?.reserve ?? 0,
    warehouse: connection?.warehouse ?? "",
    vatNames: connection?.vatNames ?? {},
  };
}

function credentialOf(draft: ConnectionInput): string {
  return JSON.stringify([draft.kind, draft.address.trim(), draft.account.trim(), draft.secret]);
}

/** The company whose lists came back: the one asked for, or the provider's first. */
function listedFor(asked: ConnectionInput, result: TestResult): string | null {
  return asked.company ?? result.companies?.[0]?.cif ?? null;
}

/** Where the provider has only one company, or one series for invoices, there is nothing to choose. */
function withOnlyChoices(draft: ConnectionInput, result: TestResult): ConnectionInput {
  const company = draft.company ?? (result.companies?.length === 1 ? (result.companies[0]?.cif ?? null) : null);
  const series = result.series.filter((one) => one.documentType === "invoice");
  const only = company && series.length === 1 ? (series[0]?.name ?? null) : null;
  return { ...draft, company, series: draft.series ?? only };
}

type Missing = "testing" | "test" | "company" | "lists" | "name";

/** Why it cannot be saved yet. A known connection whose credential stays may be saved as it is. */
function whyNot(
  draft: ConnectionInput,
  proven: Proof | null,
  known: ConnectionInfo | null,
  testing: boolean,
): Missing | null {
  const same = draft.secret === "" && draft.address === known?.address && draft.account === known.account;
  if (testing) return "testing";
  if (!proven && !same) return "test";
  if (draft.kind !== "woocommerce") {
    const company = draft.company?.trim();
    if (!company) return "company";
    const read = proven ? proven.company === draft.company : draft.company === known?.company;
    if (!read) return "lists";
  }
  return draft.name.trim() === "" ? "name" : null;
}
