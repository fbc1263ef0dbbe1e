import { Group, Stack, Text, Title } from "@mantine/core";
import { IconMail, IconWebhook } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AlertChannelInfo } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { ConfirmDialog } from "../../../shared/ui/ConfirmDialog";
import { MayButton } from "../../../shared/ui/MayButton";
import { ChannelForm } from "./ChannelForm";
import { ChannelRow } from "./ChannelRow";
import { inputOf, useChannelName } from "./words";

/** A form that is open: of a channel, or for a new one. */
type Form = { kind: "mail" | "webhook"; channel: AlertChannelInfo | null };

/** Where a person is told: this desktop, addresses, webhooks. */
export function Channels({ channels }: { channels: AlertChannelInfo[] }) {
  const { t } = useTranslation();
  const nameOf = useChannelName();
  const remove = useAct("alerts.set_channel");
  const [form, setForm] = useState<Form | null>(null);
  const [removing, setRemoving] = useState<AlertChannelInfo | null>(null);
  const close = () => {
    remove.reset();
    setRemoving(null);
  };
  const name = removing ? nameOf(removing) : "";
  return (
    <Stack gap="xs">
      <Title order={3}>{t("alerts.channel.title")}</Title>
      <Text size="sm" c="dimmed">
        {t("alerts.channel.text")}
      </Text>
      {channels.map((channel) => (
        <ChannelRow
          key={channel.id}
          channel={channel}
          edit={() => channel.kind !== "desktop" && setForm({ kind: channel.kind === "mail" ? "mail" : "webhook", channel })}
          remove={() => setRemoving(channel)}
        />
      ))}
      <Group gap="xs">
        <MayButton
          command="alerts.set_channel"
          variant="default"
          leftSection={<IconMail size={15} />}
          onClick={() => setForm({ kind: "mail", channel: null })}
          data-testid={ids.alertsAdd("mail")}
        >
          {t("alerts.channel.addMail")}
        </MayButton>
        <MayButton
          command="alerts.set_channel"
          variant="default"
          leftSection={<IconWebhook size={15} />}
          onClick={() => setForm({ kind: "webhook", channel: null })}
          data-testid={ids.alertsAdd("webhook")}
        >
          {t("alerts.channel.addWebhook")}
        </MayButton>
      </Group>
      {form && <ChannelForm kind={form.kind} channel={form.channel} close={() => setForm(null)} />}
      {removing && (
        <ConfirmDialog
          opened
          danger
          title={t("alerts.channel.removeTitle", { name })}
          act={t("alerts.channel.removeAct", { name })}
          busy={remove.isPending}
          error={remove.error}
          onAct={() => remove.mutate({ ...inputOf(removing), remove: true }, { onSuccess: close })}
          onClose={close}
        >
          <Text size="sm">{t("alerts.channel.removeText")}</Text>
        </ConfirmDialog>
      )}
    </Stack>
  );
}
