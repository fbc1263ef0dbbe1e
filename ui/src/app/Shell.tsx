import { Alert, Badge, Button, Group, Indicator, Menu, Text, UnstyledButton } from "@mantine/core";
import {
  IconAlertTriangle,
  IconArrowsLeftRight,
  IconArrowsSplit2,
  IconChevronDown,
  IconFileInvoice,
  IconFileUpload,
  IconFlask,
  IconHistory,
  IconInbox,
  IconLayoutDashboard,
  IconPlugConnected,
  IconPlus,
  IconScale,
  IconSearch,
  IconSettings,
  IconShoppingCart,
  IconUser,
  type TablerIcon,
} from "@tabler/icons-react";
import { Outlet, useRouter } from "@tanstack/react-router";
import { type MouseEvent, useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiError, AppInfo, Counts, Overview } from "../api/generated/api";
import { useHost } from "../api/host";
import { useAct, useAsk, useAskAhead } from "../api/queries";
import { useSession } from "../api/session";
import { DropArea } from "../features/imports/DropArea";
import { ImportDialog } from "../features/imports/ImportDialog";
import { UploadsProvider } from "../features/imports/uploads";
import { RecordDrawer } from "../features/record/RecordDrawer";
import { placeOfNeed, type ScreenPath, useGo, usePath, usePlace } from "../shared/lib/navigation";
import { SHORTCUTS, useShortcuts } from "../shared/lib/shortcuts";
import { ids } from "../shared/lib/testids";
import { shown } from "../shared/lib/timings";
import { ExportStatus } from "../shared/ui/desk/ExportStatus";
import { ErrorNote } from "../shared/ui/ErrorNote";
import { FailureText } from "../shared/ui/FailureText";
import { Health } from "../shared/ui/Health";
import { Time } from "../shared/ui/Time";
import { Toggles } from "../shared/ui/Toggles";
import { useFormat } from "../shared/ui/useFormat";
import { useMay } from "../shared/ui/useMay";
import { VaultBanner } from "../shared/ui/vault/VaultBanner";
import { NewWorkspaceDialog } from "../shared/ui/workspace/NewWorkspaceDialog";
import { Approvals } from "./Approvals";
import { openPalette, Palette } from "./Palette";
import { Quarantine } from "./Quarantine";
import { ShortcutsHelp } from "./ShortcutsHelp";
import { RunningJobs } from "./RunningJobs";
import { UserMenu } from "./UserMenu";
import { useSecondPerson } from "./useSecondPerson";
import "./shell.css";

const SCREENS: { name: string; path: ScreenPath; icon: TablerIcon; count?: (counts: Counts) => number }[] = [
  { name: "overview", path: "/overview", icon: IconLayoutDashboard },
  { name: "connections", path: "/connections", icon: IconPlugConnected },
  { name: "mappings", path: "/mappings", icon: IconArrowsSplit2 },
  { name: "orders", path: "/orders", icon: IconShoppingCart },
  { name: "invoices", path: "/invoices", icon: IconFileInvoice, count: (counts) => counts.changed },
  { name: "failures", path: "/failures", icon: IconAlertTriangle, count: (counts) => counts.held },
  { name: "reconcile", path: "/reconcile", icon: IconScale, count: (counts) => counts.inDoubt + counts.mismatched + counts.findings },
  { name: "einvoice", path: "/einvoice", icon: IconFileUpload },
  { name: "inbox", path: "/inbox", icon: IconInbox },
  { name: "activity", path: "/activity", icon: IconHistory },
  { name: "settings", path: "/settings", icon: IconSettings },
];

/** What can wait until the first screen is drawn. */
const AFTER_FIRST_FRAME_MS = 300;

export function Shell() {
  const app = useAsk("app.get", {});
  const overview = useAsk("overview.get", {});
  const open = useAct("workspace.open");
  const sandbox = useAct("workspace.open_sandbox");
  const [helping, setHelping] = useState(false);
  const [making, setMaking] = useState(false);
  useGlobalKeys(() => setHelping(true));
  useSecondPerson();
  useLed();
  const isThere = app.data !== undefined;
  const readLists = useReadLists();
  useEffect(() => {
    if (!isThere) return;
    shown("open");
    const timer = setTimeout(readLists, AFTER_FIRST_FRAME_MS);
    return () => clearTimeout(timer);
  }, [isThere, readLists]);
  if (!app.data) return null;
  return (
    <UploadsProvider>
      <div className="shell">
        <Header
          app={app.data}
          overview={overview.data}
          open={(id) => open.mutate({ id })}
          openSandbox={() => sandbox.mutate({})}
          makeNew={() => setMaking(true)}
        />
        <Banners app={app.data} overview={overview.data} error={app.error ?? open.error ?? sandbox.error} />
        <Navigation counts={overview.data?.counts} />
        <main>
          <Outlet />
        </main>
        <StatusBar app={app.data} overview={overview.data} />
        <Drawer />
        <Palette
          app={app.data}
          onHelp={() => setHelping(true)}
          onNew={() => setMaking(true)}
          onSandbox={() => sandbox.mutate({})}
        />
        <NewWorkspaceDialog app={app.data} opened={making} close={() => setMaking(false)} />
        <ShortcutsHelp opened={helping} onClose={() => setHelping(false)} />
        <Approvals />
        <ImportDialog />
        <DropArea />
      </div>
    </UploadsProvider>
  );
}

/** Reads what the lists are drawn by, so that the first of them opens with its rows. */
function useReadLists() {
  const read = useAskAhead();
  return useCallback(() => {
    for (const list of ["documents", "orders"] as const) {
      read("layout.get", { list });
      read("table.vocabulary", { list });
      read("views.list", { list });
    }
  }, [read]);
}

/** The record that the address names. It alone looks at the address, so that a new search does not draw the whole frame again. */
function Drawer() {
  const place = usePlace();
  const isIn = place.path !== "/mappings" && (place.order !== undefined || place.document !== undefined);
  return <RecordDrawer order={isIn ? place.order : undefined} document={isIn ? place.document : undefined} />;
}

/** Follows the tray's and the notices' lead. */
function useLed() {
  const host = useHost();
  const router = useRouter();
  useEffect(() => host.onGo?.((address) => router.history.push(address)), [host, router]);
}

/** The keys that work on every screen. */
function useGlobalKeys(help: () => void) {
  const go = useGo();
  const screens = SHORTCUTS.flatMap(({ id, to }) => (to ? [[id, () => go.screen(to)] as const] : []));
  // a screen without a search of its own has the palette's
  const search = () => {
    const field = window.document.querySelector<HTMLInputElement>("[data-search]");
    if (field) field.focus();
    else openPalette();
  };
  useShortcuts({ ...Object.fromEntries(screens), search, help });
}

interface HeaderProps {
  app: AppInfo;
  overview: Overview | undefined;
  open: (workspace: string) => void;
  openSandbox: () => void;
  makeNew: () => void;
}

function Header({ app, overview, open, openSandbox, makeNew }: HeaderProps) {
  const { t } = useTranslation();
  const go = useGo();
  const session = useSession();
  const needs = overview?.needsYou ?? [];
  const count = needs.reduce((sum, need) => sum + need.count, 0);
  const hasSandbox = app.workspaces.some((one) => one.isSandbox);
  const { may, why } = useMay("workspace.create");
  return (
    <header>
      <Text span className="wordmark" fz={15}>
        {t("app.name")}
      </Text>
      <Menu position="bottom-start" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button variant="subtle" color="gray" rightSection={<IconChevronDown size={14} />} data-testid={ids.workspaceMenu}>
            {app.open?.name}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {app.workspaces.map((one) => (
            <Menu.Item key={one.id} onClick={() => open(one.id)} fw={one.id === app.open?.id ? 600 : 400}>
              {one.name}
              {one.isSandbox && ` · ${t("shell.sandbox")}`}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconPlus size={15} />} disabled={!may} onClick={makeNew} data-testid={ids.workspaceNew}>
            {t("start.newAct")}
            {why && (
              <Text size="xs" c="dimmed">
                {why}
              </Text>
            )}
          </Menu.Item>
          {!hasSandbox && (
            <Menu.Item leftSection={<IconFlask size={15} />} onClick={openSandbox} data-testid={ids.workspaceSandbox}>
              {t("start.sandbox")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {app.open?.isSandbox && (
        <Badge color="grape" variant="light" tt="none" title={t("shell.sandboxText")}>
          {t("shell.sandbox")}
        </Badge>
      )}
      <UnstyledButton className="jump" onClick={openPalette} aria-label={t("shell.jump")}>
        <IconSearch size={15} />
        <span>{t("shell.jump")}</span>
        <kbd>{t("shell.jumpKey")}</kbd>
      </UnstyledButton>
      <Group gap="xs" ml="auto" wrap="nowrap">
        {count > 0 && (
          <Button
            variant="light"
            color="orange"
            leftSection={<IconAlertTriangle size={15} />}
            onClick={() => go.screen(...placeOfNeed(needs[0]?.what))}
            data-testid={ids.needsYou}
          >
            {t("shell.needsYou", { count })}
          </Button>
        )}
        <Toggles theme={app.theme} />
        {session?.needed ? <UserMenu session={session} /> : <Alone app={app} />}
      </Group>
    </header>
  );
}

/** Whoever sits at the machine, in a workspace without people. */
function Alone({ app }: { app: AppInfo }) {
  const { t } = useTranslation();
  return (
    <Group gap={4} wrap="nowrap" c="dimmed" title={t(`settings.role.${app.role}`)}>
      <IconUser size={16} />
      <Text span size="sm" className="operator">
        {app.operator}
      </Text>
    </Group>
  );
}

function Navigation({ counts }: { counts: Counts | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = usePath();
  const { screen } = useGo();
  const onClick = (event: MouseEvent, path: ScreenPath) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    screen(path);
  };
  return (
    <nav aria-label={t("shell.screens")}>
      {SCREENS.map(({ name, path, icon: Icon, count }) => {
        const shown = counts && count ? count(counts) : 0;
        return (
          <a
            key={name}
            href={`#${path}`}
            onClick={(event) => onClick(event, path)}
            className="nav-link"
            data-active={now === path}
            aria-current={now === path ? "page" : undefined}
            title={t(`nav.${name}`)}
            data-testid={ids.nav(name)}
          >
            <Icon size={17} stroke={1.7} aria-hidden />
            <span>{t(`nav.${name}`)}</span>
            {shown > 0 && (
              <span className="nav-count" data-testid={ids.navCount(name)}>
                {format.count(shown)}
              </span>
            )}
          </a>
        );
      })}
    </nav>
  );
}

interface BannersProps {
  app: AppInfo;
  overview: Overview | undefined;
  /** The owner does not answer, or another workspace could not be opened. */
  error: ApiError | null;
}

function Banners({ app, overview, error }: BannersProps) {
  const { t } = useTranslation();
  const go = useGo();
  const broken = overview?.connections.filter((one) => ["needs_reconnect", "credential_missing"].includes(one.health)) ?? [];
  return (
    <div className="banners">
      {error && <ErrorNote error={error} />}
      {app.quarantine && <Quarantine quarantine={app.quarantine} />}
      {overview?.ledgerTrouble && (
        <Alert color="red" radius={0} py={8} icon={<IconAlertTriangle size={18} />}>
          <FailureText failure={overview.ledgerTrouble} />
        </Alert>
      )}
      <VaultBanner app={app} />
      {broken.map((one) => (
        <Alert key={one.id} color="orange" radius={0} py={6} icon={<IconPlugConnected size={18} />}>
          <Group justify="space-between" gap="sm">
            <Text size="sm">
              <b>{one.name}</b>
              {": "}
              {one.failure ? t(`failure.${one.failure.kind}.title`) : t(`health.${one.health}`)}
              {". "}
              {t("shell.waits")}
            </Text>
            <Button variant="white" color="dark" onClick={() => go.screen("/connections")}>
              {t("connections.reconnect")}
            </Button>
          </Group>
        </Alert>
      ))}
    </div>
  );
}

function StatusBar({ app, overview }: { app: AppInfo; overview: Overview | undefined }) {
  const { t } = useTranslation();
  return (
    <footer data-testid={ids.statusBar}>
      {app.attachedTo !== null && (
        <Text span size="xs" fw={500} title={t("shell.attachedText")}>
          {t("shell.attached", { pid: app.attachedTo })}
        </Text>
      )}
      {overview?.connections.map((one) => (
        <Group key={one.id} gap={6} wrap="nowrap">
          <Text span size="xs" fw={500}>
            {one.name}
          </Text>
          <Health connection={one} />
          {one.lastContactMs !== null && (
            <Text span size="xs" c="dimmed">
              <Time ms={one.lastContactMs} />
            </Text>
          )}
        </Group>
      ))}
      <Group gap={0} ml="auto" mr={8} wrap="nowrap">
        <ExportStatus />
      </Group>
      {overview && (
        <Group gap={16} wrap="nowrap">
          <RunningJobs />
          <Indicator disabled={overview.counts.sending === 0} processing size={7} position="middle-start" offset={-10}>
            <Text span size="xs">
              {t("shell.running", { count: overview.counts.sending })}
            </Text>
          </Indicator>
          <Group gap={4} wrap="nowrap">
            <IconArrowsLeftRight size={13} aria-hidden />
            <Text span size="xs">
              {t("shell.waiting", { count: overview.counts.ready })}
            </Text>
          </Group>
        </Group>
      )}
    </footer>
  );
}
