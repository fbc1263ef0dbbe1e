import { Stack, Tabs, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useAsk } from "../../api/queries";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { DoubtCard } from "./DoubtCard";
import { Mismatch } from "./Mismatch";
import { OperationCard } from "./OperationCard";

/** What the ledger and a provider do not agree on, with the evidence, until it is settled. */
export function ReconcileScreen() {
  const { t } = useTranslation();
  const doubts = useAsk("doubts.list", {});
  const open = doubts.data?.doubts ?? [];
  const operations = doubts.data?.operations ?? [];
  const mismatched = doubts.data?.mismatched ?? [];
  const doubted = open.length + operations.length;
  return (
    <div className="screen">
      <Title order={1} mb={12}>
        {t("nav.reconcile")}
      </Title>
      {doubts.isPending && <Loading />}
      {doubts.error && <ErrorNote error={doubts.error} again={() => void doubts.refetch()} />}
      {doubts.data && (
        <Tabs defaultValue={doubted === 0 && mismatched.length > 0 ? "mismatched" : "doubts"}>
          <Tabs.List mb="md">
            <Tabs.Tab value="doubts">
              {t("reconcile.doubts")} {doubted}
            </Tabs.Tab>
            <Tabs.Tab value="mismatched">
              {t("reconcile.mismatched")} {mismatched.length}
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
            {mismatched.length === 0 && <Empty title={t("reconcile.noMismatch")} text={t("reconcile.noMismatchText")} />}
            <Stack gap="sm">
              {mismatched.map((document) => (
                <Mismatch key={document.id} document={document} />
              ))}
            </Stack>
          </Tabs.Panel>
        </Tabs>
      )}
    </div>
  );
}
