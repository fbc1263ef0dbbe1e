import { Group, NumberInput, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, type TablerIcon } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ListenerInfo, ListenerInput } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { Badge } from "../../shared/ui/Badge";
import { CopyText } from "../../shared/ui/CopyText";
import { DocsPage } from "../../shared/ui/DocsPage";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { MayButton } from "../../shared/ui/MayButton";
import { useMay } from "../../shared/ui/useMay";
import { Card } from "./Card";
import defaults from "./defaults.json";
import { Setting, SWITCH } from "./Setting";

/** Whether webhooks are listened for, where, and how the world gets there. */
export function Listener() {
  const { t } = useTranslation();
  const listener = useAsk("listener.get", {});
  return (
    <Card of="listener" testId={ids.listener}>
      <Stack gap="sm">
        <Title order={2}>{t("listener.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("listener.text")}
        </Text>
        {listener.isPending && <Loading />}
        {listener.error && <ErrorNote error={listener.error} again={() => void listener.refetch()} />}
        {listener.data && <Form info={listener.data} />}
        <DocsPage lead={t("listener.expose")} page="docs/webhooks.md" />
      </Stack>
    </Card>
  );
}

function Form({ info }: { info: ListenerInfo }) {
  const { t } = useTranslation();
  const set = useAct("listener.set");
  const { may, why } = useMay("listener.set");
  /** What was typed, and not kept yet. */
  const [typed, setTyped] = useState<Partial<ListenerInput>>({});
  const { enabled, port, publicAddress } = { ...info, ...typed };
  const isSame = port === info.port && publicAddress.trim() === info.publicAddress;
  const keep = (change: Partial<ListenerInput>) =>
    set.mutate({ enabled, port, publicAddress: publicAddress.trim(), ...change }, { onSuccess: () => setTyped({}) });
  const wrong = (field: string) => (set.error?.field === field ? t(`listener.wrong.${field}`) : undefined);
  const isAtField = set.error?.field === "port" || set.error?.field === "publicAddress";
  return (
    <>
      <Setting
        id="listener-enabled"
        indent={SWITCH}
        changed={enabled !== defaults["listener-enabled"]}
        back={() => keep({ enabled: defaults["listener-enabled"] })}
        command="listener.set"
      >
        <Switch
          label={t("listener.enabled")}
          checked={enabled}
          onChange={(event) => keep({ enabled: event.currentTarget.checked })}
          disabled={set.isPending || !may}
          title={why}
          data-testid={ids.listenerField("enabled")}
        />
      </Setting>
      <State info={info} />
      <Group gap="lg" align="flex-start" wrap="nowrap">
        <Setting
          id="listener-port"
          changed={port !== defaults["listener-port"]}
          back={() => setTyped({ ...typed, port: defaults["listener-port"] })}
          command="listener.set"
        >
          <NumberInput
            w={260}
            label={t("listener.port")}
            description={t("listener.portText")}
            min={0}
            max={65535}
            clampBehavior="strict"
            allowDecimal={false}
            thousandSeparator=""
            value={port}
            onChange={(value) => setTyped({ ...typed, port: Number(value) || 0 })}
            error={wrong("port")}
            data-testid={ids.listenerField("port")}
          />
        </Setting>
        <Setting
          id="listener-address"
          wide
          changed={publicAddress !== defaults["listener-address"]}
          back={() => setTyped({ ...typed, publicAddress: defaults["listener-address"] })}
          command="listener.set"
        >
          <TextInput
            label={t("listener.publicAddress")}
            description={t("listener.publicAddressText")}
            placeholder="https://"
            value={publicAddress}
            onChange={(event) => setTyped({ ...typed, publicAddress: event.currentTarget.value })}
            error={wrong("publicAddress")}
            autoComplete="off"
            data-testid={ids.listenerField("public-address")}
          />
        </Setting>
      </Group>
      {set.error && !isAtField && <ErrorNote error={set.error} />}
      <MayButton
        command="listener.set"
        w="fit-content"
        disabled={isSame}
        title={isSame ? t("listener.unchanged") : undefined}
        loading={set.isPending}
        onClick={() => keep({})}
        data-testid={ids.listenerField("save")}
      >
        {t("listener.save")}
      </MayButton>
    </>
  );
}

/** How it goes, as icon and words, and what came since it listens. */
function State({ info }: { info: ListenerInfo }) {
  const { t } = useTranslation();
  const { enabled, address, error, accepted, refused, overloaded } = info;
  const say = (icon: TablerIcon, color: string, words: string, beside?: ReactNode) => (
    <Group gap={6} fz="sm" data-testid={ids.listenerState}>
      <Badge icon={icon} color={color}>
        {words}
      </Badge>
      {beside}
    </Group>
  );
  if (!enabled) return say(IconCircleDashed, "var(--mantine-color-dimmed)", t("listener.state.off"));
  if (error !== null) {
    return (
      <Stack gap={2}>
        {say(IconAlertTriangle, "var(--state-mismatched)", t("listener.state.failed", { error }))}
        <Text size="sm" fw={500}>
          {t("listener.state.failedFix")}
        </Text>
      </Stack>
    );
  }
  if (address === null) return say(IconCircleDashed, "var(--state-waiting)", t("listener.state.notYet"));
  const counts = [t("listener.accepted", { count: accepted }), t("listener.refused", { count: refused }), t("listener.overloaded", { count: overloaded })];
  return (
    <Stack gap={2}>
      {say(IconCircleCheck, "var(--state-issued)", t("listener.state.listening"), <CopyText text={address} />)}
      <Text size="sm" c="dimmed">
        {t("listener.counts")}
        {": "}
        {counts.join(" · ")}
      </Text>
    </Stack>
  );
}
