import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";
import type { FileContent } from "../../api/generated/api";
import { saveFile } from "../lib/files";

/** Saves a file through the window, and says what became of it. */
export function useSave() {
  const { t } = useTranslation();
  return (file: FileContent) => {
    const saved = saveFile(file);
    notifications.show({ message: saved ? t("saving.handed", { name: file.name }) : t("saving.impossible") });
  };
}
