import { Button, Checkbox, Group, ScrollArea, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldInfo } from "../../../api/generated/api";
import { parseNumber } from "../../lib/numbers";
import { choicesOf, quoted, unquoted } from "../../lib/search";
import { ids } from "../../lib/testids";
import { DecimalField } from "../DecimalField";
import { useFormat } from "../useFormat";
import { useWords } from "./useWords";

interface Props {
  field: FieldInfo;
  /** What the search text asks of the field now. */
  value: string | null;
  /** The value to be written into the search text; null asks nothing of the field. */
  onChange: (value: string | null) => void;
}

const PERIODS = ["today", "yesterday", "this-week", "this-month", "last-month"];

/** What a list is filtered by in one field: choices to be ticked, a text, or bounds. */
export function FilterForm({ field, value, onChange }: Props) {
  if (field.kind === "choice") return <Choices field={field} value={value} onChange={onChange} />;
  return <Written key={value} field={field} value={value} onChange={onChange} />;
}

function Choices({ field, value, onChange }: Props) {
  const wordOf = useWords();
  const chosen = choicesOf(value);
  const toggle = (one: string) => {
    const next = chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one];
    onChange(next.length > 0 ? next.map(quoted).join(",") : null);
  };
  return (
    <ScrollArea.Autosize mah={260} type="auto">
      <Stack gap={8} role="group" aria-label={wordOf(field, null)} data-testid={ids.filterForm(field.name)}>
        {field.values.map((one) => (
          <Checkbox
            key={one.value}
            size="xs"
            label={wordOf(field, one.value, one.label)}
            checked={chosen.includes(one.value)}
            onChange={() => toggle(one.value)}
            data-testid={ids.filterValue(one.value)}
          />
        ))}
      </Stack>
    </ScrollArea.Autosize>
  );
}

/** `100..200`, `>=100`, `<=200`: as its two bounds. */
export function boundsOf(value: string | null): [low: string, high: string] {
  const text = value ?? "";
  if (text.includes("..")) return [text.split("..")[0] ?? "", text.split("..")[1] ?? ""];
  const bound = /^([<>])=?(.*)$/.exec(text);
  if (bound) return bound[1] === ">" ? [bound[2] ?? "", ""] : ["", bound[2] ?? ""];
  return /^\d/.test(text) ? [text, text] : ["", ""];
}

/** The value that two bounds make; null where there is none. */
export function boundsText(low: string, high: string): string | null {
  if (low && high) return low === high ? low : `${low}..${high}`;
  if (low) return `>=${low}`;
  return high ? `<=${high}` : null;
}

function Written({ field, value, onChange }: Props) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const wordOf = useWords();
  const isText = field.kind === "text";
  const first = { text: unquoted(value ?? ""), bounds: boundsOf(value) };
  const [text, setText] = useState(first.text);
  const [[low, high], setBounds] = useState(first.bounds);
  const isAmount = field.kind === "amount";
  const amountOf = (bound: string) => parseNumber(bound, language, { decimals: 2 });
  const wrong = isAmount && [low, high].some((bound) => bound !== "" && amountOf(bound) === null);
  const plain = (bound: string) => (isAmount ? (amountOf(bound) ?? "") : bound);
  const wanted = isText ? (text.trim() ? quoted(text.trim()) : null) : boundsText(plain(low), plain(high));
  const bounds = [
    { label: t("desk.from"), bound: low, set: (bound: string) => setBounds([bound, high]) },
    { label: t("desk.to"), bound: high, set: (bound: string) => setBounds([low, bound]) },
  ];
  const apply = (event: FormEvent) => {
    event.preventDefault();
    // what the fields cannot show (`>100`, a period) stays as it was written
    const isSame = text === first.text && low === first.bounds[0] && high === first.bounds[1];
    if (!wrong && !isSame) onChange(wanted);
  };
  return (
    <Stack gap={8} component="form" onSubmit={apply} data-testid={ids.filterForm(field.name)}>
      {field.kind === "date" && (
        <Group gap={4}>
          {PERIODS.map((period) => (
            <Button
              key={period}
              size="compact-xs"
              variant={value === period ? "light" : "default"}
              aria-pressed={value === period}
              onClick={() => onChange(value === period ? null : period)}
              data-testid={ids.filterValue(period)}
            >
              {wordOf(field, period)}
            </Button>
          ))}
        </Group>
      )}
      {isText ? (
        <TextInput size="xs" label={wordOf(field, null)} value={text} onChange={(event) => setText(event.currentTarget.value)} />
      ) : (
        <Group gap={8} grow wrap="nowrap" align="flex-start">
          {bounds.map(({ label, bound, set }) =>
            isAmount ? (
              <DecimalField key={label} size="xs" label={label} value={bound} onValue={set} />
            ) : (
              <TextInput key={label} size="xs" type="date" label={label} value={bound} onChange={(event) => set(event.currentTarget.value)} />
            ),
          )}
        </Group>
      )}
      <Group gap={6} justify="flex-end">
        <Button
          variant="default"
          size="compact-sm"
          disabled={value === null}
          title={value === null ? t("desk.noFilter") : undefined}
          onClick={() => onChange(null)}
          data-testid={ids.filterClear}
        >
          {t("common.clear")}
        </Button>
        <Button type="submit" size="compact-sm" data-testid={ids.filterApply}>
          {t("desk.apply")}
        </Button>
      </Group>
    </Stack>
  );
}
