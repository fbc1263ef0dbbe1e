import { Button, Group, NumberInput, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RulesInfo, SeriesChoice } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { DECIMAL_MARK } from "../../shared/lib/numbers";
import { ids } from "../../shared/lib/testids";
import { DecimalField } from "../../shared/ui/DecimalField";
import { useFormat } from "../../shared/ui/useFormat";
import { CollectRules, type RulesPart, SeriesRules } from "./RulesLists";
import { RulesPreview } from "./RulesPreview";
import { RulesProforma } from "./RulesProforma";
import { WhenFacts, WhenState } from "./RulesWhen";
import { type DelayUnit, minutesOf, rulesSentence, unitOf, untouchedRules, untouchedWhen } from "./rulesSentence";

interface Props {
  shopId: string;
  condition: string;
  rules: RulesInfo;
  /** Series as the provider lists them, if it could be asked. */
  offered: SeriesChoice[];
  set: (rules: RulesInfo) => void;
  /** What saving said of a field. */
  wrong: (field: string) => string | undefined;
}

/** How long typing must rest before the rules are tried on the newest orders. */
const REST_MS = 400;
const MOST_MINUTES = 30 * 1440;

/** When a flow invoices an order, and how: as a form, in words, and tried on the newest orders. */
export function RulesForm({ shopId, condition, rules, offered, set, wrong }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const [request] = useDebouncedValue(useMemo(() => ({ shopId, rules, condition }), [shopId, rules, condition]), REST_MS);
  const asked = useAsk("flows.preview_rules", request, request.shopId !== "");
  const said = (field: string) => wrong(field) ?? (asked.error?.field === field ? asked.error.detail : undefined);
  const part: RulesPart = { rules, set: (change) => set({ ...rules, ...change }), wrong: said };
  const when = {
    when: rules.when,
    set: (change: Partial<RulesInfo["when"]>) => set({ ...rules, when: { ...rules.when, ...change } }),
    wrong: said,
    of: "when",
  };
  const sentence = rulesSentence(rules, condition, { t, language: format.language, amount: (text) => format.decimal(text) });
  return (
    <Stack gap="xs" component="section" aria-label={t("rules.title")}>
      <Text fw={600}>{t("rules.title")}</Text>
      <Text size="sm" data-testid={ids.flowForm("rules-sentence")}>
        {sentence}
      </Text>
      <RulesPreview preview={asked.data} error={asked.error} />
      <RulesProforma {...part} offered={offered} />
      <WhenState {...when} statusesText={t("rules.statusesText")} />
      <Group grow align="flex-start">
        <Delay {...part} />
        <DecimalField
          label={t("rules.approve")}
          description={t("rules.approveText")}
          value={rules.approveAbove ?? ""}
          onValue={(amount) => part.set({ approveAbove: amount || null })}
          refused={said("rules.approveAbove") !== undefined}
          data-testid={ids.flowForm("approve")}
        />
      </Group>
      <Disclosure title={t("rules.only")} name="only" isOpen={hasFacts(rules)}>
        <WhenFacts {...when} />
      </Disclosure>
      <Disclosure title={t("rules.more")} name="more" isOpen={hasMore(rules)}>
        <How {...part} offered={offered} />
      </Disclosure>
    </Stack>
  );
}

function hasFacts({ when }: RulesInfo): boolean {
  const untouched = { ...untouchedWhen, statuses: when.statuses, paid: when.paid };
  return JSON.stringify(when) !== JSON.stringify(untouched);
}

function hasMore(rules: RulesInfo): boolean {
  const { when, document, proforma, delayMinutes, approveAbove } = rules;
  return JSON.stringify(rules) !== JSON.stringify({ ...untouchedRules, when, document, proforma, delayMinutes, approveAbove });
}

function Delay({ rules, set, wrong }: RulesPart) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const [unit, setUnit] = useState<DelayUnit>(() => (rules.delayMinutes === 0 ? "hours" : unitOf(rules.delayMinutes)));
  const amount = rules.delayMinutes / minutesOf[unit];
  const most = MOST_MINUTES / minutesOf[unit];
  const delay = (count: number, of: DelayUnit) => set({ delayMinutes: Math.min(Math.round(count * minutesOf[of]), MOST_MINUTES) });
  return (
    <Group grow align="flex-end" gap="xs">
      <NumberInput
        label={t("rules.delay")}
        min={0}
        max={most}
        allowNegative={false}
        decimalScale={unit === "minutes" ? 0 : 2}
        decimalSeparator={DECIMAL_MARK[language]}
        value={amount}
        onChange={(count) => delay(Number(count) || 0, unit)}
        error={wrong("rules.delayMinutes")}
        data-testid={ids.flowForm("delay")}
      />
      <Select
        aria-label={t("rules.delayUnit")}
        data={(["minutes", "hours", "days"] as const).map((value) => ({ value, label: t(`rules.unit.${value}`) }))}
        value={unit}
        onChange={(of) => {
          if (!of) return;
          setUnit(of as DelayUnit);
          delay(amount, of as DelayUnit);
        }}
        allowDeselect={false}
        data-testid={ids.flowForm("delay-unit")}
      />
    </Group>
  );
}

function How({ offered, ...part }: RulesPart & { offered: SeriesChoice[] }) {
  const { rules, set, wrong } = part;
  const { t } = useTranslation();
  return (
    <>
      <Select
        label={t("rules.issueDate")}
        description={t("rules.issueDateText")}
        data={["issue_day", "completion_day"].map((value) => ({ value, label: t(`rules.date.${value}`) }))}
        value={rules.issueDate}
        onChange={(issueDate) => issueDate && set({ issueDate })}
        allowDeselect={false}
        data-testid={ids.flowForm("issue-date")}
      />
      <Group grow align="flex-start">
        <NumberInput
          label={t("rules.dueDays")}
          description={t("rules.asMapped")}
          min={0}
          max={365}
          allowDecimal={false}
          value={rules.dueDays ?? ""}
          onChange={(days) => set({ dueDays: days === "" ? null : Number(days) })}
          error={wrong("rules.dueDays")}
          data-testid={ids.flowForm("due-days")}
        />
        <TextInput
          label={t("rules.language")}
          description={t("rules.languageText")}
          maxLength={2}
          value={rules.language}
          onChange={(event) => set({ language: event.currentTarget.value.toUpperCase() })}
          error={wrong("rules.language")}
          data-testid={ids.flowForm("language")}
        />
      </Group>
      <SeriesRules {...part} />
      <CollectRules {...part} offered={offered} />
      <Switch
        label={t("rules.einvoice")}
        description={t("rules.einvoiceText")}
        checked={rules.sendEinvoice}
        onChange={(event) => set({ sendEinvoice: event.currentTarget.checked })}
        data-testid={ids.flowForm("einvoice")}
      />
      <Switch
        label={t("rules.email")}
        description={t("rules.emailText")}
        checked={rules.emailClient}
        onChange={(event) => set({ emailClient: event.currentTarget.checked })}
        data-testid={ids.flowForm("email")}
      />
    </>
  );
}

interface DisclosureProps {
  title: string;
  name: string;
  /** From the start, because something in it is set. */
  isOpen: boolean;
  children: ReactNode;
}

function Disclosure({ title, name, isOpen, children }: DisclosureProps) {
  const [opened, setOpened] = useState(isOpen);
  return (
    <div>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        leftSection={opened ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
        aria-expanded={opened}
        onClick={() => setOpened(!opened)}
        data-testid={ids.flowForm(`rules-${name}`)}
      >
        {title}
      </Button>
      {opened && (
        <Stack gap="sm" mt="xs">
          {children}
        </Stack>
      )}
    </div>
  );
}
