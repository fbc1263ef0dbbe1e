import { Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { RuleProblem, RuleValueInfo } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { rowAt, useDesk } from "./desk";
import { useWords } from "./useWords";

/** Why the chosen target's value is what it is: expression, what it read, default, and what is wrong with the fix. */
export function Why() {
  const { t } = useTranslation();
  const words = useWords();
  const { chosen, groups } = useDesk();
  const row = rowAt(groups, chosen?.spot ?? null);
  if (!row) {
    return (
      <Text size="sm" c="dimmed" data-testid={ids.resultWhy}>
        {t("editor.whyNone")}
      </Text>
    );
  }
  const compiled = row.values.length === 0 ? row.problem : null;
  return (
    <Stack gap="sm" data-testid={ids.resultWhy}>
      <Text size="sm" fw={600}>
        {words.spot(row.spot)}
      </Text>
      {row.rule?.expression ? <pre className="mono" tabIndex={0}>{row.rule.expression}</pre> : <Text size="sm">{t("editor.noExpression")}</Text>}
      {row.rule?.default != null && (
        <Text size="sm">{t("editor.whyDefault", { value: row.rule.default, when: t(`editor.whenEmpty.${row.rule.whenEmpty}`) })}</Text>
      )}
      {compiled && <ProblemOf problem={compiled} />}
      {row.values.map((value, at) => (
        <ValueOf key={`${at} ${value.itemName}`} value={value} />
      ))}
      {row.failures.map((failure) => (
        <div key={`${failure.kind} ${failure.field}`} className="note">
          <Text size="sm" fw={600}>
            {t(`failure.${failure.kind}.title`)}
          </Text>
          <Text size="sm">{t(`failure.${failure.kind}.fix`)}</Text>
          {failure.detail && <Text className="mono">{failure.detail}</Text>}
        </div>
      ))}
      {row.rule?.note && (
        <Text size="sm" c="dimmed">
          {row.rule.note}
        </Text>
      )}
    </Stack>
  );
}

function ValueOf({ value }: { value: RuleValueInfo }) {
  const { t } = useTranslation();
  return (
    <div className="why-value">
      <Group gap={8} wrap="nowrap" align="baseline">
        {value.item !== null && (
          <Text size="sm" c="dimmed">
            {value.itemName || t("editor.line", { number: value.item + 1 })}
          </Text>
        )}
        <Text className="mono" fw={600}>
          {value.value ?? t("editor.nothing")}
        </Text>
        <Text size="xs" c="dimmed">
          {t(`editor.origin.${value.origin}`)}
        </Text>
      </Group>
      {value.problem && <ProblemOf problem={value.problem} />}
      {value.inputs.length > 0 && (
        <table className="plain">
          <caption>{t("editor.read")}</caption>
          <tbody>
            {value.inputs.map((input) => (
              <tr key={input.path}>
                <td className="mono">{input.path}</td>
                <td className="mono">{input.value === "" ? t("editor.nothing") : input.value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function ProblemOf({ problem }: { problem: RuleProblem }) {
  const { t } = useTranslation();
  const words = useWords();
  const { chosen, setRule, groups } = useDesk();
  const row = rowAt(groups, chosen?.spot ?? null);
  const place = words.place(problem);
  const spell = () => {
    const expression = row?.rule?.expression ?? "";
    if (row && problem.near) setRule(row.spot, { expression: expression.replace(wrongName(problem), problem.near) });
  };
  const canSpell = problem.near !== null && (row?.rule?.expression.includes(wrongName(problem)) ?? false);
  return (
    <div className="note">
      <Text size="sm" fw={600}>
        {place && `${place}: `}
        {words.what(problem)}
      </Text>
      <Text size="sm">{words.fix(problem)}</Text>
      {problem.detail && <Text className="mono">{problem.detail}</Text>}
      {problem.near && (
        <Group gap={8}>
          <Text size="sm">{t("editor.near", { near: problem.near })}</Text>
          {canSpell && (
            <Button size="compact-xs" variant="default" onClick={spell} data-testid={ids.useNear}>
              {t("editor.useNear")}
            </Button>
          )}
        </Group>
      )}
    </div>
  );
}

/** The name that was meant otherwise: the last one of a path in the facts. */
function wrongName(problem: RuleProblem): string {
  const name = problem.detail.split(/\s/)[0] ?? "";
  return (problem.near ?? "").includes(".") ? name : (name.split(".").at(-1) ?? name);
}
