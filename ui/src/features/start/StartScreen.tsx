import { Alert, Button, Group, SimpleGrid, Stack, Text, TextInput, Title, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconBuildingStore, IconFlask, IconFolder } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AppInfo, OpenProblem } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { RestoreDialog } from "../../shared/ui/backup/RestoreDialog";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Toggles } from "../../shared/ui/Toggles";
import { VaultBanner } from "../../shared/ui/vault/VaultBanner";
import { useNewWorkspace } from "../../shared/ui/workspace/useNewWorkspace";

/** Where nothing is open: try it, begin, or go on where it stopped. */
export function StartScreen({ app }: { app: AppInfo }) {
  const { t } = useTranslation();
  const openSandbox = useAct("workspace.open_sandbox");
  const open = useAct("workspace.open");
  const [naming, setNaming] = useState(false);
  const busy = openSandbox.isPending || open.isPending;
  const known = app.workspaces.filter((one) => one.id !== app.problem?.workspace.id);
  return (
    <main className="start">
      <Group justify="flex-end" gap="xs" mb={48}>
        <Toggles theme={app.theme} />
      </Group>
      <Stack gap={28}>
        <div>
          <Title order={1} fz={32} className="wordmark">
            {t("app.name")}
          </Title>
          <Text fz={16} mt={6} c="dimmed">
            {t("start.claim")}
          </Text>
        </div>
        {app.problem && (
          <Problem problem={app.problem} again={(id) => open.mutate({ id })} busy={busy} />
        )}
        <SimpleGrid cols={2} spacing="md">
          <Choice
            icon={<IconFlask size={26} stroke={1.6} />}
            title={t("start.sandbox")}
            text={t("start.sandboxText")}
            busy={busy}
            testId={ids.startSandbox}
            onClick={() => openSandbox.mutate({})}
          />
          <Choice
            icon={<IconBuildingStore size={26} stroke={1.6} />}
            title={t("start.new")}
            text={t("start.newText")}
            busy={busy}
            testId={ids.startNew}
            onClick={() => setNaming(true)}
          />
        </SimpleGrid>
        {naming && <NewWorkspace />}
        {openSandbox.error && <ErrorNote error={openSandbox.error} />}
        {open.error && !app.problem && <ErrorNote error={open.error} />}
        {known.length > 0 && (
          <Stack gap={4}>
            <Text fw={600}>{t("start.known")}</Text>
            {known.map((one) => (
              <UnstyledButton
                key={one.id}
                className="card pick"
                onClick={() => open.mutate({ id: one.id })}
                disabled={busy}
              >
                <Group gap="sm" wrap="nowrap">
                  <IconFolder size={18} />
                  <Text span fw={500}>
                    {one.name}
                  </Text>
                  <Text span className="mono" c="dimmed">
                    {one.folder}
                  </Text>
                </Group>
              </UnstyledButton>
            ))}
          </Stack>
        )}
        <VaultBanner app={app} />
      </Stack>
    </main>
  );
}

interface ChoiceProps {
  icon: ReactNode;
  title: string;
  text: string;
  busy: boolean;
  testId: string;
  onClick: () => void;
}

function Choice({ icon, title, text, busy, testId, onClick }: ChoiceProps) {
  return (
    <UnstyledButton className="card pick" p="lg" onClick={onClick} disabled={busy} data-testid={testId}>
      <Stack gap={8}>
        {icon}
        <Text fw={600} fz={15}>
          {title}
        </Text>
        <Text size="sm" c="dimmed">
          {text}
        </Text>
      </Stack>
    </UnstyledButton>
  );
}

function NewWorkspace() {
  const { t } = useTranslation();
  const { name, setName, missing, busy, error, make } = useNewWorkspace();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // a refusal is told below
        make().catch(() => {});
      }}
    >
      <Stack gap="xs">
        <Group align="flex-end" gap="xs">
          <TextInput
            flex={1}
            autoFocus
            label={t("start.name")}
            description={t("start.nameText")}
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-testid={ids.startName}
          />
          <Button
            type="submit"
            size="sm"
            loading={busy}
            disabled={missing !== null}
            title={missing ?? undefined}
            data-testid={ids.startCreate}
          >
            {t("start.create")}
          </Button>
        </Group>
        {error && <ErrorNote error={error} />}
      </Stack>
    </form>
  );
}

/** What a backup helps against. A workspace that somebody works in, or whose disk is shut, needs none. */
const MENDED_BY_BACKUP = ["ledger_damaged", "folder_missing", "other"];

function Problem({ problem, again, busy }: { problem: OpenProblem; again: (id: string) => void; busy: boolean }) {
  const { t } = useTranslation();
  const { workspace } = problem;
  const isMended = MENDED_BY_BACKUP.includes(problem.code);
  const backup = useAsk("backup.get", { workspace: workspace.id }, isMended);
  const [restoring, setRestoring] = useState(false);
  const files = backup.data?.files ?? [];
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle size={18} />}
      title={t("start.notOpened", { name: problem.workspace.name })}
      data-testid="open-problem"
    >
      <Stack gap={6}>
        <Text size="sm">{t(`start.problem.${problem.code}`)}</Text>
        <Text className="mono">{problem.detail}</Text>
        <Text className="mono" c="dimmed">
          {problem.workspace.folder}
        </Text>
        <Group>
          <Button variant="default" onClick={() => again(problem.workspace.id)} loading={busy}>
            {t("common.tryAgain")}
          </Button>
          {files.length > 0 && (
            <Button variant="default" onClick={() => setRestoring(true)} data-testid={ids.backup("from-start")}>
              {t("backup.restoreFrom")}
            </Button>
          )}
        </Group>
        {backup.data && files.length === 0 && <Text size="sm">{t("backup.noneForThis")}</Text>}
      </Stack>
      {restoring && (
        <RestoreDialog
          workspace={workspace.id}
          title={t("backup.chooseTitle", { name: workspace.name })}
          files={files}
          close={() => setRestoring(false)}
        />
      )}
    </Alert>
  );
}
