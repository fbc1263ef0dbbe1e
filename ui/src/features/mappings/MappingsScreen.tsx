import { Button, Group, Select, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MappingInfo, RuleInfo, RulePreview, RuleSaved } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { useGo, usePlace } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { DraftView, Problems } from "../../shared/ui/DraftView";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { Functions } from "./Functions";
import { RuleRow } from "./RuleRow";

/** The rules with their values for one order, each of which can be changed, and the invoice that comes of them. */
export function MappingsScreen() {
  const place = usePlace();
  const [chosen, setChosen] = useState<string | null>(null);
  const byDocument = place.document !== undefined && place.order === undefined;
  const record = useAsk("record.get", { orderId: null, documentId: place.document ?? null }, byDocument);
  const waits = byDocument && record.isPending;
  const orderId = chosen ?? place.order ?? record.data?.order.id ?? null;
  const mapping = useAsk("mapping.get", { mappingId: null, orderId }, !waits);
  return (
    <div className="screen">
      {(mapping.isPending || waits) && <Loading />}
      {mapping.error && <ErrorNote error={mapping.error} again={() => void mapping.refetch()} />}
      {mapping.data && <Content mapping={mapping.data} choose={setChosen} />}
    </div>
  );
}

function Content({ mapping, choose }: { mapping: MappingInfo; choose: (orderId: string | null) => void }) {
  const { t } = useTranslation();
  const place = usePlace();
  const [saved, setSaved] = useState<RuleSaved | null>(null);
  const [tried, setTried] = useState<RulePreview | null>(null);
  const shown = tried ?? mapping;
  const samples = mapping.samples.map((one) => ({ value: one.id, label: `#${one.number} · ${one.customer}` }));
  const sample = mapping.sample;
  if (sample && !samples.some((one) => one.value === sample.id)) {
    samples.unshift({ value: sample.id, label: `#${sample.number} · ${sample.customer}` });
  }
  const flows = mapping.mappings.find((one) => one.id === mapping.id)?.flows ?? [];
  return (
    <>
      <Group justify="space-between" mb={12} align="flex-end">
        <div>
          <Title order={1}>{mapping.name}</Title>
          <Text size="sm" c="dimmed">
            {t("mapping.version", { version: mapping.version })}
            {flows.length > 0 && ` · ${t("mapping.usedBy", { flows: flows.join(", ") })}`}
          </Text>
        </div>
        <Select
          w={320}
          size="xs"
          label={t("mapping.sample")}
          data={samples}
          value={mapping.sample?.id ?? null}
          onChange={choose}
          searchable
          placeholder={t("mapping.noSample")}
          nothingFoundMessage={t("shell.nothing")}
          data-testid="mapping-sample"
        />
      </Group>
      {saved && <Saved saved={saved} />}
      <div className="two mapping">
        <Stack gap="md">
          {groupsOf(mapping.rules).map(([name, rules]) => (
            <section className="card" key={name}>
              <Title order={2} mb={6}>
                {t(`mapping.group.${name}`, { defaultValue: name })}
              </Title>
              {rules.map((rule) => (
                <RuleRow
                  key={`${rule.block}.${rule.target}`}
                  mapping={mapping}
                  rule={rule}
                  named={place.target === rule.target && (place.block ?? null) === rule.block}
                  onTried={setTried}
                  onSaved={setSaved}
                />
              ))}
            </section>
          ))}
          <Functions />
        </Stack>
        <section className="card result">
          <Title order={2} mb={8}>
            {t(tried ? "mapping.resultTried" : "mapping.result")}
          </Title>
          {!mapping.sample && <Empty title={t("mapping.noOrders")} text={t("mapping.noOrdersText")} />}
          <Stack gap="sm">
            <Problems problems={shown.problems} />
            {shown.draft && <DraftView draft={shown.draft} />}
          </Stack>
        </section>
      </div>
    </>
  );
}

function Saved({ saved }: { saved: RuleSaved }) {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <Group className="note done" mb="sm" justify="space-between" data-testid={ids.ruleSaved}>
      <Text size="sm">
        {t("mapping.saved", { version: saved.version })} {t("mapping.remapped", { count: saved.remapped })}{" "}
        {saved.remapped > 0 && t("mapping.ready", { count: saved.ready })}
      </Text>
      {saved.ready > 0 && (
        <Button variant="light" onClick={() => go.screen("/failures")}>
          {t("mapping.toFailures")}
        </Button>
      )}
    </Group>
  );
}

/** Rules by what they fill: client, document, payment, then each list of lines. */
function groupsOf(rules: RuleInfo[]): [string, RuleInfo[]][] {
  const groups = new Map<string, RuleInfo[]>();
  for (const rule of rules) {
    const name = rule.block ?? rule.target.split(".")[0] ?? rule.target;
    groups.set(name, [...(groups.get(name) ?? []), rule]);
  }
  return [...groups];
}
