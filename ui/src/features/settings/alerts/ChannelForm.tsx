import { Button, Group, Modal, NumberInput, PasswordInput, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AlertChannelInfo, AlertMail } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { CopyText } from "../../../shared/ui/CopyText";
import { DialogFoot } from "../../../shared/ui/DialogFoot";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { useChannelName } from "./words";

const SECURITIES = ["tls", "starttls", "plain"];
/** The ports that go with them by custom; another one stays as it was typed. */
const PORTS: Record<string, number> = { tls: 465, starttls: 587, plain: 25 };
const FIELDS = ["name", "host", "port", "security", "user", "from", "to", "url", "secret"];
const NO_MAIL: AlertMail = { host: "", port: 465, security: "tls", user: "", from: "", to: [] };

interface Props {
  kind: "mail" | "webhook";
  /** Null: a new one. */
  channel: AlertChannelInfo | null;
  close: () => void;
}

/** A mail server with its addresses, or a webhook. A secret that Punte made is shown before the form closes. */
export function ChannelForm({ kind, channel, close }: Props) {
  const { t } = useTranslation();
  const nameOf = useChannelName();
  const save = useAct("alerts.set_channel");
  const [name, setName] = useState(channel?.name ?? t(`alerts.form.${kind}Name`));
  const [mail, setMail] = useState(channel?.mail ?? NO_MAIL);
  const [to, setTo] = useState(channel?.mail?.to.join("\n") ?? "");
  const [url, setUrl] = useState(channel?.url ?? "");
  const [secret, setSecret] = useState("");
  const field = save.error?.field ?? "";
  const isAtField = FIELDS.includes(field);
  const wrong = (...names: string[]) => (names.includes(field) ? t(`alerts.form.wrong.${field}`) : undefined);
  const made = save.data?.secret ?? null;
  const id = channel?.id ?? null;
  const title = channel
    ? t(kind === "mail" ? "alerts.form.editMail" : "alerts.form.editWebhook", { name: nameOf(channel) })
    : t(kind === "mail" ? "alerts.form.newMail" : "alerts.form.newWebhook");
  const act = () =>
    save.mutate(
      {
        id,
        kind,
        name: name.trim(),
        enabled: channel?.enabled ?? true,
        mail: kind === "mail" ? { ...mail, to: to.split(/[\n,;]+/).map((one) => one.trim()).filter((one) => one !== "") } : null,
        url: kind === "webhook" ? url.trim() : null,
        secret,
        remove: false,
      },
      { onSuccess: (answer) => answer.secret === null && close() },
    );
  const secure = (security: string) =>
    setMail((before) => ({ ...before, security, port: before.port === PORTS[before.security] ? (PORTS[security] ?? before.port) : before.port }));
  if (made !== null) {
    return (
      <Modal opened onClose={close} title={title} centered transitionProps={{ duration: 80 }}>
        <Stack gap="sm" data-testid={ids.alertMade}>
          <Text size="sm" fw={600}>
            {t("alerts.form.made")}
          </Text>
          <Text size="sm">{t("alerts.form.madeText")}</Text>
          <CopyText text={made} />
          <Button ml="auto" onClick={close} data-testid={ids.alertField("done")}>
            {t("alerts.form.done")}
          </Button>
        </Stack>
      </Modal>
    );
  }
  return (
    <Modal opened onClose={close} title={title} size="lg" centered transitionProps={{ duration: 80 }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act();
        }}
      >
        <Stack gap="sm">
          <TextInput
            data-autofocus
            label={t("alerts.form.name")}
            description={t("alerts.form.nameText")}
            value={name}
            maxLength={100}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
            error={wrong("name")}
            data-testid={ids.alertField("name")}
          />
          {kind === "mail" ? (
            <MailFields
              mail={mail}
              set={(change) => setMail((before) => ({ ...before, ...change }))}
              secure={secure}
              to={to}
              setTo={setTo}
              password={secret}
              setPassword={setSecret}
              isKept={channel?.hasSecret ?? false}
              wrong={wrong}
            />
          ) : (
            <>
              <TextInput
                label={t("alerts.form.url")}
                description={t("alerts.form.urlText")}
                placeholder="https://"
                value={url}
                autoComplete="off"
                onChange={(event) => setUrl(event.currentTarget.value)}
                error={wrong("url")}
                data-testid={ids.alertField("url")}
              />
              <PasswordInput
                label={t("alerts.form.secret")}
                description={t(channel?.hasSecret ? "alerts.form.secretKept" : "alerts.form.secretText")}
                value={secret}
                autoComplete="off"
                onChange={(event) => setSecret(event.currentTarget.value)}
                error={wrong("secret")}
                data-testid={ids.alertField("secret")}
              />
            </>
          )}
          {save.error && !isAtField && <ErrorNote error={save.error} />}
          <DialogFoot missing={null} label={t("alerts.form.save")} busy={save.isPending} submits act={act} close={close} testId={ids.alertField("save")} />
        </Stack>
      </form>
    </Modal>
  );
}

interface MailProps {
  mail: AlertMail;
  set: (change: Partial<AlertMail>) => void;
  secure: (security: string) => void;
  to: string;
  setTo: (to: string) => void;
  password: string;
  setPassword: (password: string) => void;
  isKept: boolean;
  wrong: (...names: string[]) => string | undefined;
}

function MailFields({ mail, set, secure, to, setTo, password, setPassword, isKept, wrong }: MailProps) {
  const { t } = useTranslation();
  return (
    <>
      <Group gap="sm" align="flex-start">
        <TextInput
          flex={1}
          label={t("alerts.form.host")}
          description={t("alerts.form.hostText")}
          value={mail.host}
          autoComplete="off"
          onChange={(event) => set({ host: event.currentTarget.value })}
          error={wrong("host")}
          data-testid={ids.alertField("host")}
        />
        <NumberInput
          w={110}
          label={t("alerts.form.port")}
          min={0}
          max={65535}
          clampBehavior="strict"
          allowDecimal={false}
          thousandSeparator=""
          value={mail.port}
          onChange={(value) => set({ port: Number(value) || 0 })}
          error={wrong("port")}
          data-testid={ids.alertField("port")}
        />
      </Group>
      <Select
        label={t("alerts.form.security")}
        description={t("alerts.form.securityText")}
        data={SECURITIES.map((value) => ({ value, label: t(`alerts.form.securities.${value}`) }))}
        value={mail.security}
        allowDeselect={false}
        onChange={(security) => security && secure(security)}
        error={wrong("security")}
        data-testid={ids.alertField("security")}
      />
      <Group gap="sm" align="flex-start" grow>
        <TextInput
          label={t("alerts.form.user")}
          description={t("alerts.form.userText")}
          value={mail.user}
          autoComplete="off"
          onChange={(event) => set({ user: event.currentTarget.value })}
          error={wrong("user")}
          data-testid={ids.alertField("user")}
        />
        <PasswordInput
          label={t("alerts.form.password")}
          description={t(isKept ? "alerts.form.passwordKept" : "alerts.form.passwordText")}
          value={password}
          autoComplete="new-password"
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={wrong("secret")}
          data-testid={ids.alertField("password")}
        />
      </Group>
      <TextInput
        label={t("alerts.form.from")}
        description={t("alerts.form.fromText")}
        value={mail.from}
        autoComplete="off"
        onChange={(event) => set({ from: event.currentTarget.value })}
        error={wrong("from")}
        data-testid={ids.alertField("from")}
      />
      <Textarea
        label={t("alerts.form.to")}
        description={t("alerts.form.toText")}
        autosize
        minRows={2}
        maxRows={6}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
        error={wrong("to")}
        data-testid={ids.alertField("to")}
      />
    </>
  );
}
