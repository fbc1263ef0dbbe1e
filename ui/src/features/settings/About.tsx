import { Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AppInfo } from "../../api/generated/api";
import { useSession } from "../../api/session";
import { ids } from "../../shared/lib/testids";
import { CopyText } from "../../shared/ui/CopyText";
import { MayButton } from "../../shared/ui/MayButton";
import { NewWorkspaceDialog } from "../../shared/ui/workspace/NewWorkspaceDialog";
import { Card } from "./Card";
import { Setting } from "./Setting";

/** What is open, where it lies, who works, and which Punte it is. */
export function About({ app }: { app: AppInfo }) {
  const { t } = useTranslation();
  const session = useSession();
  const [making, setMaking] = useState(false);
  const { operator, role } = session?.needed ? session : app;
  const facts: [string, ReactNode][] = [
    [t("settings.workspace"), app.open?.name ?? t("common.none")],
    [t("settings.folder"), app.open ? <CopyText key="folder" text={app.open.folder} /> : t("common.none")],
    [t("settings.operator"), `${operator} · ${t(`settings.role.${role}`)}`],
    [t("settings.version"), app.version],
  ];
  return (
    <Card of="about">
      <Title order={2} mb={8}>
        {t("settings.about")}
      </Title>
      <Setting id="about">
        <dl className="facts">
          {facts.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}=`}>{value}</dd>])}
        </dl>
        <MayButton
          command="workspace.create"
          variant="default"
          mt="sm"
          leftSection={<IconPlus size={15} />}
          onClick={() => setMaking(true)}
          data-testid={ids.settingsNewWorkspace}
        >
          {t("start.newAct")}
        </MayButton>
      </Setting>
      <NewWorkspaceDialog app={app} opened={making} close={() => setMaking(false)} />
    </Card>
  );
}
