import { Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ClientErased, ClientInfo } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { ConfirmDialog } from "../../../shared/ui/ConfirmDialog";

interface Props {
  query: string;
  only: string[];
  chosen: ClientInfo[];
  close: () => void;
  erased: (done: ClientErased) => void;
}

/** A word in any case and on any keyboard: without its marks. */
const bare = (word: string) => word.trim().normalize("NFD").replace(/\p{M}/gu, "").toUpperCase();

/** Asks for a reason and a typed word before anything is erased. */
export function EraseDialog({ query, only, chosen, close, erased }: Props) {
  const { t } = useTranslation();
  const erase = useAct("clients.erase");
  const [typed, setTyped] = useState("");
  const word = t("personal.word");
  const isTyped = bare(typed) === bare(word);
  return (
    <ConfirmDialog
      opened
      title={t("personal.eraseTitle")}
      act={t("personal.eraseAct")}
      danger
      askReason
      missing={isTyped ? undefined : t("personal.typeMissing")}
      refusals="personal.refused"
      busy={erase.isPending}
      error={erase.error}
      onAct={(reason) =>
        erase.mutate(
          { query, only, reason },
          {
            onSuccess: (done) => {
              close();
              erased(done);
            },
          },
        )
      }
      onClose={close}
    >
      {chosen.map((one) => (
        <Text key={one.key} size="sm" fw={600}>
          {[one.name, one.email, one.taxId].filter(Boolean).join(" · ")}
        </Text>
      ))}
      <Text size="sm">{t("personal.eraseText")}</Text>
      <TextInput
        label={t("personal.type", { word })}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
        data-testid={ids.personal("typed")}
      />
    </ConfirmDialog>
  );
}
