import { Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData, spotlight } from "@mantine/spotlight";
import { IconBolt, IconFileInvoice, IconLink, IconSearch, IconStar } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AppInfo, ListName } from "../api/generated/api";
import { useAct, useAsk } from "../api/queries";
import { useLock, useSession } from "../api/session";
import { BUILTIN_VIEWS } from "../shared/lib/builtinViews";
import { type ScreenPath, useGo } from "../shared/lib/navigation";
import { readLink } from "../shared/lib/recordLink";
import { sortText } from "../shared/lib/sorting";
import { useMay } from "../shared/ui/useMay";

const SCREENS: ScreenPath[] = [
  "/overview",
  "/connections",
  "/mappings",
  "/orders",
  "/invoices",
  "/failures",
  "/reconcile",
  "/einvoice",
  "/inbox",
  "/activity",
  "/settings",
];

const LISTS: { list: ListName; path: ScreenPath }[] = [
  { list: "documents", path: "/invoices" },
  { list: "orders", path: "/orders" },
];

export const openPalette = () => spotlight.open();

interface Props {
  app: AppInfo;
  onHelp: () => void;
  onNew: () => void;
  onSandbox: () => void;
}

/** Ctrl+K: every screen, saved views, acts, whatever record the typed words find, and a record's link that was pasted. */
export function Palette(props: Props) {
  const { app } = props;
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [opened, setOpened] = useState(false);
  const records = useRecords(typed);
  const screens = useScreens();
  const views = useViews(opened);
  const acts = useActs(props);
  const searches = useSearches(typed);
  const links = useLinks(app, typed);
  const groups: SpotlightActionGroupData[] = [
    { group: t("desk.palette.link"), actions: links },
    { group: t("nav.invoices"), actions: links.length > 0 ? [] : records },
    { group: t("shell.screens"), actions: screens },
    { group: t("desk.palette.views"), actions: views },
    { group: t("desk.palette.acts"), actions: [...(links.length > 0 ? [] : searches), ...acts] },
  ].filter(({ actions }) => actions.length > 0);
  return (
    <Spotlight
      actions={groups}
      query={typed}
      onQueryChange={setTyped}
      onSpotlightOpen={() => setOpened(true)}
      shortcut={["mod + K"]}
      nothingFound={t("shell.nothing")}
      searchProps={{ leftSection: <IconSearch size={18} />, placeholder: t("shell.jump"), "aria-label": t("shell.jump") }}
      attributes={{ content: { "aria-label": t("shell.jump") } }}
      // more than fits is scrolled by keys too
      scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
      scrollable
      maxHeight={420}
    />
  );
}

function useScreens(): SpotlightActionData[] {
  const { t } = useTranslation();
  const go = useGo();
  return SCREENS.map((path) => ({ id: path, label: t(`nav.${path.slice(1)}`), onClick: () => go.screen(path) }));
}

function useRecords(typed: string): SpotlightActionData[] {
  const { t } = useTranslation();
  const go = useGo();
  const [search] = useDebouncedValue(typed.trim(), 200);
  const isAsked = search.length > 1 && readLink(search) === null;
  const found = useAsk("documents.list", { search, filter: "", after: null, limit: 8 }, isAsked);
  return (isAsked ? (found.data?.rows ?? []) : []).map((row) => ({
    id: row.id,
    label: `#${row.orderNumber} · ${row.client}`,
    description: [t(`state.${row.state}`), row.number ? `${row.series} ${row.number}` : ""].filter(Boolean).join(" · "),
    keywords: typed,
    leftSection: <IconFileInvoice size={18} stroke={1.6} />,
    onClick: () => go.screen("/invoices", { document: row.id }),
  }));
}

/** What is typed, handed on to a list's own search, and to the settings'. */
function useSearches(typed: string): SpotlightActionData[] {
  const { t } = useTranslation();
  const go = useGo();
  const text = typed.trim();
  if (text === "") return [];
  return [...LISTS.map(({ path }) => path), "/settings" as const].map((path) => ({
    id: `search ${path}`,
    label: t("desk.palette.searchIn", { text, list: t(`nav.${path.slice(1)}`) }),
    keywords: typed,
    leftSection: <IconSearch size={18} stroke={1.6} />,
    onClick: () => go.screen(path, { q: text }),
  }));
}

function useViews(opened: boolean): SpotlightActionData[] {
  const { t } = useTranslation();
  const go = useGo();
  const own = {
    documents: useAsk("views.list", { list: "documents" }, opened).data?.views ?? [],
    orders: useAsk("views.list", { list: "orders" }, opened).data?.views ?? [],
  };
  return LISTS.flatMap(({ list, path }) => {
    const builtin = BUILTIN_VIEWS[list].map((view) => ({ ...view, name: t(`desk.builtin.${view.id}`), sort: null }));
    return [...own[list], ...builtin].map((view) => ({
      id: `view ${list} ${view.id}`,
      label: view.name,
      // what stands at the right is not searched: every view of a list would match the list's name
      rightSection: (
        <Text span size="xs">
          {t(`nav.${path.slice(1)}`)}
        </Text>
      ),
      leftSection: <IconStar size={18} stroke={1.6} />,
      onClick: () => go.screen(path, { q: view.text || undefined, sort: sortText(view.sort) }),
    }));
  });
}

function useActs({ app, onHelp, onNew, onSandbox }: Props): SpotlightActionData[] {
  const { t, i18n } = useTranslation();
  const go = useGo();
  const keep = useAct("app.set_preferences");
  const lock = useLock();
  const session = useSession();
  const { may: mayMake } = useMay("workspace.create");
  const leftSection = <IconBolt size={18} stroke={1.6} />;
  const act = (id: string, label: string, onClick: () => void) => ({ id, label, leftSection, onClick });
  return [
    act("import", t("desk.palette.orders"), () => go.screen("/orders")),
    act("compare", t("desk.palette.reconcile"), () => go.screen("/reconcile")),
    act("connect", t("desk.palette.connection"), () => go.screen("/connections")),
    ...(mayMake ? [act("workspace", t("start.newAct"), onNew)] : []),
    ...(app.workspaces.some((one) => one.isSandbox) ? [] : [act("sandbox", t("start.sandbox"), onSandbox)]),
    act("shortcuts", t("desk.palette.shortcuts"), onHelp),
    ...(session?.needed
      ? [act("lock", t("people.lock"), lock), act("approvals", t("approvals.open"), () => go.stay({ approvals: "waiting" }))]
      : []),
    ...["ro", "en"]
      .filter((language) => language !== i18n.language)
      .map((language) =>
        act(language, t("desk.palette.language", { language: t(`settings.languages.${language}`) }), () => keep.mutate({ language, theme: null })),
      ),
    ...["light", "dark", "system"]
      .filter((theme) => theme !== app.theme)
      .map((theme) => act(theme, t("desk.palette.theme", { theme: t(`settings.themes.${theme}`) }), () => keep.mutate({ language: null, theme }))),
  ];
}

/** A pasted link to a record: opened here, unless it is another workspace's. */
function useLinks(app: AppInfo, typed: string): SpotlightActionData[] {
  const { t } = useTranslation();
  const go = useGo();
  const link = readLink(typed);
  if (!link) return [];
  const isHere = link.workspace === app.open?.id;
  const there = app.workspaces.find((one) => one.id === link.workspace)?.name ?? link.workspace;
  return [
    {
      id: "link",
      label: isHere ? t("desk.palette.link") : t("desk.palette.linkElsewhere", { workspace: there }),
      description: isHere ? (link.place.document ?? link.place.order) : t("desk.palette.linkElsewhereText"),
      keywords: typed,
      disabled: !isHere,
      leftSection: <IconLink size={18} stroke={1.6} />,
      onClick: () => go.screen(link.screen, link.place),
    },
  ];
}
