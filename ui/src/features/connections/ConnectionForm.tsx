import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo, ConnectionInput, TestResult } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { DialogFoot } from "../../shared/ui/DialogFoot";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { BillingChoices } from "./BillingChoices";
import { ConnectionChoices } from "./ConnectionChoices";
import { ConnectionLists } from "./ConnectionLists";
import { CredentialFields, useField } from "./CredentialFields";
import { KindChoice } from "./KindChoice";
import { isAsked, isShop as isShopKind, isStripeAccount, needsAddress, neverHadSecret } from "./kinds";
import { TestSteps } from "./TestSteps";

interface Props {
  kind: string;
  connection: ConnectionInfo | null;
  close: () => void;
  saved: (connection: ConnectionInfo) => void;
}

/** What a test proved: that the credential is good, and only the one that was tested. */
interface Proof {
  credential: string;
  /** The company whose lists came back; null where the provider refused it, and another must be asked for. */
  company: string | null;
  result: TestResult;
}

/** One form for all systems: credential, live test, company and series as the provider has them, name. */
export function ConnectionForm({ kind, connection, close, saved }: Props) {
  const { t } = useTranslation();
  // an application has a name of its own
  const nameFor = (system: string) => (system === "webhook" ? "" : t(`system.${system}`));
  const test = useAct("connections.test");
  const save = useAct("connections.save");
  const [draft, setDraft] = useState<ConnectionInput>(() => startOf(kind, connection, nameFor(kind)));
  const [proof, setProof] = useState<Proof | null>(null);
  const isShop = isShopKind(draft.kind);
  const isTested = isAsked(draft.kind);
  const isBare = connection !== null && neverHadSecret(connection);
  const isListed = connection !== null && !isShop && !isBare;
  // what the provider said last, until a test of this credential says it anew
  const lists = useAsk("connections.lists", { id: connection?.id ?? "", refresh: false }, isListed);
  const set = (change: Partial<ConnectionInput>) => setDraft((before) => ({ ...before, ...change }));
  const choose = (wanted: string) => {
    setDraft(startOf(wanted, null, nameFor(wanted)));
    setProof(null);
    test.reset();
    save.reset();
  };
  const run = (company: string | null) => {
    const wanted = { ...draft, company, series: company === draft.company ? draft.series : null };
    setDraft(wanted);
    test.mutate(wanted, {
      onSuccess: (result) => {
        const account = accountOf(wanted, result);
        const credential = credentialOf({ ...wanted, account });
        setProof(isProven(wanted.kind, result) ? { credential, company: listedFor(wanted, result), result } : null);
        if (result.ok) setDraft((now) => withOnlyChoices(now.account === wanted.account ? { ...now, account } : now, result));
      },
    });
  };
  const proven = proof?.credential === credentialOf(draft) ? proof : null;
  const missing = whyNot(draft, proven, connection, test.isPending);
  const isReadable = draft.kind === "stripe";
  const wrong = (name: string) => [save.error, test.error].find((error) => error?.field === name)?.detail;
  // it stands at its field as long as that holds what was refused
  const isMistyped = [save, test].some(({ error, variables }) => error?.field === "company" && variables?.company === draft.company);
  const isFixed = connection?.hasOrders ?? false;
  const field = useField({ draft, set, wrong });
  const blank = [
    ...(draft.account.trim() === "" && !isReadable ? (["account"] as const) : []),
    ...((connection === null || isBare) && draft.secret === "" ? (["secret"] as const) : []),
  ];
  const untestable = blank.length > 0;
  const untestableText = isReadable
    ? t("wizard.keyMissing")
    : t("wizard.testMissing", { fields: blank.map((name) => field(name).label).join(", ") });
  const keep = () => save.mutate(isTested ? draft : { ...draft, account: draft.name }, { onSuccess: saved });
  const titleOf = () => {
    const system = t(`system.${draft.kind}`);
    if (connection) return t("wizard.edit", { system });
    return t(`wizard.${draft.kind}.add`, { defaultValue: t("wizard.add", { system }) });
  };
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      centered
      title={titleOf()}
      transitionProps={{ duration: 80 }}
    >
      <Stack gap="sm">
        {connection === null && <KindChoice kind={draft.kind} choose={choose} />}
        <Text size="sm" className="quote">
          {t(`wizard.${draft.kind}.where`)}
        </Text>
        <CredentialFields draft={draft} set={set} wrong={wrong} isKnown={connection !== null} isBare={isBare} isFixed={isFixed} />
        {isTested && (
          <Group>
            <Button
              variant={missing === "test" ? "filled" : "default"}
              loading={test.isPending}
              disabled={untestable}
              title={untestable ? untestableText : undefined}
              onClick={() => run(draft.company)}
              data-testid={ids.connForm("test")}
            >
              {t("wizard.test")}
            </Button>
            <Text size="sm" c="dimmed">
              {untestable ? untestableText : t("wizard.testText")}
            </Text>
          </Group>
        )}
        {test.error && test.error.field !== "company" && <ErrorNote error={test.error} />}
        {(test.isPending || test.data) && <TestSteps kind={draft.kind} company={draft.company} result={test.data} />}
        {!isShop && (proven || connection) && (
          <ConnectionChoices
            draft={draft}
            set={set}
            lists={proven?.result ?? lists.data}
            rates={connection === null}
            listedFor={proven ? proven.company : (connection?.company ?? null)}
            isMistyped={isMistyped}
            busy={test.isPending}
            readLists={run}
          />
        )}
        {isListed && lists.data && <BillingChoices draft={draft} set={set} lists={lists.data} />}
        {(proven || connection || draft.kind === "webhook") && <TextInput {...field("name")} />}
        {isListed && <ConnectionLists connection={connection} lists={lists} />}
        {save.error && <ErrorNote error={save.error} refusals="wizard.refused" />}
        {draft.kind === "file" ? (
          <ToOrders close={close} />
        ) : (
          <DialogFoot
            missing={missing ? t(`wizard.missing.${missing}`) : null}
            label={t("wizard.save")}
            busy={save.isPending}
            act={keep}
            close={close}
            testId={ids.connForm("save")}
          />
        )}
      </Stack>
    </Modal>
  );
}

/** A file has nothing to be typed: it is imported where its orders are. */
function ToOrders({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <Group justify="flex-end" gap="xs">
      <Button variant="default" onClick={close}>
        {t("common.cancel")}
      </Button>
      <Button onClick={() => go.screen("/orders")} data-testid={ids.connForm("to-orders")}>
        {t("wizard.file.toOrders")}
      </Button>
    </Group>
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

/** Stripe tells whose the key is; what was typed stays. */
function accountOf(asked: ConnectionInput, result: TestResult): string {
  const told = result.steps.find((step) => step.step === "credential")?.found ?? "";
  return asked.kind === "stripe" && asked.account.trim() === "" && isStripeAccount(told) ? told : asked.account;
}

/** A billing provider's credential may be good though company or series are not: these are mended here. */
function isProven(kind: string, result: TestResult): boolean {
  if (isShopKind(kind)) return result.ok;
  return result.steps.some((step) => step.step === "credential" && !step.failure);
}

/** The company whose lists came back: the one asked for, or the provider's first. A series that is not there is no fault of it. */
function listedFor(asked: ConnectionInput, result: TestResult): string | null {
  if (result.steps.some((step) => step.failure && step.step !== "series")) return null;
  return asked.company ?? result.companies?.[0]?.cif ?? null;
}

/** Where the provider has only one company, or one series for invoices, there is nothing to choose. */
function withOnlyChoices(draft: ConnectionInput, result: TestResult): ConnectionInput {
  const company = draft.company ?? (result.companies?.length === 1 ? (result.companies[0]?.cif ?? null) : null);
  const series = result.series.filter((one) => one.documentType === "invoice");
  const only = company && series.length === 1 ? (series[0]?.name ?? null) : null;
  return { ...draft, company, series: draft.series ?? only };
}

type Missing = "testing" | "test" | "stripeAccount" | "address" | "company" | "lists" | "name";

/** Why it cannot be saved yet. A known connection whose credential stays may be saved as it is. */
function whyNot(
  draft: ConnectionInput,
  proven: Proof | null,
  known: ConnectionInfo | null,
  testing: boolean,
): Missing | null {
  const same = draft.secret === "" && draft.address === known?.address && draft.account === known.account;
  if (testing) return "testing";
  if (needsAddress(draft.kind) && draft.address.trim() === "") return "address";
  if (isAsked(draft.kind) && !proven && !same) return "test";
  const isNamed = isStripeAccount(draft.account) || draft.account === known?.account;
  if (draft.kind === "stripe" && !isNamed) return "stripeAccount";
  if (!isShopKind(draft.kind)) {
    const company = draft.company?.trim();
    if (!company) return "company";
    const read = proven ? proven.company === draft.company : draft.company === known?.company;
    if (!read) return "lists";
  }
  return draft.name.trim() === "" ? "name" : null;
}
