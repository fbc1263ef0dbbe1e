import { Alert, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "../../../api/queries";
import { useSession } from "../../../api/session";
import { ids } from "../../../shared/lib/testids";
import { DialogFoot } from "../../../shared/ui/DialogFoot";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { NewPassword, noPassword, passwordMissing } from "../../../shared/ui/NewPassword";
import { ResetCommand } from "../../../shared/ui/ResetCommand";
import { refusalOf } from "./refusals";

/** The first person: an administrator, who is told what a forgotten password means. */
export function SetUpDialog({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const sitting = useSession()?.operator ?? "";
  const add = useAct("people.add");
  const [name, setName] = useState(sitting);
  const [typed, setTyped] = useState(noPassword);
  const refusal = refusalOf(t, add.error);
  const at = (field: string) => (refusal?.field === field ? refusal.words : undefined);
  const missing = name.trim() === "" ? t("people.wrong.nameMissing") : passwordMissing(t, typed);
  const act = () => {
    if (missing === null) add.mutate({ name: name.trim(), role: "admin", password: typed.password }, { onSuccess: close });
  };
  return (
    <Modal opened onClose={close} title={t("people.first.title")} centered transitionProps={{ duration: 80 }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act();
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{t("people.first.text")}</Text>
          <TextInput
            data-autofocus
            label={t("people.name")}
            value={name}
            maxLength={60}
            autoComplete="username"
            onChange={(event) => setName(event.currentTarget.value)}
            error={at("name")}
            data-testid={ids.personField("name")}
          />
          <NewPassword typed={typed} set={setTyped} wrong={at("password")} label={t("signIn.password")} />
          <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />}>
            <Text size="sm">{t("people.first.warning")}</Text>
            <ResetCommand name={name} />
          </Alert>
          {add.error && !refusal && <ErrorNote error={add.error} />}
          <DialogFoot
            missing={missing}
            label={t("people.first.act")}
            busy={add.isPending}
            submits
            act={act}
            close={close}
            testId={ids.personField("save")}
          />
        </Stack>
      </form>
    </Modal>
  );
}
