import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "../../../api/queries";

/** What a new workspace needs before it can be made: a name. */
export function useNewWorkspace() {
  const { t } = useTranslation();
  const create = useAct("workspace.create");
  const [name, setName] = useState("");
  return {
    name,
    setName,
    missing: name.trim() === "" ? t("start.nameMissing") : null,
    busy: create.isPending,
    error: create.error,
    make: () => create.mutateAsync({ name }),
  };
}
