import { Button, Group, Menu, Text, Tooltip, VisuallyHidden } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import {
  IconArrowBackUp,
  IconBuildingBank,
  IconCash,
  IconCashOff,
  IconChevronDown,
  IconFileOff,
  IconFilePlus,
  IconFileTypePdf,
  IconMail,
  IconRefresh,
  IconRestore,
  IconTrash,
  type TablerIcon,
} from "@tabler/icons-react";
import { useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { OfferInfo, RecordInfo } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { systemName } from "../../../shared/ui/FailureText";
import { ActDialog } from "./ActDialog";
import { useAsked } from "./useAsked";

const ICONS: Record<string, TablerIcon> = {
  pdf: IconFileTypePdf,
  send_email: IconMail,
  record_payment: IconCash,
  send_einvoice: IconBuildingBank,
  storno: IconArrowBackUp,
  invoice_again: IconFilePlus,
  cancel: IconFileOff,
  restore: IconRestore,
  delete: IconTrash,
  delete_payment: IconCashOff,
};
const IN_ROW = ["pdf", "send_email", "record_payment", "send_einvoice"];

interface Props {
  record: RecordInfo;
  openPdf: () => void;
  /** A dialog or the menu has opened or closed: Escape is its own then. */
  onActing: (acting: boolean) => void;
}

/** What can be done to an issued document. What cannot be done now stands there all the same, with the reason. */
export function ActRow({ record, openPdf, onActing }: Props) {
  const { t } = useTranslation();
  const [act, setAct] = useState<OfferInfo | null>(null);
  const [menu, setMenu] = useState(false);
  const refresh = useAsked("documents.refresh");
  const acting = act !== null || menu;
  useEffect(() => {
    onActing(acting);
    return () => onActing(false);
  }, [acting, onActing]);
  const { document } = record;
  // what is never done to a proforma is not offered on one
  const offers = record.offers.filter((offer) => offer.blocked !== "proforma");
  if (!document || offers.length === 0) return null;
  const provider = systemName(t, document.provider);
  const why = (offer: OfferInfo) => (offer.blocked ? t(`blocked.${offer.blocked}`, { provider }) : null);
  const read = () =>
    refresh.ask({ id: document.id }, () => notifications.show({ message: t("acts.refresh.done") }));
  return (
    <>
      <Group gap={6} mt="sm">
        {offers
          .filter((offer) => IN_ROW.includes(offer.act))
          .map((offer) => (
            <ActButton
              key={offer.act}
              act={offer.act}
              why={why(offer)}
              onAct={offer.act === "pdf" ? openPdf : () => setAct(offer)}
            />
          ))}
        <Menu position="bottom-end" opened={menu} onChange={setMenu} width={300} transitionProps={{ duration: 80 }}>
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={14} />} data-testid={ids.drawerMore}>
              {t("acts.more")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {offers
              .filter((offer) => !IN_ROW.includes(offer.act))
              .map((offer) => (
                <ActItem key={offer.act} act={offer.act} why={why(offer)} onAct={() => setAct(offer)} />
              ))}
            <Menu.Divider />
            <Menu.Item leftSection={<IconRefresh size={15} />} onClick={read} data-testid={ids.drawerAct("refresh")}>
              {t("acts.refresh.act", { provider })}
              <Text size="xs" c="dimmed">
                {t("acts.refresh.text")}
              </Text>
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      {refresh.error && <ErrorNote error={refresh.error} />}
      {act && <ActDialog act={act} record={record} document={document} close={() => setAct(null)} />}
    </>
  );
}

interface ActProps {
  act: string;
  /** Why it cannot be done now. */
  why: string | null;
  onAct: () => void;
}

/** One that cannot be pressed still takes the focus, so that the keyboard too comes to its reason. */
function ActButton({ act, why, onAct }: ActProps) {
  const { t } = useTranslation();
  const reason = useId();
  const Icon = ICONS[act] ?? IconRefresh;
  return (
    <>
      <Tooltip label={why} disabled={!why} events={{ hover: true, focus: true, touch: true }}>
        <Button
          variant="default"
          leftSection={<Icon size={15} />}
          data-disabled={why ? true : undefined}
          aria-disabled={why ? true : undefined}
          aria-describedby={why ? reason : undefined}
          onClick={why ? undefined : onAct}
          data-testid={ids.drawerAct(act)}
        >
          {t(`acts.${act}.act`)}
        </Button>
      </Tooltip>
      {why && <VisuallyHidden id={reason}>{why}</VisuallyHidden>}
    </>
  );
}

function ActItem({ act, why, onAct }: ActProps) {
  const { t } = useTranslation();
  const Icon = ICONS[act] ?? IconRefresh;
  return (
    <Menu.Item
      leftSection={<Icon size={15} />}
      closeMenuOnClick={!why}
      className={why ? "off" : undefined}
      aria-disabled={why ? true : undefined}
      onClick={why ? undefined : onAct}
      data-testid={ids.drawerAct(act)}
    >
      {t(`acts.${act}.act`)}
      {why && (
        <Text size="xs" c="dimmed">
          {why}
        </Text>
      )}
    </Menu.Item>
  );
}
