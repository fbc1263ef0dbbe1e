import { PasswordInput } from "@mantine/core";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { ids } from "../../lib/testids";

export interface Typed {
  passphrase: string;
  again: string;
}

export const nothingTyped: Typed = { passphrase: "", again: "" };

/** What is not right about a passphrase that was typed twice, in words; null where nothing is. */
export function passphraseMissing(t: TFunction, { passphrase, again }: Typed, shortest: number): string | null {
  if ([...passphrase].length < shortest) return t("vault.missing.short", { count: shortest });
  return passphrase === again ? null : t("vault.missing.different");
}

interface Props {
  typed: Typed;
  set: (typed: Typed) => void;
  shortest: number;
  label: string;
}

/** A new passphrase, typed twice: nobody can read it back, and nothing replaces it. */
export function NewPassphrase({ typed, set, shortest, label }: Props) {
  const { t } = useTranslation();
  const differs = typed.again !== "" && !typed.passphrase.startsWith(typed.again);
  return (
    <>
      <PasswordInput
        label={label}
        description={t("vault.passphraseText", { count: shortest })}
        value={typed.passphrase}
        maxLength={1000}
        autoComplete="new-password"
        onChange={(event) => set({ ...typed, passphrase: event.currentTarget.value })}
        data-testid={ids.vault("new")}
      />
      <PasswordInput
        label={t("vault.again")}
        value={typed.again}
        maxLength={1000}
        autoComplete="new-password"
        onChange={(event) => set({ ...typed, again: event.currentTarget.value })}
        error={differs && t("vault.missing.different")}
        data-testid={ids.vault("again")}
      />
    </>
  );
}
