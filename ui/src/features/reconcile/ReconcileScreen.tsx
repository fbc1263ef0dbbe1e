import { Stack, Tabs, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useAsk, useFindings } from "../../api/queries";
import { useGo, usePlace } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { DoubtCard } from "./DoubtCard";
import { Expected } from "./Expected";
import { Findings } from "./Findings";
import { Mismatch } from "./Mismatch";
import { MonthClosing } from "./month/MonthClosing";
import { OperationCard } from "./OperationCard";
import { Passes } from "./Passes";

/** What passes find, by where it is shown. */
const TABS: { tab: string; kinds: string[] }[] = [
  { tab: "expected", kinds: ["expected"] },
  { tab: "unknown", kinds: ["unknown_here", "duplicate"] },
  { tab: "missing", kinds: ["missing_there"] },
  { tab: "series", kinds: ["gap", "repeat"] },
];

/** What the ledger and a provider do not agree on, with the evidence, until it is settled. */
export function ReconcileScreen() {
  const { t } = useTranslation();
  const go = useGo();
  const place = usePlace();
  const doubts = useAsk("doubts.list", {});
  const passes = useAsk("reconcile.runs", {});
  const open = doubts.data?.doubts ?? [];
  const operations = doubts.data?.operations ?? [];
  const told = useFindings(["mismatched", "missing_there"], "open");
  const findings = new Set(told.data?.pages.flatMap((page) => page.rows.map((row) => row.documentId)));
  // what a finding tells is not told a second time
  const mismatched = (doubts.data?.mismatched ?? []).filter((document) => !findings.has(document.id));
  const doubted = open.length + operations.length;
  const count = (kinds: string[]) => kinds.reduce((sum, kind) => sum + (passes.data?.open[kind] ?? 0), 0);
  const usual = doubted === 0 && mismatched.length + count(["mismatched"]) > 0 ? "mismatched" : "doubts";
  const tabs = ["doubts", "mismatched", ...TABS.map((one) => one.tab), "month"];
  const tab = place.filter && tabs.includes(place.filter) ? place.filter : usual;
  return (
    <div className="screen">
      <Title order={1} mb={12}>
        {t("nav.reconcile")}
      </Title>
      {doubts.isPending && <Loading />}
      {doubts.error && <ErrorNote error={doubts.error} again={() => void doubts.refetch()} />}
      {passes.error && <ErrorNote error={passes.error} again={() => void passes.refetch()} />}
      {passes.data && <Passes passes={passes.data} />}
      {doubts.data && (
        <Tabs value={tab} onChange={(value) => go.stay({ filter: value ?? undefined })} keepMounted={false} mt="md">
          <Tabs.List mb="md">
            <Tabs.Tab value="doubts" data-testid={ids.reconcileTab("doubts")}>
              {t("reconcile.doubts")} {doubted}
            </Tabs.Tab>
            <Tabs.Tab value="mismatched" data-testid={ids.reconcileTab("mismatched")}>
              {t("reconcile.mismatched")} {mismatched.length + count(["mismatched"])}
            </Tabs.Tab>
            {passes.data &&
              TABS.map(({ tab, kinds }) => (
                <Tabs.Tab key={tab} value={tab} data-testid={ids.reconcileTab(tab)}>
                  {t(`reconcile.tab.${tab}`)} {count(kinds)}
                </Tabs.Tab>
              ))}
            <Tabs.Tab value="month" data-testid={ids.reconcileTab("month")}>
              {t("closing.tab")}
            </Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="doubts">
            {doubted === 0 && <Empty title={t("reconcile.noDoubts")} text={t("reconcile.noDoubtsText")} />}
            <Stack gap="md">
              {open.map((doubt) => (
                <DoubtCard key={doubt.document.id} doubt={doubt} />
              ))}
              {operations.map((operation) => (
                <OperationCard key={operation.id} operation={operation} />
              ))}
            </Stack>
          </Tabs.Panel>
          <Tabs.Panel value="mismatched">
            <Stack gap="sm">
              {mismatched.length === 0 && count(["mismatched"]) === 0 && (
                <Empty title={t("reconcile.noMismatch")} text={t("reconcile.noMismatchText")} />
              )}
              {mismatched.map((document) => (
                <Mismatch key={document.id} document={document} />
              ))}
              {passes.data && <Findings kinds={["mismatched"]} tab="mismatched" quiet />}
            </Stack>
          </Tabs.Panel>
          {passes.data &&
            TABS.map(({ tab, kinds }) => (
              <Tabs.Panel key={tab} value={tab}>
                {tab === "expected" && <Expected />}
                <Findings kinds={kinds} tab={tab} quiet={tab === "expected"} />
              </Tabs.Panel>
            ))}
          <Tabs.Panel value="month">
            <MonthClosing />
          </Tabs.Panel>
        </Tabs>
      )}
    </div>
  );
}
