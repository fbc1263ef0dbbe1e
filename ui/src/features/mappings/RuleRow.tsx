import { ActionIcon, Button, Group, Stack, Text, Textarea, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPencil } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { MappingInfo, RuleInfo, RulePreview, RuleSaved, RuleValueInfo } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { Problems } from "../../shared/ui/DraftView";
import { ErrorNote } from "../../shared/ui/ErrorNote";

interface Props {
  mapping: MappingInfo;
  rule: RuleInfo;
  /** The address points at it. */
  named: boolean;
  /** What a change that is being typed makes of the sample order; null when there is none any more. */
  onTried: (tried: RulePreview | null) => void;
  onSaved: (saved: RuleSaved) => void;
}

export function RuleRow({ mapping, rule, named, onTried, onSaved }: Props) {
  const { t } = useTranslation();
  const row = useRef<HTMLDivElement>(null);
  const [editing, setEditing] = useState(named);
  useEffect(() => {
    if (named) row.current?.scrollIntoView({ block: "center" });
  }, [named]);
  useEffect(() => {
    if (editing) row.current?.scrollIntoView({ block: "nearest" });
  }, [editing]);
  const name = rule.block ? `${rule.block}.${rule.target}` : rule.target;
  const field = rule.block ? rule.target : (rule.target.split(".")[1] ?? rule.target);
  return (
    <div ref={row} data-named={named} data-testid={ids.rule(name)} className="rule">
      <div className="rule-row">
        <div>
          <Text size="sm" fw={500}>
            {t(`mapping.field.${field}`, { defaultValue: field })}
          </Text>
          <Text className="mono" c="dimmed">
            {rule.target}
          </Text>
        </div>
        <Values values={rule.values} />
        <Tooltip label={t("mapping.edit")}>
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={() => setEditing(!editing)}
            aria-label={t("mapping.editRule", { name })}
            aria-expanded={editing}
            data-testid={ids.ruleEdit(name)}
          >
            <IconPencil size={16} />
          </ActionIcon>
        </Tooltip>
        {!editing && <code className="mono expression">{rule.expression}</code>}
      </div>
      {editing && (
        <Editor
          mapping={mapping}
          rule={rule}
          close={() => setEditing(false)}
          onTried={onTried}
          onSaved={(saved) => {
            setEditing(false);
            onSaved(saved);
          }}
        />
      )}
    </div>
  );
}

function Values({ values }: { values: RuleValueInfo[] }) {
  const { t } = useTranslation();
  const shown = values.slice(0, 8);
  return (
    <Stack gap={2}>
      {shown.map((one, at) => (
        <Text key={`${at}-${one.item}`} size="sm" style={{ overflowWrap: "anywhere" }}>
          {one.item && (
            <Text span size="xs" c="dimmed">
              {one.item}
              {": "}
            </Text>
          )}
          {one.error ? (
            <Text span size="sm" c="var(--state-mismatched)">
              {one.error}
            </Text>
          ) : one.value === "" || one.value === null ? (
            <Text span size="sm" c="dimmed">
              {t("mapping.emptyValue")}
            </Text>
          ) : (
            one.value
          )}
        </Text>
      ))}
      {values.length > shown.length && (
        <Text size="xs" c="dimmed">
          {t("mapping.moreValues", { count: values.length - shown.length })}
        </Text>
      )}
    </Stack>
  );
}

interface EditorProps {
  mapping: MappingInfo;
  rule: RuleInfo;
  close: () => void;
  onTried: (tried: RulePreview | null) => void;
  onSaved: (saved: RuleSaved) => void;
}

function Editor({ mapping, rule, close, onTried, onSaved }: EditorProps) {
  const { t } = useTranslation();
  const save = useAct("mapping.save_rule");
  const [expression, setExpression] = useState(rule.expression);
  const [settled] = useDebouncedValue(expression, 250);
  const change = {
    mappingId: mapping.id,
    target: rule.target,
    block: rule.block,
    orderId: mapping.sample?.id ?? null,
  };
  const preview = useAsk("mapping.preview", { ...change, expression: settled });
  const unchanged = expression === rule.expression;
  const broken = preview.data?.error !== null && preview.data !== undefined;
  const tried = unchanged || broken ? null : (preview.data ?? null);
  useEffect(() => onTried(tried), [onTried, tried]);
  useEffect(() => () => onTried(null), [onTried]);
  const why = unchanged ? t("mapping.unchanged") : broken ? t("mapping.broken") : undefined;
  return (
    <Stack gap="xs" className="rule-editor">
      <Textarea
        autoFocus
        autosize
        minRows={2}
        classNames={{ input: "mono" }}
        aria-label={t("mapping.expression")}
        value={expression}
        maxLength={4000}
        spellCheck={false}
        onChange={(event) => setExpression(event.currentTarget.value)}
        data-testid={ids.ruleInput}
      />
      <div data-testid={ids.rulePreview}>
        {preview.error && <ErrorNote error={preview.error} />}
        {preview.data && <Preview preview={preview.data} />}
      </div>
      {save.error && <ErrorNote error={save.error} />}
      <Group gap="xs">
        <Button
          disabled={unchanged || broken}
          title={why}
          loading={save.isPending}
          onClick={() => save.mutate({ ...change, expression }, { onSuccess: onSaved })}
          data-testid={ids.ruleSave}
        >
          {t("mapping.save")}
        </Button>
        <Button variant="default" onClick={close}>
          {t("common.cancel")}
        </Button>
        {why && (
          <Text size="sm" c="dimmed">
            {why}
          </Text>
        )}
      </Group>
    </Stack>
  );
}

function Preview({ preview }: { preview: RulePreview }) {
  const { t } = useTranslation();
  if (preview.error !== null) {
    return (
      <Text size="sm" c="var(--state-mismatched)">
        {preview.line !== null && `${t("mapping.at", { line: preview.line, column: preview.column ?? 1 })}: `}
        {preview.error}
      </Text>
    );
  }
  return (
    <Stack gap={6}>
      <Group gap={8} align="flex-start" wrap="nowrap">
        <Text size="sm" c="dimmed">
          {t("mapping.gives")}
        </Text>
        <Values values={preview.values} />
      </Group>
      {preview.problems.length > 0 ? (
        <>
          <Text size="sm" c="dimmed">
            {t("mapping.stillHeld")}
          </Text>
          <Problems problems={preview.problems} />
        </>
      ) : (
        preview.draft && <Text size="sm">{t("mapping.wouldPass")}</Text>
      )}
    </Stack>
  );
}
