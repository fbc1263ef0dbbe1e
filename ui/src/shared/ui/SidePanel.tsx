import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  opened: boolean;
  /** What it is, for whoever does not see it. */
  label: string;
  close: () => void;
  /** A dialog of its own is open: Escape is the dialog's then. */
  acting: boolean;
  testId: string;
  children: ReactNode;
}

/** What stands beside a list and shows one of its rows; the list goes on being used. */
export function SidePanel({ opened, label, close, acting, testId, children }: Props) {
  return (
    <Drawer
      opened={opened}
      onClose={close}
      closeOnEscape={!acting}
      position="right"
      size={760}
      withCloseButton={false}
      withOverlay={false}
      lockScroll={false}
      trapFocus={false}
      transitionProps={{ duration: 90 }}
      padding={0}
      attributes={{ content: { "aria-label": label, "aria-modal": "false" } }}
      styles={{ inner: { top: 44, bottom: 28, height: "auto" }, content: { borderLeft: "1px solid var(--line)", boxShadow: "none" }, body: { height: "100%" } }}
    >
      <div className="drawer" data-testid={testId}>
        {children}
      </div>
    </Drawer>
  );
}
