import { Button, FileButton, Group, Menu, Text } from "@mantine/core";
import { IconChevronDown, IconUpload } from "@tabler/icons-react";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useAsk } from "../../api/queries";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { Time } from "../../shared/ui/Time";
import { ACCEPT } from "./kinds";
import { ImportState } from "./ImportState";
import { useUploads } from "./uploads";
import { MayButton } from "../../shared/ui/MayButton";

const SHOWN = 8;

interface ChooseProps {
  children: ReactNode;
  /** An import that the chosen file stands in for. */
  instead?: string;
  testId?: string;
}

/** Opens the window's choice of files. */
export function ChooseFile({ children, instead, testId = ids.importChoose }: ChooseProps) {
  const { take } = useUploads();
  const forget = useRef<() => void>(null);
  const chosen = (files: File[]) => {
    if (files.length > 0) take(files, instead);
    // the same file, corrected, can be chosen again
    forget.current?.();
  };
  return (
    <FileButton multiple resetRef={forget} accept={ACCEPT} onChange={chosen} inputProps={{ "data-testid": ids.importFile } as never}>
      {(props) => (
        <MayButton {...props} command="imports.begin" variant="default" leftSection={<IconUpload size={15} />} data-testid={testId}>
          {children}
        </MayButton>
      )}
    </FileButton>
  );
}

/** The next step where there are no orders at all. */
export function FirstImport() {
  const { t } = useTranslation();
  return <ChooseFile testId={ids.importFirst}>{t("imports.first")}</ChooseFile>;
}

/** Imports orders from a file, and leads back to the latest imports. */
export function ImportMenu() {
  const { t } = useTranslation();
  const go = useGo();
  const imports = useAsk("imports.list", {});
  const latest = imports.data?.imports.slice(0, SHOWN) ?? [];
  return (
    <Button.Group>
      <ChooseFile>{t("imports.open")}</ChooseFile>
      {latest.length > 0 && (
        <Menu position="bottom-end" width={380} withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <Button variant="default" px={6} aria-label={t("imports.latest")} title={t("imports.latest")} data-testid={ids.importLatest}>
              <IconChevronDown size={14} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{t("imports.latest")}</Menu.Label>
            {latest.map((one) => (
              <Menu.Item key={one.id} onClick={() => go.stay({ import: one.id })} data-testid={ids.importOpen(one.fileName)}>
                <Group justify="space-between" gap="sm" wrap="nowrap">
                  <Text size="sm" fw={500} truncate title={one.fileName}>
                    {one.fileName}
                  </Text>
                  <Text span size="xs" style={{ flex: "none" }}>
                    <Time ms={one.createdMs} />
                  </Text>
                </Group>
                <Group gap="sm" fz="sm" wrap="nowrap">
                  <ImportState state={one.state} />
                  {one.read + one.rejected > 0 && (
                    <Text span size="sm" truncate>
                      {[t("imports.short.read", { count: one.read }), one.rejected > 0 && t("imports.short.rejected", { count: one.rejected })]
                        .filter(Boolean)
                        .join(" · ")}
                    </Text>
                  )}
                </Group>
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </Button.Group>
  );
}
