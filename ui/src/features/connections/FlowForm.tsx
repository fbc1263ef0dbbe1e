import { Button, Checkbox, Group, Modal, Select, Stack, Switch, Text, TextInput, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo, Connections, FlowInfo, FlowInput } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { needsSecond } from "../../shared/lib/errors";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { MayButton } from "../../shared/ui/MayButton";
import { useFormat } from "../../shared/ui/useFormat";
import { useMay } from "../../shared/ui/useMay";
import { companyOptions, seriesOptions } from "./ConnectionChoices";
import { FlowMapping } from "./FlowMapping";
import { mappingChoices } from "./fittingMapping";
import { isTaken, nameOf, placeOf, startOf } from "./flowStart";
import { InvoicedTwice } from "./InvoicedTwice";
import { RulesForm } from "./RulesForm";
import { untouchedRules } from "./rulesSentence";

interface Props {
  flow: FlowInfo | null;
  connections: Connections;
  close: () => void;
}

/** Which shop's orders become invoices where, and in which series. */
export function FlowForm({ flow, connections, close }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const save = useAct("flows.save");
  const [kept, setDraft] = useState<FlowInput>(() => startOf(flow, connections));
  const [isNamed, setNamed] = useState(flow !== null);
  // until a person names it, its name follows what is chosen
  const draft = isNamed ? kept : { ...kept, name: nameOf(kept, connections) };
  const set = (change: Partial<FlowInput>) => setDraft((before) => ({ ...before, ...change }));
  const wrong = (name: string) => (save.error?.field === name ? save.error.detail : undefined);
  const billing = connections.billing.find((one) => one.id === draft.billingId);
  const listing = useListing(draft, billing);
  const mappings = useAsk("mappings.list", {});
  const choices = mappings.data && mappingChoices(draft, mappings.data);
  const taken = isTaken(draft.name, draft.id, connections.flows);
  const empty = draft.name.trim() === "" || draft.company.trim() === "" || draft.series.trim() === "";
  const missing = empty ? t("flow.missing") : taken ? t("flow.nameTaken") : null;
  const keep = () =>
    save.mutate(
      { ...draft, mappingId: choices?.chosen ?? draft.mappingId },
      { onSuccess: close, onError: (error) => needsSecond(error) && close() },
    );
  const named = (list: ConnectionInfo[]) => list.map((one) => ({ value: one.id, label: one.name }));
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      centered
      title={flow ? t("flow.edit", { name: flow.name }) : t("flow.add")}
      transitionProps={{ duration: 80 }}
    >
      <Stack gap="sm">
        <TextInput
          label={t("flow.name")}
          value={draft.name}
          onChange={(event) => {
            setNamed(true);
            set({ name: event.currentTarget.value });
          }}
          error={taken ? t("flow.nameTaken") : wrong("name")}
          data-testid={ids.flowForm("name")}
        />
        <Group grow>
          <Select
            label={t("flow.shop")}
            data={named(connections.shops)}
            value={draft.shopId}
            onChange={(shopId) => shopId && set({ shopId })}
            allowDeselect={false}
            data-testid={ids.flowForm("shop")}
          />
          <Select
            label={t("flow.billing")}
            data={named(connections.billing)}
            value={draft.billingId}
            onChange={(billingId) => {
              const other = connections.billing.find((one) => one.id === billingId);
              if (other) set({ billingId: other.id, ...placeOf(other) });
            }}
            allowDeselect={false}
            data-testid={ids.flowForm("billing")}
          />
        </Group>
        <InvoicedTwice shop={connections.shops.find(({ id }) => id === draft.shopId)} />
        <Place key={draft.billingId} draft={draft} set={set} listing={listing} preset={placeOf(billing)} />
        {choices && <FlowMapping choices={choices} set={set} />}
        <Textarea
          label={t("flow.condition")}
          description={t("flow.conditionText")}
          classNames={{ input: "mono" }}
          placeholder={'order.currency == "RON"'}
          autosize
          value={draft.condition}
          onChange={(event) => set({ condition: event.currentTarget.value })}
          error={wrong("condition")}
          data-testid={ids.flowForm("condition")}
        />
        <RulesForm
          shopId={draft.shopId}
          condition={draft.condition}
          rules={draft.rules ?? untouchedRules}
          offered={listing.series}
          set={(rules) => set({ rules })}
          wrong={wrong}
        />
        <Checkbox
          label={t("flow.ours")}
          description={t("flow.oursText")}
          checked={draft.seriesIsOurs}
          onChange={(event) => set({ seriesIsOurs: event.currentTarget.checked })}
          data-testid={ids.flowForm("ours")}
        />
        <Switch
          label={t("flow.writeBack")}
          description={t("flow.writeBackText")}
          checked={draft.writeBack}
          onChange={(event) => set({ writeBack: event.currentTarget.checked })}
          data-testid={ids.flowForm("write-back")}
        />
        <Group grow align="flex-start">
          {(["fullRefund", "partialRefund"] as const).map((field) => (
            <Select
              key={field}
              label={t(`flow.${field}`)}
              description={t(`flow.${field}Text`)}
              data={["off", "propose", "automatic"].map((value) => ({ value, label: t(`flow.refund.${value}`) }))}
              value={draft[field]}
              onChange={(mode) => mode && set({ [field]: mode })}
              allowDeselect={false}
              data-testid={ids.flowForm(field)}
            />
          ))}
        </Group>
        <Switch
          label={t("flow.enabled")}
          description={
            flow?.enabled ? t("flow.activeFrom", { time: format.instant(flow.activeFromMs) }) : t("flow.activeFromNow")
          }
          checked={draft.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
          data-testid={ids.flowForm("enabled")}
        />
        {save.error && <ErrorNote error={save.error} refusals="rules.wrong" />}
        <Group justify="flex-end" gap="xs">
          {missing && (
            <Text size="sm" c="dimmed" mr="auto">
              {missing}
            </Text>
          )}
          <Button variant="default" onClick={close}>
            {t("common.cancel")}
          </Button>
          <MayButton
            command="flows.save"
            disabled={missing !== null}
            title={missing ?? undefined}
            loading={save.isPending}
            onClick={keep}
            data-testid={ids.flowForm("save")}
          >
            {t("flow.save")}
          </MayButton>
        </Group>
      </Stack>
    </Modal>
  );
}

/** What the provider has for a flow's company. */
function useListing(draft: FlowInput, billing: ConnectionInfo | undefined) {
  // a company that is being typed is asked for once, when the typing rests
  const [company] = useDebouncedValue(draft.company.trim(), 500);
  const request = {
    id: billing?.id ?? null,
    kind: billing?.kind ?? "",
    name: billing?.name ?? "",
    address: billing?.address ?? "",
    account: billing?.account ?? "",
    secret: "",
    company: company || null,
    series: null,
    legacyRoutes: billing?.legacyRoutes ?? false,
    reserve: billing?.reserve ?? 0,
    warehouse: billing?.warehouse ?? "",
    vatNames: billing?.vatNames ?? {},
  };
  const { may } = useMay("connections.test");
  const asked = useAsk("connections.test", request, billing !== undefined && may);
  const isOfCompany = !asked.isPlaceholderData && company === draft.company.trim();
  return {
    companies: asked.data?.companies ?? [],
    series: isOfCompany ? (asked.data?.series ?? []) : [],
    isAsking: asked.isFetching,
    failed: !may || asked.data?.ok === false || asked.error !== null,
  };
}

interface PlaceProps {
  draft: FlowInput;
  set: (change: Partial<FlowInput>) => void;
  listing: ReturnType<typeof useListing>;
  /** What the billing connection starts its flows with. */
  preset: ReturnType<typeof placeOf>;
}

/** Company and series from the provider; typed where it cannot be asked now. */
function Place({ draft, set, listing, preset }: PlaceProps) {
  const { t } = useTranslation();
  const { companies, failed } = listing;
  const series = seriesOptions(listing.series, (facts) => t("wizard.seriesNext", facts));
  const isUnknown = series.length > 0 && draft.series !== "" && !series.some((one) => one.value === draft.series);
  if (isUnknown) {
    series.push({ value: draft.series, label: draft.series });
  }
  const seriesFor = (company: string) => (company === preset.company ? preset.series : "");
  return (
    <Group grow align="flex-start">
      {companies.length > 0 ? (
        <Select
          label={t("wizard.company")}
          data={companyOptions(companies)}
          value={draft.company || null}
          onChange={(chosen) => chosen && chosen !== draft.company && set({ company: chosen, series: seriesFor(chosen) })}
          allowDeselect={false}
          data-testid={ids.flowForm("company")}
        />
      ) : (
        <TextInput
          label={t("wizard.company")}
          value={draft.company}
          onChange={(event) => set({ company: event.currentTarget.value })}
          data-testid={ids.flowForm("company")}
        />
      )}
      {series.length > 0 ? (
        <Select
          label={t("wizard.series")}
          data={series}
          value={draft.series || null}
          onChange={(name) => name && set({ series: name })}
          allowDeselect={false}
          error={isUnknown && t("wizard.seriesUnknown", { series: draft.series })}
          data-testid={ids.flowForm("series")}
        />
      ) : (
        <TextInput
          label={t("wizard.series")}
          description={listing.isAsking ? t("flow.asking") : failed ? t("flow.notAsked") : undefined}
          value={draft.series}
          onChange={(event) => set({ series: event.currentTarget.value })}
          data-testid={ids.flowForm("series")}
        />
      )}
    </Group>
  );
}
