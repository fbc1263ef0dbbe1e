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
import type { Commands, OfferInfo, RecordInfo } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { systemName } from "../../../shared/ui/FailureText";
import { useMay } from "../../../shared/ui/useMay";
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
/** What is not an operation on the document. */
const COMMANDS: Record<string, keyof Commands> = {
  pdf: "documents.pdf",
  storno: "documents.storno",
  invoice_again: "documents.invoice_again",
  refresh: "documents.refresh",
};

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
            <ActItem act="refresh" why={null} onAct={read} words={t("acts.refresh.act", { provider })} about={t("acts.refresh.text")} />
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

interface ItemProps extends ActProps {
  words?: string;
  /** What it does, where it can be done. */
  about?: string;
}

/** Why an act cannot be done: the document does not allow it now, or the role never. */
function useWhy(act: string, blocked: string | null): string | null {
  const role = useMay(COMMANDS[act] ?? "documents.operate");
  return blocked ?? role.why ?? null;
}

/** One that cannot be pressed still takes the focus, so that the keyboard too comes to its reason. */
function ActButton({ act, why: blocked, onAct }: ActProps) {
  const { t } = useTranslation();
  const why = useWhy(act, blocked);
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

function ActItem({ act, why: blocked, onAct, words, about }: ItemProps) {
  const { t } = useTranslation();
  const why = useWhy(act, blocked);
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
      {words ?? t(`acts.${act}.act`)}
      {(why ?? about) && (
        <Text size="xs" c="dimmed">
          {why ?? about}
        </Text>
      )}
    </Menu.Item>
  );
}
