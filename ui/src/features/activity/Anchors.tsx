import { Button, Modal, Stack, Text, Textarea, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAnchor } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct, useAsk } from "../../api/queries";
import { saveText } from "../../shared/lib/files";
import { ids } from "../../shared/lib/testids";
import { CopyText } from "../../shared/ui/CopyText";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { Verdict } from "./Verify";

/** Lines to keep elsewhere, and the log verified against one that was kept. */
export function Anchors() {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<IconAnchor size={16} />} onClick={() => setOpened(true)} data-testid={ids.auditAnchors}>
        {t("activity.anchors")}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t("activity.anchors")}
        size="xl"
        closeButtonProps={{ "aria-label": t("activity.close") }}
      >
        {opened && <Dialog />}
      </Modal>
    </>
  );
}

function Dialog() {
  const { t } = useTranslation();
  const anchors = useAsk("audit.anchor", {});
  if (anchors.error) return <ErrorNote error={anchors.error} again={() => void anchors.refetch()} />;
  if (!anchors.data) return <Loading />;
  const { line, daily } = anchors.data;
  const save = () => {
    const isSaved = saveText("punte-anchors.txt", `${[...daily, line].join("\n")}\n`, "text/plain");
    notifications.show({ message: t(isSaved ? "activity.exported" : "activity.notSaved"), color: isSaved ? "green" : "red" });
  };
  return (
    <Stack gap="md">
      <Text size="sm">{t("activity.anchorsText")}</Text>
      <Stack gap={4}>
        <Title order={3}>{t("activity.anchorNow")}</Title>
        <CopyText text={line} />
      </Stack>
      {daily.length > 0 && (
        <Stack gap={4}>
          <Title order={3}>{t("activity.anchorDaily")}</Title>
          <pre className="mono" tabIndex={0} style={{ maxHeight: 160, overflow: "auto" }}>
            {daily.join("\n")}
          </pre>
        </Stack>
      )}
      <Button variant="default" w="fit-content" onClick={save}>
        {t("activity.anchorSave")}
      </Button>
      <Given />
    </Stack>
  );
}

function Given() {
  const { t } = useTranslation();
  const [given, setGiven] = useState("");
  const verify = useAct("audit.verify");
  return (
    <Stack gap="xs">
      <Textarea
        label={t("activity.anchorGiven")}
        description={t("activity.anchorGivenText")}
        value={given}
        onChange={(event) => setGiven(event.currentTarget.value)}
        spellCheck={false}
        autosize
        data-testid={ids.auditGiven}
      />
      <Button
        w="fit-content"
        disabled={given.trim() === ""}
        loading={verify.isPending}
        onClick={() => verify.mutate({ head: given })}
        data-testid={ids.auditGivenVerify}
      >
        {t("activity.anchorVerify")}
      </Button>
      {verify.error && <ErrorNote error={verify.error} />}
      {verify.data && <Verdict report={verify.data} />}
    </Stack>
  );
}
