import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SetupPlan } from "../../../api/generated/api";
import { useAct, useAsk } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { Loading } from "../../../shared/ui/Loading";
import { MayButton } from "../../../shared/ui/MayButton";
import { useFormat } from "../../../shared/ui/useFormat";
import { Plan } from "./Plan";
import { Problems } from "./Problems";
import { type Renamed, Renames } from "./Renames";
import { useWhatComes } from "./whatComes";

interface Props {
  content: string;
  done: (plan: SetupPlan) => void;
  /** Back to the text. */
  change: () => void;
}

/** How long typing must rest before the file is looked at anew. */
const REST_MS = 400;

const pairs = (renamed: Renamed) =>
  Object.entries(renamed).flatMap(([from, to]) => (to.trim() === "" || to.trim() === from ? [] : [{ from, to: to.trim() }]));

/** What the file would do here, with what is put in place of what. Nothing is written before it is imported. */
export function Look({ content, done, change }: Props) {
  const { t } = useTranslation();
  const [renamed, setRenamed] = useState<Record<"companies" | "series" | "accounts", Renamed>>({ companies: {}, series: {}, accounts: {} });
  const [rested] = useDebouncedValue(renamed, REST_MS);
  const { companies, series, accounts } = rested;
  const request = { content, companies: pairs(companies), series: pairs(series), accounts: pairs(accounts) };
  const preview = useAsk("setup.preview", request);
  const act = useAct("setup.import");
  const isLooked = rested === renamed && !preview.isFetching;
  const other = (
    <Button variant="default" onClick={change} data-testid={ids.setup("change")}>
      {t("setup.import.change")}
    </Button>
  );
  if (preview.isPending) return <Loading />;
  if (preview.error) {
    return (
      <Stack gap="xs">
        <ErrorNote error={preview.error} again={() => void preview.refetch()} />
        <Group>{other}</Group>
      </Stack>
    );
  }
  const plan = preview.data;
  const isReadable = plan.connections.length + plan.mappings.length + plan.flows.length > 0;
  return (
    <Stack gap="md" data-testid={ids.setup("plan")}>
      <div>
        <Title order={4}>{t("setup.plan.title")}</Title>
        <From plan={plan} />
      </div>
      {plan.problems.length > 0 && <Problems problems={plan.problems} />}
      <Renames plan={plan} renamed={renamed} set={(part, to) => setRenamed({ ...renamed, [part]: to })} />
      {isReadable && <Plan plan={plan} />}
      {act.error && <ErrorNote error={act.error} refusals="setup.refused" />}
      <Foot plan={plan} isLooked={isLooked} busy={act.isPending} act={() => act.mutate(request, { onSuccess: done })}>
        {other}
      </Foot>
    </Stack>
  );
}

function From({ plan }: { plan: SetupPlan }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { workspace, version, madeAtMs } = plan;
  const told = [
    workspace !== "" && t("setup.plan.from", { workspace }),
    madeAtMs !== null && t("setup.plan.written", { when: format.instant(madeAtMs) }),
    version !== "" && t("setup.plan.by", { version }),
  ].filter((part) => part !== false);
  const words = workspace === "" ? t("setup.plan.fromNameless") : `${told.join(", ")}.`;
  // of what could not be read there is nothing to tell
  if (workspace === "" && plan.problems.length > 0) return null;
  return (
    <Text size="sm" c="dimmed">
      {words}
    </Text>
  );
}

interface FootProps {
  plan: SetupPlan;
  isLooked: boolean;
  busy: boolean;
  act: () => void;
  children: ReactNode;
}

/** What importing will do, in one sentence, and the button. */
function Foot({ plan, isLooked, busy, act, children }: FootProps) {
  const { t } = useTranslation();
  const what = useWhatComes()(plan);
  const isWrong = plan.problems.length > 0;
  const why = isWrong ? t("setup.act.problems") : !isLooked ? t("setup.act.looking") : what === "" ? t("setup.act.nothing") : undefined;
  return (
    <Stack gap="xs">
      {!isWrong && (
        <Text size="sm" data-testid={ids.setup("will")}>
          {what === "" ? t("setup.act.nothing") : t("setup.act.will", { what })}
        </Text>
      )}
      <Group gap="xs">
        <MayButton command="setup.import" disabled={why !== undefined} title={why} loading={busy} onClick={act} data-testid={ids.setup("act")}>
          {t("setup.act.import")}
        </MayButton>
        {children}
      </Group>
    </Stack>
  );
}
