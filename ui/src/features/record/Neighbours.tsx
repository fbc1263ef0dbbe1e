import { ActionIcon, Text } from "@mantine/core";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useOpenList } from "../../shared/lib/openList";
import { useShortcuts } from "../../shared/lib/shortcuts";
import { ids } from "../../shared/lib/testids";
import { useFormat } from "../../shared/ui/useFormat";

/** Where the record stands in the list behind, and the way to the next: J and K, wherever the focus is, or the buttons. */
export function Neighbours() {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useOpenList();
  const step = (by: number) => () => list?.step(by);
  useShortcuts(list ? { nextRecord: step(1), previousRecord: step(-1) } : {});
  if (!list || list.count === 0) return null;
  const { at, count } = list;
  return (
    <>
      {at !== null && (
        <Text span size="xs" c="dimmed" mr={4} style={{ whiteSpace: "nowrap" }}>
          {t("desk.position", { at: format.count(at + 1), count: format.count(count) })}
        </Text>
      )}
      <ActionIcon
        variant="subtle"
        color="gray"
        onClick={step(-1)}
        disabled={at === 0}
        aria-label={t("record.previous")}
        title={t("record.previous")}
        data-testid={ids.drawerPrevious}
      >
        <IconChevronUp size={17} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        onClick={step(1)}
        disabled={at === count - 1}
        aria-label={t("record.next")}
        title={t("record.next")}
        data-testid={ids.drawerNext}
      >
        <IconChevronDown size={17} />
      </ActionIcon>
    </>
  );
}
