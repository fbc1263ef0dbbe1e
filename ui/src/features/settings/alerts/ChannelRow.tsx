import { Group, Stack, Switch, Text } from "@mantine/core";
import { IconDeviceDesktop, IconMail, IconWebhook, type TablerIcon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { AlertChannelInfo } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { MayButton } from "../../../shared/ui/MayButton";
import { Time } from "../../../shared/ui/Time";
import { useMay } from "../../../shared/ui/useMay";
import { SendState } from "./SendState";
import { inputOf, useChannelName } from "./words";

const ICONS: Record<string, TablerIcon> = { desktop: IconDeviceDesktop, mail: IconMail, webhook: IconWebhook };

function outcomeOf(state: string, isDesktop: boolean): string {
  if (state === "failed") return "testFailed";
  if (state === "waiting") return "testWaiting";
  return isDesktop ? "testShown" : "testTaken";
}

interface Props {
  channel: AlertChannelInfo;
  edit: () => void;
  remove: () => void;
}

/** A channel: whether it is on, where it leads, what came of the last notice, and a test. */
export function ChannelRow({ channel, edit, remove }: Props) {
  const { t } = useTranslation();
  const name = useChannelName()(channel);
  const test = useAct("alerts.test");
  const set = useAct("alerts.set_channel");
  const { may, why } = useMay("alerts.set_channel");
  const Icon = ICONS[channel.kind] ?? IconWebhook;
  const isDesktop = channel.kind === "desktop";
  const { mail, last } = channel;
  const place = isDesktop
    ? t("alerts.channel.desktopText")
    : mail
      ? t("alerts.channel.mailTo", { from: mail.from, to: mail.to.join(", ") })
      : (channel.url ?? "");
  const lacksSecret = !channel.hasSecret && (channel.kind === "webhook" || (mail !== null && mail.user !== ""));
  const keep = (enabled: boolean) => set.mutate({ ...inputOf(channel), enabled });
  return (
    <Stack gap={4} py={4} data-testid={ids.alertChannel(channel.id)}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Icon size={18} aria-hidden style={{ flex: "none", marginTop: 2 }} />
        <Stack gap={0} flex={1} style={{ minWidth: 0 }}>
          <Text size="sm" fw={600}>
            {name}
          </Text>
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {place}
          </Text>
          {lacksSecret && (
            <Text size="sm" fw={500}>
              {t("alerts.channel.noSecret")}
            </Text>
          )}
          {last === null ? (
            <Text size="sm" c="dimmed">
              {t("alerts.channel.never")}
            </Text>
          ) : (
            <Group gap={6} fz="sm" align="flex-start">
              <SendState send={last} />
              {last.endedMs !== null && <Time ms={last.endedMs} />}
            </Group>
          )}
        </Stack>
        <Switch
          aria-label={t("alerts.channel.switch", { name })}
          checked={channel.enabled}
          disabled={!may || set.isPending}
          title={why}
          onChange={(event) => keep(event.currentTarget.checked)}
          data-testid={ids.alertChannelAct(channel.id, "on")}
        />
        <MayButton
          command="alerts.test"
          size="compact-sm"
          variant="default"
          aria-label={t("alerts.channel.testOf", { name })}
          loading={test.isPending}
          onClick={() => test.mutate({ id: channel.id })}
          data-testid={ids.alertChannelAct(channel.id, "test")}
        >
          {t("alerts.channel.test")}
        </MayButton>
        {!isDesktop && (
          <>
            <MayButton
              command="alerts.set_channel"
              size="compact-sm"
              variant="default"
              aria-label={t("alerts.channel.editOf", { name })}
              onClick={edit}
              data-testid={ids.alertChannelAct(channel.id, "edit")}
            >
              {t("alerts.channel.edit")}
            </MayButton>
            <MayButton
              command="alerts.set_channel"
              size="compact-sm"
              variant="subtle"
              color="gray"
              aria-label={t("alerts.channel.removeOf", { name })}
              onClick={remove}
              data-testid={ids.alertChannelAct(channel.id, "remove")}
            >
              {t("alerts.channel.remove")}
            </MayButton>
          </>
        )}
      </Group>
      {test.data && (
        <Stack gap={2} pl={30} role="status" data-testid={ids.alertTested(channel.id)}>
          <Text size="sm" fw={500}>
            {t(`alerts.channel.${outcomeOf(test.data.state, isDesktop)}`)}
          </Text>
          {test.data.state === "failed" && <SendState send={test.data} />}
        </Stack>
      )}
      {test.error && <ErrorNote error={test.error} />}
      {set.error && <ErrorNote error={set.error} refusals="alerts.form.wrong" />}
    </Stack>
  );
}
