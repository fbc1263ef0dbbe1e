import { Progress } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

/** Nothing for the first tenth of a second, then a subtle bar. */
export function Loading() {
  const { t } = useTranslation();
  const [shown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), 100);
    return () => clearTimeout(timer);
  }, []);
  return shown ? <Progress value={100} animated size={3} aria-label={t("common.loading")} /> : null;
}
