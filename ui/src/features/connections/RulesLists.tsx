import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { RuleCollect, RulesInfo, RuleSeries, SeriesChoice } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { SeriesField } from "./RulesProforma";
import { WhenFacts, WhenState } from "./RulesWhen";
import { takesCash, untouchedWhen } from "./rulesSentence";

export interface RulesPart {
  rules: RulesInfo;
  set: (change: Partial<RulesInfo>) => void;
  wrong: (field: string) => string | undefined;
}

const KINDS = ["card", "bank_transfer", "cash_on_delivery", "cash", "other"];

function changed<T>(all: T[], at: number, change: Partial<T>): T[] {
  return all.map((one, index) => (index === at ? { ...one, ...change } : one));
}

/** Orders that go into another series than the flow's. */
export function SeriesRules({ rules, set, wrong }: RulesPart) {
  const { t } = useTranslation();
  const all = rules.seriesRules;
  const change = (at: number, one: Partial<RuleSeries>) => set({ seriesRules: changed(all, at, one) });
  return (
    <Stack gap="xs">
      <ListHead
        title={t("rules.seriesRules")}
        text={t("rules.seriesText")}
        add={t("rules.addSeries")}
        onAdd={() => set({ seriesRules: [...all, { when: untouchedWhen, series: "" }] })}
        testid="series-add"
      />
      {wrong("rules.seriesRules") && (
        <Text size="xs" c="red">
          {wrong("rules.seriesRules")}
        </Text>
      )}
      {all.map((rule, at) => (
        <Stack gap="xs" className="card" p="xs" key={at}>
          <Group align="flex-end">
            <TextInput
              flex={1}
              label={t("rules.series")}
              value={rule.series}
              onChange={(event) => change(at, { series: event.currentTarget.value })}
              data-testid={ids.flowForm(`series-${at}`)}
            />
            <Remove onClick={() => set({ seriesRules: all.filter((_, index) => index !== at) })} />
          </Group>
          {[WhenState, WhenFacts].map((Fields, part) => (
            <Fields
              key={part}
              when={rule.when}
              set={(when) => change(at, { when: { ...rule.when, ...when } })}
              wrong={() => undefined}
              of={`series-${at}`}
              statusesText={t("rules.statusesAny")}
            />
          ))}
        </Stack>
      ))}
    </Stack>
  );
}

/** How each payment method is collected. */
export function CollectRules({ rules, set, wrong, offered }: RulesPart & { offered: SeriesChoice[] }) {
  const { t } = useTranslation();
  const all = rules.collect;
  const change = (at: number, one: Partial<RuleCollect>) => set({ collect: changed(all, at, one) });
  return (
    <Stack gap="xs">
      <ListHead
        title={t("rules.collect")}
        text={t("rules.collectText")}
        add={t("rules.addCollect")}
        onAdd={() => set({ collect: [...all, { method: "", when: "now", as: "card" }] })}
        testid="collect-add"
      />
      {wrong("rules.collect") && (
        <Text size="xs" c="red">
          {wrong("rules.collect")}
        </Text>
      )}
      {all.map((rule, at) => (
        <Group key={at} align="flex-end" grow preventGrowOverflow={false}>
          <TextInput
            label={t("rules.method")}
            placeholder={t("rules.anyMethod")}
            value={rule.method}
            onChange={(event) => change(at, { method: event.currentTarget.value })}
            data-testid={ids.flowForm(`collect-${at}-method`)}
          />
          <Select
            label={t("rules.collectWhen")}
            data={["now", "later", "never"].map((value) => ({ value, label: t(`rules.when.${value}`) }))}
            value={rule.when}
            onChange={(when) => when && change(at, { when })}
            allowDeselect={false}
            data-testid={ids.flowForm(`collect-${at}-when`)}
          />
          <Select
            label={t("rules.as")}
            data={KINDS.map((value) => ({ value, label: t(`rules.kind.${value}`) }))}
            value={rule.as}
            onChange={(as) => as && change(at, { as })}
            allowDeselect={false}
            disabled={rule.when === "never"}
            data-testid={ids.flowForm(`collect-${at}-as`)}
          />
          <Remove onClick={() => set({ collect: all.filter((_, index) => index !== at) })} />
        </Group>
      ))}
      {(takesCash(rules) || rules.receiptSeries !== "") && (
        <SeriesField
          label={t("rules.receiptSeries")}
          description={t("rules.receiptSeriesText")}
          offered={offered}
          type="receipt"
          value={rules.receiptSeries}
          set={(receiptSeries) => set({ receiptSeries })}
          wrong={wrong("rules.receiptSeries")}
          testid="receipt-series"
        />
      )}
    </Stack>
  );
}

interface HeadProps {
  title: string;
  text: string;
  add: string;
  onAdd: () => void;
  testid: string;
}

function ListHead({ title, text, add, onAdd, testid }: HeadProps) {
  return (
    <Group justify="space-between" align="flex-start" wrap="nowrap">
      <div>
        <Text size="sm" fw={500}>
          {title}
        </Text>
        <Text size="xs" c="dimmed">
          {text}
        </Text>
      </div>
      <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={onAdd} data-testid={ids.flowForm(testid)}>
        {add}
      </Button>
    </Group>
  );
}

function Remove({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <Button variant="subtle" color="gray" flex="0 0 auto" leftSection={<IconTrash size={14} aria-hidden />} onClick={onClick}>
      {t("rules.remove")}
    </Button>
  );
}
