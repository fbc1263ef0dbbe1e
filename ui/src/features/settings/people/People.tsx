import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconUsersPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAsk } from "../../../api/queries";
import { useSession } from "../../../api/session";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { Loading } from "../../../shared/ui/Loading";
import { OwnPassword } from "../../../shared/ui/OwnPassword";
import { useMay } from "../../../shared/ui/useMay";
import { Card } from "../Card";
import { Setting } from "../Setting";
import { Guards } from "./Guards";
import { PeopleTable } from "./PeopleTable";
import { PersonDialog } from "./PersonDialog";
import { SetUpDialog } from "./SetUpDialog";

/** Who may work in this workspace, and what needs a second one of them. */
export function People() {
  const { t } = useTranslation();
  const session = useSession();
  const { may } = useMay("people.list");
  if (!session) return null;
  return (
    <Card of="people" testId={ids.people}>
      <Stack gap="sm">
        {!session.needed && (
          <Setting id="people">
            <Nobody />
          </Setting>
        )}
        {session.needed && !may && (
          <Setting id="people">
            <Title order={2}>{t("people.title")}</Title>
            <Text size="sm">{t("people.adminOnly")}</Text>
          </Setting>
        )}
        {session.needed && may && <Everybody own={session.operator} />}
        {session.needed && (
          <Setting id="own-password">
            <Own />
          </Setting>
        )}
      </Stack>
    </Card>
  );
}

/** What people are for, and the first step. */
function Nobody() {
  const { t } = useTranslation();
  const [setting, setSetting] = useState(false);
  return (
    <>
      <Title order={2}>{t("people.title")}</Title>
      <Text size="sm">{t("people.none.text")}</Text>
      <Text size="sm" c="dimmed">
        {t("people.none.engine")}
      </Text>
      <Button
        w="fit-content"
        variant="default"
        leftSection={<IconUsersPlus size={15} />}
        onClick={() => setSetting(true)}
        data-testid={ids.peopleSetUp}
      >
        {t("people.none.setUp")}
      </Button>
      {setting && <SetUpDialog close={() => setSetting(false)} />}
    </>
  );
}

function Everybody({ own }: { own: string }) {
  const { t } = useTranslation();
  const people = useAsk("people.list", {});
  const [adding, setAdding] = useState(false);
  return (
    <>
      <Group justify="space-between">
        <Title order={2}>{t("people.title")}</Title>
        <Button variant="default" leftSection={<IconUsersPlus size={15} />} onClick={() => setAdding(true)} data-testid={ids.peopleAdd}>
          {t("people.add")}
        </Button>
      </Group>
      {people.isPending && <Loading />}
      {people.error && <ErrorNote error={people.error} again={() => void people.refetch()} />}
      {people.data && (
        <Setting id="people">
          <PeopleTable people={people.data.people} own={own} />
        </Setting>
      )}
      {people.data && <Guards guards={people.data.guards} />}
      {adding && <PersonDialog person={null} close={() => setAdding(false)} />}
    </>
  );
}

function Own() {
  const { t } = useTranslation();
  const [changing, setChanging] = useState(false);
  return (
    <>
      <Button w="fit-content" variant="subtle" onClick={() => setChanging(true)} data-testid={ids.password("own")}>
        {t("people.changeOwn")}
      </Button>
      {changing && <OwnPassword close={() => setChanging(false)} />}
    </>
  );
}
