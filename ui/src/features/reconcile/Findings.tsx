import { Button, SegmentedControl, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFindings } from "../../api/queries";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { FindingCard } from "./FindingCard";

/** Findings of some kinds, newest first, by pages; what was left be on demand. */
export function Findings({ kinds, tab, quiet }: { kinds: string[]; tab: string; quiet?: boolean }) {
  const { t } = useTranslation();
  const [state, setState] = useState("open");
  const found = useFindings(kinds, state);
  const rows = found.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <Stack gap="sm">
      <SegmentedControl
        size="xs"
        w="fit-content"
        aria-label={t("reconcile.which")}
        value={state}
        onChange={setState}
        data={["open", "ignored"].map((value) => ({ value, label: t(`reconcile.findingState.${value}`) }))}
      />
      {found.isPending && <Loading />}
      {found.error && <ErrorNote error={found.error} again={() => void found.refetch()} />}
      {found.data && rows.length === 0 && !quiet && (
        <Empty title={t("reconcile.noFindings")} text={t(`reconcile.tabText.${tab}`)} />
      )}
      {rows.map((finding) => (
        <FindingCard key={finding.id} finding={finding} />
      ))}
      {found.hasNextPage && (
        <Button variant="default" w="fit-content" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t("reconcile.more")}
        </Button>
      )}
    </Stack>
  );
}
