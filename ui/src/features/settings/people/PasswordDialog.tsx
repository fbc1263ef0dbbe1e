import { Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PersonInfo } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { DialogFoot } from "../../../shared/ui/DialogFoot";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { NewPassword, noPassword, passwordMissing } from "../../../shared/ui/NewPassword";
import { refusalOf } from "./refusals";

/** Another password for somebody who forgot the old one, or should not have it any more. */
export function PasswordDialog({ person, close }: { person: PersonInfo; close: () => void }) {
  const { t } = useTranslation();
  const set = useAct("people.set_password");
  const [typed, setTyped] = useState(noPassword);
  const { id, name } = person;
  const refusal = refusalOf(t, set.error);
  const missing = passwordMissing(t, typed);
  const done = () => {
    notifications.show({ message: t("people.password.done", { name }) });
    close();
  };
  const act = () => {
    if (missing === null) set.mutate({ id, password: typed.password }, { onSuccess: done });
  };
  return (
    <Modal opened onClose={close} title={t("people.password.title", { name })} centered transitionProps={{ duration: 80 }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act();
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{t("people.password.text", { name })}</Text>
          <NewPassword
            typed={typed}
            set={setTyped}
            wrong={refusal?.field === "password" ? refusal.words : undefined}
            label={t("people.password.new")}
          />
          {set.error && !refusal && <ErrorNote error={set.error} />}
          <DialogFoot
            missing={missing}
            label={t("people.password.act")}
            busy={set.isPending}
            submits
            act={act}
            close={close}
            testId={ids.password("save")}
          />
        </Stack>
      </form>
    </Modal>
  );
}
