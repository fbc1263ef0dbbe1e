import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ids } from "../../../shared/lib/testids";
import { useDesk } from "../editor/desk";
import { isEqual } from "../model/document";
import { Diff } from "./Diff";
import { Discard } from "./Discard";

/**
 * Another version was published since this draft was begun. Nothing of either is lost: the person compares, and keeps the draft
 * on top of it or throws it away. Where nothing was changed here, the new version simply stands.
 */
export function Meanwhile() {
  const { t } = useTranslation();
  const { info, editing } = useDesk();
  const [shown, show] = useState(false);
  const [discarding, setDiscarding] = useState(false);
  const { base, document, restart } = editing;
  const isBehind = info.version > base;
  const isUntouched = editing.keeping.state === "clean" && !editing.canUndo && info.draft === null;
  useEffect(() => {
    if (isBehind && isUntouched) restart(info.published, info.version);
  }, [isBehind, isUntouched, info, restart]);
  if (!isBehind || isUntouched) return null;
  if (isEqual(document, info.published)) return null;
  return (
    <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />} mb="sm" role="alert" data-testid={ids.meanwhile}>
      <Text size="sm" fw={600}>
        {t("editor.meanwhile.title", { version: info.version, base })}
      </Text>
      <Text size="sm">{t("editor.meanwhile.text")}</Text>
      <Group gap="xs" mt={6}>
        <Button variant="default" onClick={() => show(!shown)} aria-expanded={shown} data-testid={ids.meanwhileCompare}>
          {t(shown ? "editor.meanwhile.hide" : "editor.meanwhile.compare", { version: info.version })}
        </Button>
        <Button variant="default" onClick={() => editing.rebase(info.version)} data-testid={ids.meanwhileKeep}>
          {t("editor.meanwhile.keep", { version: info.version })}
        </Button>
        <Button variant="subtle" color="gray" onClick={() => setDiscarding(true)}>
          {t("editor.discard.open")}
        </Button>
      </Group>
      {shown && <Diff before={info.published} after={document} />}
      <Discard opened={discarding} close={() => setDiscarding(false)} />
    </Alert>
  );
}
