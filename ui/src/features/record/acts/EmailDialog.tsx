import { Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ids } from "../../../shared/lib/testids";
import { ConfirmDialog } from "../../../shared/ui/ConfirmDialog";
import { type DialogProps, useActWords } from "./ActDialog";
import { useAsked } from "./useAsked";

const FIELDS = ["email.to", "email.subject", "email.body"];

/** An e-mail with the document, sent by the provider. */
export function EmailDialog({ record, document, close }: DialogProps) {
  const { t } = useTranslation();
  const words = useActWords("send_email", document);
  const operate = useAsked("documents.operate");
  const [email, setEmail] = useState({ to: record.draft?.email ?? "", cc: "", subject: "", body: "" });
  const error = operate.error;
  const field = (name: keyof typeof email) => ({
    label: t(`acts.form.${name}`),
    value: email[name],
    error: error?.field === `email.${name}` && t(`acts.wrong.${name}`, { detail: error.detail }),
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setEmail((before) => ({ ...before, [name]: value }));
    },
    "data-testid": ids.dialogField(`email-${name}`),
  });
  return (
    <ConfirmDialog
      opened
      title={words.title}
      act={words.act}
      missing={email.to.trim() === "" ? t("acts.form.missing") : null}
      fields={FIELDS}
      busy={operate.busy}
      error={error}
      onAct={() => operate.ask({ id: document.id, kind: "send_email", reason: "", payment: null, email }, close)}
      onClose={close}
    >
      <Text size="sm">{words.text}</Text>
      <TextInput {...field("to")} description={t("acts.form.several")} />
      <TextInput {...field("cc")} />
      <TextInput {...field("subject")} description={t("acts.form.ownText", { provider: words.provider })} />
      <Textarea
        {...field("body")}
        description={t("acts.form.ownText", { provider: words.provider })}
        autosize
        minRows={3}
        maxRows={8}
      />
    </ConfirmDialog>
  );
}
