import { Group, Select, Stack, Tabs, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DraftInfo, MappingTrial } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { BeforeAfter } from "../../../shared/ui/BeforeAfter";
import { DraftView, Problems } from "../../../shared/ui/DraftView";
import { Empty } from "../../../shared/ui/Empty";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { systemName } from "../../../shared/ui/FailureText";
import { useFormat } from "../../../shared/ui/useFormat";
import { jsonParts } from "../model/json";
import { useDesk } from "./desk";
import { useFieldName, useWords } from "./useWords";
import { Why } from "./Why";

/** What comes of the mapping for the sample: the invoice, the exact request, and why a value is what it is. */
export function ResultPane() {
  const { t } = useTranslation();
  const [tab, setTab] = useState<string>("invoice");
  const { trial, sampling } = useDesk();
  const shown = trial.shown;
  return (
    <section className="pane" aria-label={t("editor.result")}>
      <Tabs value={tab} onChange={(to) => setTab(to ?? "invoice")} keepMounted={false} className="result-tabs">
        <Tabs.List>
          {["invoice", "json", "why"].map((name) => (
            <Tabs.Tab key={name} value={name} data-testid={ids.resultTab(name)}>
              {t(`editor.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <div className="pane-body padded" data-stale={trial.stale}>
          {trial.error && <ErrorNote error={trial.error} />}
          {!sampling.sample && !sampling.pending && <Empty title={t("editor.noOrder")} text={t("editor.noOrderText")} />}
          <Tabs.Panel value="invoice">
            <Mistakes />
            {shown && <Invoice trial={shown} />}
          </Tabs.Panel>
          <Tabs.Panel value="json">
            <Request trial={shown} />
          </Tabs.Panel>
          <Tabs.Panel value="why">
            <Why />
          </Tabs.Panel>
        </div>
      </Tabs>
    </section>
  );
}

/** What keeps the mapping from being used at all, each a way to its rule. */
function Mistakes() {
  const { t } = useTranslation();
  const words = useWords();
  const { trial, write } = useDesk();
  const errors = trial.now?.errors ?? [];
  if (errors.length === 0) return null;
  return (
    <Stack gap={6} mb="sm" className="note" data-testid={ids.mistakes}>
      <Text size="sm" fw={600}>
        {t("editor.mistakes", { count: errors.length })}
      </Text>
      {errors.map((error) => (
        <button
          type="button"
          className="mistake"
          key={`${error.block}/${error.target} ${error.problem.code}`}
          onClick={() => write({ block: error.block, target: error.target })}
        >
          <b>{words.spot(error)}</b>
          {": "}
          {words.what(error.problem)}
        </button>
      ))}
      {trial.shown && (
        <Text size="xs" c="dimmed">
          {t("editor.before")}
        </Text>
      )}
    </Stack>
  );
}

function Invoice({ trial }: { trial: MappingTrial }) {
  const { t } = useTranslation();
  const { draft, problems } = trial;
  return (
    <Stack gap="sm" className="result-invoice" data-testid={ids.resultInvoice}>
      {draft && <Total draft={draft} trial={trial} />}
      <Problems problems={problems} />
      <ByRules trial={trial} />
      {draft && <DraftView draft={draft} />}
      {!draft && trial.errors.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("editor.noDraft")}
        </Text>
      )}
    </Stack>
  );
}

/** What the chosen flow's rules put in place of what the mapping says, which its values do not show. */
function ByRules({ trial }: { trial: MappingTrial }) {
  const { t } = useTranslation();
  const nameOf = useFieldName();
  const { info, flowId } = useDesk();
  const flow = info.flows.find(({ id }) => id === flowId) ?? info.flows[0];
  if (!flow || trial.byRules.length === 0) return null;
  const differences = trial.byRules.map(({ field, before, after }) => ({ key: field, field: nameOf(field), before, after }));
  return (
    <Stack gap={4} className="note" data-testid={ids.byRules}>
      <Text size="sm">{t("editor.byRules", { flow: flow.name })}</Text>
      <BeforeAfter differences={differences} />
    </Stack>
  );
}

/** The totals beside the order's own, each with a mark and words. */
function Total({ draft, trial }: { draft: DraftInfo; trial: MappingTrial }) {
  const { t } = useTranslation();
  const format = useFormat();
  const currency = draft.total.currency;
  const vat = draft.vat.reduce((sum, share) => sum + share.vat.minor, 0);
  const rows = [
    { name: t("draft.total"), ours: draft.total, theirs: draft.orderTotal, holds: "total" },
    ...(trial.orderVat ? [{ name: t("editor.vat"), ours: { minor: vat, currency }, theirs: trial.orderVat, holds: "document.vat_total" }] : []),
  ];
  return (
    <div data-testid={ids.resultTotal}>
      {rows.map(({ name, ours, theirs, holds }) => {
        const agrees = ours.minor === theirs.minor && ours.currency === theirs.currency;
        // a difference that rounding explains, or that the mapping lets through, holds nothing
        const isWrong = !agrees && trial.problems.some((problem) => problem.field === holds);
        const difference = { minor: ours.minor - theirs.minor, currency: ours.currency };
        return (
          <Group key={name} gap={8} wrap="nowrap" align="flex-start">
            <Text size="sm" fw={600} style={{ whiteSpace: "nowrap" }}>
              {name} {format.amount(ours)}
            </Text>
            {isWrong ? (
              <IconAlertTriangle size={15} color="var(--state-mismatched)" aria-hidden className="total-mark" />
            ) : (
              <IconCircleCheck size={15} color="var(--state-issued)" aria-hidden className="total-mark" />
            )}
            <Text size="sm">
              {agrees
                ? t("editor.agrees")
                : t(isWrong ? "editor.differs" : "editor.rounded", { total: format.amount(theirs), difference: format.amount(difference) })}
            </Text>
          </Group>
        );
      })}
    </div>
  );
}

/** The request as the provider of the chosen flow would get it. */
function Request({ trial }: { trial: MappingTrial | null }) {
  const { t } = useTranslation();
  const { info, flowId, setFlowId } = useDesk();
  const parts = useMemo(() => jsonParts(trial?.payload?.json ?? ""), [trial]);
  const flows = info.flows.map((flow) => ({
    value: flow.id,
    label: t("editor.flowAt", { flow: flow.name, provider: systemName(t, flow.provider) }),
  }));
  return (
    <Stack gap="sm">
      {flows.length > 0 && (
        <Select
          size="xs"
          label={t("editor.requestFor")}
          data={flows}
          value={flowId ?? flows[0]?.value ?? null}
          onChange={(value) => value && setFlowId(value)}
          allowDeselect={false}
          data-testid={ids.resultFlow}
        />
      )}
      {trial?.payload ? (
        <pre className="mono json" data-testid={ids.resultJson} tabIndex={0} aria-label={t("editor.tab.json")}>
          {parts.map((part, at) => (
            <span key={`${at} ${part.text}`} data-kind={part.kind}>
              {part.text}
            </span>
          ))}
        </pre>
      ) : (
        <Text size="sm" c="dimmed" data-testid={ids.resultJson}>
          {info.flows.length === 0 ? t("editor.noFlow") : t("editor.noRequest")}
        </Text>
      )}
    </Stack>
  );
}
