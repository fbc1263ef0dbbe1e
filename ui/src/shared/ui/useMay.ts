import { useTranslation } from "react-i18next";
import { type AccessRole, type Commands, neededRole } from "../../api/generated/api";
import { useSession } from "../../api/session";

const RANK: Record<AccessRole, number> = { viewer: 0, operator: 1, admin: 2 };

export interface May {
  may: boolean;
  /** What is lacking, in words, where something is. */
  why: string | undefined;
}

/** Whether whoever is signed in may use a command. The host decides; this only mirrors it, so that nobody presses in vain. */
export function useMay(command: keyof Commands): May {
  const { t } = useTranslation();
  const session = useSession();
  const needed = neededRole[command];
  const may = !session?.needed || (RANK[session.role as AccessRole] ?? -1) >= RANK[needed];
  return { may, why: may ? undefined : t(`needsRole.${needed}`) };
}
