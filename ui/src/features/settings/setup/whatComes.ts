import { useTranslation } from "react-i18next";
import type { SetupPlan } from "../../../api/generated/api";

export const isNew = ({ fate }: { fate: string }) => fate === "new";

/** What a file adds, counted in words: `2 connections, 1 flow`; nothing where all of it is here. */
export function useWhatComes(): (plan: SetupPlan) => string {
  const { t } = useTranslation();
  return (plan) =>
    (["connections", "mappings", "flows"] as const)
      .flatMap((kind) => {
        const count = plan[kind].filter(isNew).length;
        return count > 0 ? [t(`setup.act.${kind}`, { count })] : [];
      })
      .join(", ");
}
