import { Paper, Stack, Text } from "@mantine/core";
import { useWindowEvent } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconFileImport } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ids } from "../../shared/lib/testids";
import { useUploads } from "./uploads";
import "./imports.css";
import { useMay } from "../../shared/ui/useMay";

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

/** Takes files dropped anywhere on the window, and says over everything what dropping them does. */
export function DropArea() {
  const { t } = useTranslation();
  const { take } = useUploads();
  const { may, why } = useMay("imports.begin");
  // entering a part comes before leaving the one before it
  const depth = useRef(0);
  const [count, setCount] = useState<number | null>(null);
  const leave = () => {
    depth.current = 0;
    setCount(null);
  };
  useWindowEvent("dragenter", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth.current += 1;
    setCount(Math.max(1, event.dataTransfer?.items.length ?? 1));
  });
  useWindowEvent("dragover", (event) => {
    if (!hasFiles(event)) return;
    // without this the window would show the file in place of the app
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
  });
  useWindowEvent("dragleave", (event) => {
    if (!hasFiles(event)) return;
    depth.current -= 1;
    if (depth.current <= 0) leave();
  });
  useWindowEvent("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    leave();
    if (!may) return notifications.show({ message: why, color: "yellow" });
    take([...(event.dataTransfer?.files ?? [])]);
  });
  if (count === null) return null;
  return (
    <div className="drop-area" data-testid={ids.importDrop}>
      <Paper className="drop-card" shadow="md" p="xl">
        <Stack align="center" gap={6}>
          <IconFileImport size={32} stroke={1.4} aria-hidden />
          <Text fw={600} fz="lg">
            {t("imports.drop", { count })}
          </Text>
          <Text size="sm" ta="center" maw={420}>
            {may ? t("imports.dropText") : why}
          </Text>
        </Stack>
      </Paper>
    </div>
  );
}
