import { useTranslation } from "react-i18next";
import { resetCommand } from "../lib/people";
import { CopyText } from "./CopyText";

/** The command for a forgotten password, to be copied once it is known whose. */
export function ResetCommand({ name }: { name: string }) {
  const { t } = useTranslation();
  if (name.trim() !== "") return <CopyText text={resetCommand(name.trim())} />;
  return <span className="mono">{resetCommand(t("people.nameHere"))}</span>;
}
