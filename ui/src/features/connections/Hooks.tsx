import { Anchor, Button, Group, Modal, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo, HookInfo } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { ConfirmDialog } from "../../shared/ui/ConfirmDialog";
import { CopyText } from "../../shared/ui/CopyText";
import { DocsPage } from "../../shared/ui/DocsPage";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { Time } from "../../shared/ui/Time";
import { HookSecret } from "./HookSecret";
import { isAsked, isShop } from "./kinds";
import { ShopsOwn } from "./ShopsOwn";

interface Props {
  connection: ConnectionInfo;
  close: () => void;
}

/** Words for a shop, or those for a billing provider, whose calls are unsigned and only kept. */
const wordsOf = (kind: string) => (isShop(kind) ? "hooks" : "hooks.billing");

/** What a shop or a provider has to be told so that it tells by itself, and how that goes. */
export function Hooks({ connection, close }: Props) {
  const { t } = useTranslation();
  const hook = useAsk("connections.hook", { id: connection.id });
  const [renewing, setRenewing] = useState(false);
  return (
    <Modal
      opened
      onClose={close}
      closeOnEscape={!renewing}
      size="lg"
      centered
      title={t("hooks.title", { name: connection.name })}
      transitionProps={{ duration: 80 }}
    >
      <Stack gap="md" data-testid={ids.hooks}>
        <Text size="sm">{t(isAsked(connection.kind) ? `${wordsOf(connection.kind)}.text` : "hooks.needed")}</Text>
        <Text size="sm" className="quote">
          {t(`hooks.steps.${connection.kind}`)}
        </Text>
        {hook.isPending && <Loading />}
        {hook.error && <ErrorNote error={hook.error} refusals="hooks.refused" again={() => void hook.refetch()} />}
        {hook.data && (
          <>
            <Address hook={hook.data} isSandbox={connection.isSandbox} renew={() => setRenewing(true)} />
            {isShop(connection.kind) && <HookSecret hook={hook.data} />}
            <Last hook={hook.data} />
          </>
        )}
        {isShop(connection.kind) && isAsked(connection.kind) && <ShopsOwn connection={connection} />}
        <DocsPage lead={t("hooks.more")} page="docs/webhooks.md" />
      </Stack>
      {renewing && <Renew connection={connection} close={() => setRenewing(false)} />}
    </Modal>
  );
}

interface AddressProps {
  hook: HookInfo;
  /** Its shop runs on this computer, and reaches what the internet does not. */
  isSandbox: boolean;
  renew: () => void;
}

function Address({ hook, isSandbox, renew }: AddressProps) {
  const { t } = useTranslation();
  const go = useGo();
  const toSettings = () => go.screen("/settings", { section: "listener" });
  // the public one begins with https
  const isOnlyHere = !isSandbox && hook.url?.startsWith("http://");
  const words = wordsOf(hook.kind);
  return (
    <Stack gap={6}>
      <Group gap="sm">
        <Title order={3}>{t(`${words}.address`)}</Title>
        <Button size="compact-sm" variant="default" ml="auto" onClick={renew} data-testid={ids.hookRenew}>
          {t("hooks.renew")}
        </Button>
      </Group>
      <div data-testid={ids.hookAddress}>{hook.url ? <CopyText text={hook.url} /> : <Text size="sm">{t("hooks.noAddress")}</Text>}</div>
      {isOnlyHere && <Text size="sm">{t(`${words}.onlyHere`)}</Text>}
      {(hook.url === null || isOnlyHere) && (
        <Anchor component="button" type="button" size="sm" w="fit-content" onClick={toSettings}>
          {t(hook.url === null ? "hooks.toSettings" : "hooks.toPublic")}
        </Anchor>
      )}
      {hook.topics.length > 0 && (isShop(hook.kind) || hook.url !== null) && <Topics hook={hook} />}
    </Stack>
  );
}

/** A shop is told its topics; a provider that takes an address for each, those addresses. */
function Topics({ hook }: { hook: HookInfo }) {
  const { t } = useTranslation();
  const ofTopic = (topic: string) => (isShop(hook.kind) ? topic : `${hook.url}/${encodeURIComponent(topic)}`);
  return (
    <>
      <Text size="sm" c="dimmed">
        {t(`${wordsOf(hook.kind)}.topics`)}
      </Text>
      <Group gap={isShop(hook.kind) ? "md" : 4}>
        {hook.topics.map((topic) => (
          <CopyText key={topic} text={ofTopic(topic)} />
        ))}
      </Group>
    </>
  );
}

function Last({ hook }: { hook: HookInfo }) {
  const { t } = useTranslation();
  const go = useGo();
  const when = (ms: number | null) => (ms === null ? t("hooks.never") : <Time ms={ms} />);
  return (
    <Stack gap={6}>
      <Title order={3}>{t("hooks.last")}</Title>
      <dl className="facts" style={{ margin: 0 }}>
        <dt>{t("hooks.lastAccepted")}</dt>
        <dd>{when(hook.lastAcceptedMs)}</dd>
        <dt>{t("hooks.lastRefused")}</dt>
        <dd>{when(hook.lastRefusedMs)}</dd>
      </dl>
      <Anchor
        component="button"
        type="button"
        size="sm"
        w="fit-content"
        onClick={() => go.screen("/inbox", { connection: hook.connectionId })}
        data-testid={ids.hookInbox}
      >
        {t("hooks.toInbox")}
      </Anchor>
    </Stack>
  );
}

function Renew({ connection, close }: Props) {
  const { t } = useTranslation();
  const renew = useAct("connections.renew_hook");
  const words = wordsOf(connection.kind);
  const done = () => {
    notifications.show({ message: t(`${words}.renewed`) });
    close();
  };
  return (
    <ConfirmDialog
      opened
      danger
      title={t("hooks.renewTitle")}
      act={t("hooks.renewAct")}
      busy={renew.isPending}
      error={renew.error}
      onAct={() => renew.mutate({ id: connection.id }, { onSuccess: done })}
      onClose={close}
    >
      <Text size="sm">{t(isAsked(connection.kind) ? `${words}.renewText` : "hooks.renewTextNeeded")}</Text>
    </ConfirmDialog>
  );
}
