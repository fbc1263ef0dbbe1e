import { Kbd, Modal, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSession } from "../api/session";
import { SHORTCUTS, type Shortcut } from "../shared/lib/shortcuts";
import { ids } from "../shared/lib/testids";

const GROUPS = ["anywhere", "go", "table", "record"] as const;

/** Every shortcut, made from the one list of them. */
export function ShortcutsHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  // without people there is nothing to lock
  const known = useSession()?.needed ? SHORTCUTS : SHORTCUTS.filter(({ id }) => id !== "lock");
  return (
    <Modal opened={opened} onClose={onClose} title={t("desk.shortcuts")} size="lg" centered>
      <div className="shortcuts" data-testid={ids.shortcuts}>
        {GROUPS.map((group) => (
          <section key={group}>
            <Title order={3} mb={6}>
              {t(`desk.shortcutGroup.${group}`)}
            </Title>
            <dl className="facts">
              {known.filter((one) => one.group === group).map((one) => (
                <Entry key={one.id} shortcut={one} />
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}

function Entry({ shortcut }: { shortcut: Shortcut }) {
  const { t } = useTranslation();
  return (
    <>
      <dt>
        {shortcut.keys.map((key, at) => (
          <span key={key}>
            {at > 0 && ` ${t("desk.then")} `}
            <Kbd size="xs">{key}</Kbd>
          </span>
        ))}
      </dt>
      <dd data-testid={ids.shortcut(shortcut.id)}>{t(shortcut.to ? `nav.${shortcut.id}` : `desk.shortcut.${shortcut.id}`)}</dd>
    </>
  );
}
