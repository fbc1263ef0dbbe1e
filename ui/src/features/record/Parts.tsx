import { Tabs, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { OperationInfo, RecordInfo } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { systemName } from "../../shared/ui/FailureText";
import { Attempts } from "./Attempts";
import { Notes } from "./desk/Notes";
import { DraftPart } from "./draft/DraftPart";
import { LogPart } from "./LogPart";
import { OrderPart } from "./OrderPart";
import { PdfView } from "../../shared/ui/pdf/PdfView";
import { Timeline } from "./Timeline";

interface Props {
  record: RecordInfo;
  tab: string;
  onTab: (tab: string) => void;
  /** A dialog of the record has opened or closed: Escape is the dialog's then. */
  onActing: (acting: boolean) => void;
}

/** Tabs whose words stand with their part. */
const ELSEWHERE: Record<string, string> = { pdf: "pdf.tab", notes: "desk.tab", log: "log.recordTab" };

/** The parts of a record, one at a time. */
export function Parts({ record, tab, onTab, onActing }: Props) {
  const { t } = useTranslation();
  const pdf = record.offers.find((offer) => offer.act === "pdf");
  const tabs = ["timeline", "order", "draft", "attempts", ...(pdf ? ["pdf"] : []), "notes", "log"];
  const exchanges = record.attempts.length + record.operations.filter(wasSent).length;
  return (
    <Tabs value={tab} onChange={(to) => onTab(to ?? "timeline")} className="drawer-body" keepMounted={false}>
      <Tabs.List px="md">
        {tabs.map((name) => (
          <Tabs.Tab key={name} value={name} data-testid={ids.drawerTab(name)}>
            {t(ELSEWHERE[name] ?? `record.tab.${name}`)}
            {name === "attempts" && exchanges > 0 && ` ${exchanges}`}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <div className="drawer-part" tabIndex={0}>
        <Tabs.Panel value="timeline">
          <Timeline entries={record.timeline} />
        </Tabs.Panel>
        <Tabs.Panel value="order">
          <OrderPart record={record} />
        </Tabs.Panel>
        <Tabs.Panel value="draft">
          <DraftPart record={record} onActing={onActing} />
        </Tabs.Panel>
        <Tabs.Panel value="attempts">
          <Attempts attempts={record.attempts} operations={record.operations.filter(wasSent)} />
        </Tabs.Panel>
        <Tabs.Panel value="notes">
          <Notes orderId={record.order.id} />
        </Tabs.Panel>
        <Tabs.Panel value="log">
          <LogPart record={record} />
        </Tabs.Panel>
        {pdf && record.document && (
          <Tabs.Panel value="pdf">
            {pdf.blocked ? (
              <Text size="sm">{t(`blocked.${pdf.blocked}`, { provider: systemName(t, record.document.provider) })}</Text>
            ) : (
              <PdfView id={record.document.id} />
            )}
          </Tabs.Panel>
        )}
      </div>
    </Tabs>
  );
}

function wasSent(operation: OperationInfo): boolean {
  return operation.method !== "";
}
