import { Group, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeliveryInfo } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { ConfirmDialog } from "../../shared/ui/ConfirmDialog";
import { MayButton } from "../../shared/ui/MayButton";
import { useFormat } from "../../shared/ui/useFormat";

interface Props {
  delivery: DeliveryInfo;
  /** The dialog has opened or closed: Escape is the dialog's then. */
  onActing: (acting: boolean) => void;
}

/** Why it cannot be processed again now; null where it can. */
function whyNot(state: string): string | null {
  if (state === "waiting") return "under_way";
  return state === "none" ? "nothing_follows" : null;
}

/** An accepted delivery can be processed once more; who did so, and why, is kept. */
export function Replay({ delivery, onActing }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const replay = useAct("inbox.replay");
  const [asking, setAsking] = useState(false);
  const { row, replays } = delivery;
  if (row.verdict !== "accepted") return null;
  const blocked = whyNot(row.state);
  const ask = (on: boolean) => {
    setAsking(on);
    onActing(on);
    replay.reset();
  };
  const act = (reason: string) =>
    replay.mutate(
      { id: row.id, reason },
      {
        onSuccess: () => {
          ask(false);
          notifications.show({ message: t("inbox.replayed") });
        },
      },
    );
  return (
    <Stack gap={6}>
      <Group gap="sm">
        <MayButton
          command="inbox.replay"
          variant="default"
          leftSection={<IconRefresh size={14} />}
          disabled={blocked !== null}
          title={blocked ? t(`inbox.notReplayable.${blocked}`) : undefined}
          onClick={() => ask(true)}
          data-testid={ids.deliveryReplay}
        >
          {t("inbox.replay")}
        </MayButton>
        {blocked && (
          <Text size="sm" c="dimmed">
            {t(`inbox.notReplayable.${blocked}`)}
          </Text>
        )}
      </Group>
      {replays.length > 0 && (
        <>
          <Title order={3}>{t("inbox.replays")}</Title>
          {replays.map(({ who, atMs, reason }) => (
            <Text key={`${atMs} ${who}`} size="sm">
              {`${format.instant(atMs)} · ${who}: ${reason}`}
            </Text>
          ))}
        </>
      )}
      {asking && (
        <ConfirmDialog
          opened
          title={t("inbox.replayTitle")}
          act={t("inbox.replay")}
          askReason
          refusals="inbox.notReplayable"
          busy={replay.isPending}
          error={replay.error}
          onAct={act}
          onClose={() => ask(false)}
        >
          <Text size="sm">{t("inbox.replayText")}</Text>
          <Text size="sm" fw={500}>
            {t("inbox.replaySafe")}
          </Text>
        </ConfirmDialog>
      )}
    </Stack>
  );
}
