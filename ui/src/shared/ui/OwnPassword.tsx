import { Modal, PasswordInput, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "../../api/queries";
import { ids } from "../lib/testids";
import { DialogFoot } from "./DialogFoot";
import { ErrorNote } from "./ErrorNote";
import { NewPassword, noPassword, passwordMissing } from "./NewPassword";
import { usePasswordRefusal } from "./usePasswordRefusal";

/** Whoever is signed in changes the own password, with the one that counts now. */
export function OwnPassword({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const change = useAct("session.change_password");
  const [old, setOld] = useState("");
  const [typed, setTyped] = useState(noPassword);
  const refusal = usePasswordRefusal(change.error);
  const atNew = change.error?.field === "password";
  const missing = old === "" ? t("people.password.oldMissing") : passwordMissing(t, typed);
  const isTold = atNew || change.error?.code === "wrong_password" || change.error?.code === "try_later";
  const done = () => {
    notifications.show({ message: t("people.password.ownDone") });
    close();
  };
  const act = () => {
    if (missing === null && !refusal.waits) change.mutate({ old, new: typed.password }, { onSuccess: done });
  };
  return (
    <Modal opened onClose={close} title={t("people.password.own")} centered transitionProps={{ duration: 80 }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act();
        }}
      >
        <Stack gap="sm">
          <PasswordInput
            data-autofocus
            label={t("people.password.old")}
            value={old}
            autoComplete="current-password"
            onChange={(event) => setOld(event.currentTarget.value)}
            error={refusal.words}
            data-testid={ids.password("old")}
          />
          <NewPassword typed={typed} set={setTyped} wrong={atNew ? t("people.wrong.password") : undefined} label={t("people.password.new")} />
          {change.error && !isTold && <ErrorNote error={change.error} />}
          <DialogFoot
            missing={refusal.waits ? refusal.words : missing}
            label={t("people.password.ownAct")}
            busy={change.isPending}
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
