import { PasswordInput } from "@mantine/core";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { ids } from "../lib/testids";

/** As the host has it, in characters. */
export const SHORTEST = 10;
const LONGEST = 200;

export interface Typed {
  password: string;
  again: string;
}

export const noPassword: Typed = { password: "", again: "" };

/** What is not right about a password that was typed twice, in words; null where nothing is. */
export function passwordMissing(t: TFunction, { password, again }: Typed): string | null {
  if ([...password].length < SHORTEST) return t("people.password.short", { count: SHORTEST });
  return password === again ? null : t("people.password.different");
}

interface Props {
  typed: Typed;
  set: (typed: Typed) => void;
  /** What the host said of it. */
  wrong: string | undefined;
  /** Where it stands: what the first field is called. */
  label: string;
}

/** A new password, typed twice: nobody can read it back. */
export function NewPassword({ typed, set, wrong, label }: Props) {
  const { t } = useTranslation();
  const differs = typed.again !== "" && !typed.password.startsWith(typed.again);
  return (
    <>
      <PasswordInput
        label={label}
        description={t("people.password.rule", { count: SHORTEST })}
        value={typed.password}
        maxLength={LONGEST}
        autoComplete="new-password"
        onChange={(event) => set({ ...typed, password: event.currentTarget.value })}
        error={wrong}
        data-testid={ids.password("new")}
      />
      <PasswordInput
        label={t("people.password.again")}
        value={typed.again}
        maxLength={LONGEST}
        autoComplete="new-password"
        onChange={(event) => set({ ...typed, again: event.currentTarget.value })}
        error={differs && t("people.password.different")}
        data-testid={ids.password("again")}
      />
    </>
  );
}
