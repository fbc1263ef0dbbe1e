import { ActionIcon, CopyButton, Group, Text } from "@mantine/core";
import { IconCheck, IconLink } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { RecordInfo } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { linkText } from "../../shared/lib/recordLink";
import { ids } from "../../shared/lib/testids";
import { CopyText } from "../../shared/ui/CopyText";

/** By what the record is known elsewhere, each to be copied. */
export function Identifiers({ record }: { record: RecordInfo }) {
  const { t } = useTranslation();
  const { document, order } = record;
  const known: [string, string][] = [
    [t("invoices.order"), order.number],
    [t("orders.taxId"), document?.taxId || order.taxId],
    [t("record.reference"), document?.reference ?? ""],
    [t("record.followsFrom"), record.followsFrom ?? ""],
  ];
  return (
    <Group gap="md" mt={2}>
      {known
        .filter(([, value]) => value !== "")
        .map(([name, value]) => (
          <Group key={name} gap={4} wrap="nowrap">
            <Text span size="xs" c="dimmed">
              {name}
            </Text>
            <CopyText text={value} />
          </Group>
        ))}
    </Group>
  );
}

/** A link that a colleague with the same workspace pastes into "Search or jump". */
export function CopyLink({ record }: { record: RecordInfo }) {
  const { t } = useTranslation();
  const app = useAsk("app.get", {});
  const workspace = app.data?.open?.id;
  if (workspace === undefined) return null;
  const { document, order } = record;
  const place = document ? { document: document.id } : { order: order.id };
  const link = linkText({ workspace, screen: document ? "/invoices" : "/orders", place });
  return (
    <CopyButton value={link} timeout={2500}>
      {({ copied, copy }) => (
        <ActionIcon
          variant="subtle"
          color="gray"
          onClick={copy}
          aria-label={t("desk.link")}
          title={t(copied ? "desk.linkCopied" : "desk.link")}
          data-testid={ids.drawerLink}
        >
          {copied ? <IconCheck size={16} /> : <IconLink size={16} />}
        </ActionIcon>
      )}
    </CopyButton>
  );
}
