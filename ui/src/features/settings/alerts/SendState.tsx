import { Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconClock, type TablerIcon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { NoticeSendInfo } from "../../../api/generated/api";
import { Badge } from "../../../shared/ui/Badge";
import { useFormat } from "../../../shared/ui/useFormat";
import { useNow } from "../../../shared/ui/Time";

const LOOKS: Record<string, [TablerIcon, string]> = {
  waiting: [IconClock, "var(--state-waiting)"],
  sent: [IconCircleCheck, "var(--state-issued)"],
  failed: [IconAlertTriangle, "var(--state-mismatched)"],
};

/** What came of a notice at one channel: as icon and word, with the reason and the other side's words where it was not taken. */
export function SendState({ send }: { send: NoticeSendInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const [icon, color] = LOOKS[send.state] ?? [IconClock, "var(--state-waiting)"];
  const isTroubled = send.state !== "sent" && send.code !== "";
  return (
    <Stack gap={0}>
      <Badge icon={icon} color={color}>
        {t(`alerts.sent.state.${send.state}`)}
        {isTroubled && send.tries > 1 && ` · ${t("alerts.sent.tries", { count: send.tries })}`}
        {isTroubled && send.nextMs !== null && ` · ${t("alerts.sent.again", { when: format.relative(send.nextMs, now) })}`}
      </Badge>
      {isTroubled && <Text size="sm">{t(`alerts.failed.${send.code}`)}</Text>}
      {isTroubled && send.said !== "" && <Text className="mono">{send.said}</Text>}
    </Stack>
  );
}
