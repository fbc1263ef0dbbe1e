import { Button, Group, NativeSelect, NumberInput, Stack, Switch, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { GuardsInfo } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";
import { needsSecond } from "../../../shared/lib/errors";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import defaults from "../defaults.json";
import { Setting, SWITCH } from "../Setting";
import { refusalOf } from "./refusals";

const MINUTES = [0, 5, 15, 30, 60];
/** Proposed where many records need a second person for the first time. */
const MANY = 20;
const MOST = 100_000;

const isSame = (one: GuardsInfo, other: GuardsInfo) =>
  one.lockAfterMin === other.lockAfterMin &&
  one.storno === other.storno &&
  one.delete === other.delete &&
  one.bulkOver === other.bulkOver &&
  one.limits === other.limits;

/** When the window locks itself, and which acts need a second person. */
export function Guards({ guards }: { guards: GuardsInfo }) {
  const { t } = useTranslation();
  const save = useAct("people.set_guards");
  /** What was chosen, and not kept yet. */
  const [chosen, choose] = useState<Partial<GuardsInfo>>({});
  const wanted = { ...guards, ...chosen };
  const same = isSame(wanted, guards);
  const set = (change: Partial<GuardsInfo>) => choose((before) => ({ ...before, ...change }));
  const refusal = refusalOf(t, save.error);
  const settled = (words: string | null) => {
    choose({});
    if (words) notifications.show({ message: words });
  };
  const act = () =>
    save.mutate(wanted, {
      onSuccess: () => settled(t("people.guards.saved")),
      onError: (error) => needsSecond(error) && settled(null),
    });
  return (
    <Stack gap="sm" className="setting-group" data-testid={ids.guards}>
      <Title order={3}>{t("people.guards.title")}</Title>
      <Setting
        id="lock-after"
        changed={wanted.lockAfterMin !== defaults["lock-after"]}
        back={() => set({ lockAfterMin: defaults["lock-after"] })}
        command="people.set_guards"
      >
        <NativeSelect
          maw={420}
          label={t("people.guards.lockAfter")}
          description={t("people.guards.lockAfterText")}
          value={String(wanted.lockAfterMin)}
          onChange={(event) => set({ lockAfterMin: Number(event.currentTarget.value) })}
          data={[...new Set([...MINUTES, guards.lockAfterMin])].map((minutes) => ({
            value: String(minutes),
            label: minutes === 0 ? t("people.guards.never") : t("people.guards.minutes", { count: minutes }),
          }))}
          error={refusal?.field === "lockAfterMin" && refusal.words}
          data-testid={ids.guard("lock")}
        />
      </Setting>
      <div>
        <Text size="sm" fw={500}>
          {t("people.guards.second")}
        </Text>
        <Text size="sm" c="dimmed">
          {t("people.guards.secondText")}
        </Text>
      </div>
      {(["storno", "delete"] as const).map((name) => (
        <Setting key={name} id={`second-${name}`} indent={SWITCH} changed={wanted[name] !== defaults[`second-${name}`]}>
          <Switch
            label={t(`people.guards.${name}`)}
            description={t(`people.guards.${name}Text`)}
            checked={wanted[name]}
            onChange={(event) => set({ [name]: event.currentTarget.checked })}
            data-testid={ids.guard(name)}
          />
        </Setting>
      ))}
      <Setting id="second-bulk" indent={SWITCH} changed={wanted.bulkOver !== defaults["second-bulk"]}>
        <Group gap="sm" align="flex-start">
          <Switch
            flex={1}
            label={t("people.guards.bulk")}
            description={t("people.guards.bulkText")}
            checked={wanted.bulkOver !== null}
            onChange={(event) => set({ bulkOver: event.currentTarget.checked ? (guards.bulkOver ?? MANY) : null })}
            data-testid={ids.guard("bulk")}
          />
          {wanted.bulkOver !== null && (
            <NumberInput
              w={110}
              size="xs"
              label={t("people.guards.bulkOver")}
              min={0}
              max={MOST}
              clampBehavior="strict"
              allowDecimal={false}
              value={wanted.bulkOver}
              onChange={(value) => set({ bulkOver: Math.min(MOST, Math.max(0, Math.round(Number(value) || 0))) })}
              data-testid={ids.guard("bulk-over")}
            />
          )}
        </Group>
      </Setting>
      <Setting id="second-limits" indent={SWITCH} changed={wanted.limits !== defaults["second-limits"]}>
        <Switch
          label={t("people.guards.limits")}
          description={t("people.guards.limitsText")}
          checked={wanted.limits}
          onChange={(event) => set({ limits: event.currentTarget.checked })}
          error={refusal?.field === "limits" && refusal.words}
          data-testid={ids.guard("limits")}
        />
      </Setting>
      {refusal?.field === "guards" && (
        <Text size="sm" c="var(--state-mismatched)" role="alert">
          {refusal.words}
        </Text>
      )}
      {save.error && !refusal && <ErrorNote error={save.error} />}
      <Button
        w="fit-content"
        disabled={same}
        title={same ? t("people.guards.unchanged") : undefined}
        loading={save.isPending}
        onClick={act}
        data-testid={ids.guard("save")}
      >
        {t("people.guards.save")}
      </Button>
    </Stack>
  );
}
