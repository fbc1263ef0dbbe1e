import { Badge, Button, Kbd, Menu, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconChevronDown, IconKey, IconLock, IconUserCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SessionInfo } from "../api/generated/api";
import { useAct, useAsk } from "../api/queries";
import { useLock } from "../api/session";
import { useGo } from "../shared/lib/navigation";
import { ids } from "../shared/lib/testids";
import { OwnPassword } from "../shared/ui/OwnPassword";
import { useFormat } from "../shared/ui/useFormat";
import { useIdleLock } from "./useIdleLock";

/** Whoever is signed in: what waits for them, the lock, and their own password. Locks the window when it is left alone. */
export function UserMenu({ session }: { session: SessionInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const lock = useLock();
  const touch = useAct("session.touch");
  const [changing, setChanging] = useState(false);
  const approvals = useAsk("approvals.list", {});
  const count = approvals.data?.approvals.filter((one) => one.mayDecide).length ?? 0;
  // a field that is being typed into is no reason not to lock
  useHotkeys([["mod+L", lock]], [], true);
  useIdleLock(session.lockAfterMin, { touch: () => touch.mutate({}), lock });
  const role = t(`settings.role.${session.role}`);
  const waiting = count > 0 && (
    <Badge size="sm" circle={count < 10} color="orange" variant="filled" title={t("approvals.count", { count })} data-testid={ids.userCount}>
      {format.count(count)}
    </Badge>
  );
  return (
    <>
      <Menu position="bottom-end" width={280} transitionProps={{ duration: 80 }}>
        <Menu.Target>
          <Button
            variant="subtle"
            color="gray"
            px={8}
            rightSection={<IconChevronDown size={14} />}
            leftSection={waiting}
            aria-label={[t("people.menu", { name: session.operator, role }), count > 0 && t("approvals.count", { count })].filter(Boolean).join(". ")}
            title={t("people.menu", { name: session.operator, role })}
            data-testid={ids.userMenu}
          >
            <Text span size="sm" fw={600} maw={150} truncate>
              {session.operator}
            </Text>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            <Text size="sm" fw={600} truncate>
              {session.operator}
            </Text>
            <Text size="xs">{role}</Text>
          </Menu.Label>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconUserCheck size={15} />}
            rightSection={waiting}
            onClick={() => go.stay({ approvals: "waiting" })}
            data-testid={ids.userAct("approvals")}
          >
            {t("approvals.open")}
          </Menu.Item>
          <Menu.Item leftSection={<IconKey size={15} />} onClick={() => setChanging(true)} data-testid={ids.userAct("password")}>
            {t("people.changeOwn")}
          </Menu.Item>
          <Menu.Item leftSection={<IconLock size={15} />} rightSection={<Kbd size="xs">{t("people.lockKey")}</Kbd>} onClick={lock} data-testid={ids.userAct("lock")}>
            {t("people.lock")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {changing && <OwnPassword close={() => setChanging(false)} />}
    </>
  );
}
