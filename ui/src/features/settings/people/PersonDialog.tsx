import { Modal, Radio, Stack, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PersonInfo } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { DialogFoot } from "../../../shared/ui/DialogFoot";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { NewPassword, noPassword, passwordMissing } from "../../../shared/ui/NewPassword";
import { refusalOf } from "./refusals";

const ROLES = ["viewer", "operator", "admin"];

interface Props {
  /** Null: a new one. */
  person: PersonInfo | null;
  close: () => void;
}

/** A person's name and role, whether they are let in, and for a new one the first password. */
export function PersonDialog({ person, close }: Props) {
  const { t } = useTranslation();
  const add = useAct("people.add");
  const change = useAct("people.change");
  const [name, setName] = useState(person?.name ?? "");
  const [role, setRole] = useState(person?.role ?? "operator");
  const [active, setActive] = useState(person?.active ?? true);
  const [typed, setTyped] = useState(noPassword);
  const error = add.error ?? change.error;
  const refusal = refusalOf(t, error);
  const at = (field: string) => (refusal?.field === field ? refusal.words : undefined);
  const unnamed = name.trim() === "" ? t("people.wrong.nameMissing") : null;
  const missing = unnamed ?? (person ? null : passwordMissing(t, typed));
  const act = () => {
    if (missing !== null) return;
    if (person) change.mutate({ id: person.id, name: name.trim(), role, active }, { onSuccess: close });
    else add.mutate({ name: name.trim(), role, password: typed.password }, { onSuccess: close });
  };
  return (
    <Modal
      opened
      onClose={close}
      title={person ? t("people.edit.title", { name: person.name }) : t("people.new.title")}
      centered
      transitionProps={{ duration: 80 }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act();
        }}
      >
        <Stack gap="sm">
          <TextInput
            data-autofocus
            label={t("people.name")}
            value={name}
            maxLength={60}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
            error={at("name")}
            data-testid={ids.personField("name")}
          />
          <Radio.Group label={t("people.role")} value={role} onChange={setRole} error={at("role")} data-testid={ids.personField("role")}>
            <Stack gap={6} my={4}>
              {ROLES.map((one) => (
                <Radio
                  key={one}
                  size="xs"
                  value={one}
                  label={t(`settings.role.${one}`)}
                  description={t(`people.roleText.${one}`)}
                  data-testid={ids.personField(one)}
                />
              ))}
            </Stack>
          </Radio.Group>
          {person && (
            <Switch
              label={t("people.edit.letIn")}
              description={t("people.edit.letInText")}
              checked={active}
              onChange={(event) => setActive(event.currentTarget.checked)}
              data-testid={ids.personField("active")}
            />
          )}
          {!person && <NewPassword typed={typed} set={setTyped} wrong={at("password")} label={t("signIn.password")} />}
          {error && !refusal && <ErrorNote error={error} />}
          <DialogFoot
            missing={missing}
            label={t(person ? "people.edit.act" : "people.new.act")}
            busy={add.isPending || change.isPending}
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
