import { Anchor, Button, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { AppInfo } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { useSession } from "../../api/session";
import { useGo, usePlace } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { useMay } from "../../shared/ui/useMay";
import { About } from "./About";
import { Alerts } from "./alerts/Alerts";
import { Alone } from "./Alone";
import { Appearance } from "./Appearance";
import { Backup } from "./Backup";
import { CARDS, type CardName, SECTIONS, type Section, sectionOf, type Setting } from "./catalogue";
import { Check } from "./Check";
import { Desktop } from "./Desktop";
import { Elsewhere } from "./Elsewhere";
import { FoundContext } from "./found";
import { Listener } from "./Listener";
import { useHeld } from "./meant";
import { Network } from "./Network";
import { People } from "./people/People";
import { Personal } from "./personal/Personal";
import { SandboxSwitches } from "./SandboxSwitches";
import { Schedule } from "./Schedule";
import { find, type Found } from "./search";
import { SectionList } from "./SectionList";
import { SetUpFile } from "./setup/SetUpFile";
import { Support } from "./Support";
import { sectionId } from "./useCurrent";
import { useMarks } from "./useMarks";
import { Vault } from "./Vault";
import "./settings.css";

/** Everything that can be set, in sections and searched: see `catalogue.ts`. */
export function SettingsScreen() {
  const { t } = useTranslation();
  const app = useAsk("app.get", {});
  if (!app.data) {
    return (
      <div className="screen">
        <Title order={1} mb={12}>
          {t("nav.settings")}
        </Title>
        {app.isPending && <Loading />}
        {app.error && <ErrorNote error={app.error} again={() => void app.refetch()} />}
      </div>
    );
  }
  return <Settings app={app.data} />;
}

function Settings({ app }: { app: AppInfo }) {
  const { t, i18n } = useTranslation();
  const list = useRef<HTMLDivElement>(null);
  const query = usePlace().q ?? "";
  const isWindow = useAsk("desktop.get", {}).data?.isWindow ?? false;
  const isPeopled = useSession()?.needed ?? false;
  const { may: mayPeople } = useMay("people.list");
  const isOpen = app.open !== null;
  const isSandbox = app.open?.isSandbox ?? false;
  const sections = useMemo(() => sectionsOf(isOpen, isSandbox), [isOpen, isSandbox]);
  const found = useMemo(() => {
    const isThere = (setting: Setting) => {
      if (setting.card === "desktop") return isWindow;
      if (setting.card === "network") return isOpen;
      if (setting.card === "people" && setting.id !== "people") return isPeopled && (mayPeople || setting.id === "own-password");
      return sections.includes(sectionOf(setting)) && (isOpen || setting.card !== "people");
    };
    return find(t, query, isThere);
    // the words are other ones in another language
  }, [t, i18n.language, query, sections, isWindow, isOpen, isPeopled, mayPeople]);
  useMarks(list, query);
  // what is found begins at the top
  useEffect(() => {
    if (query !== "") list.current?.closest("main")?.scrollTo({ top: 0 });
  }, [query]);
  const parts: Record<Section, ReactNode> = {
    computer: (
      <>
        <Appearance theme={app.theme} />
        <Desktop />
        {isOpen && <Network />}
      </>
    ),
    issuing: (
      <>
        <Alone app={app} />
        <Listener />
      </>
    ),
    alerts: <Alerts />,
    safety: (
      <>
        <Vault />
        {isOpen && <People />}
      </>
    ),
    data: (
      <>
        <Backup />
        <Personal />
        <Schedule />
        <Check />
      </>
    ),
    setup: <SetUpFile />,
    support: <Support />,
    about: <About app={app} />,
    sandbox: <SandboxSwitches />,
    elsewhere: <Elsewhere />,
  };
  return (
    <FoundContext value={found}>
      <div className="screen settings">
        <Title order={1} mb={12}>
          {t("nav.settings")}
        </Title>
        <SectionList sections={sections} query={query} found={found} />
        <div className="settings-list" ref={list} data-searched={found !== null || undefined}>
          {found && <Outcome found={found} query={query} />}
          {sections.map((section) => (
            <Part key={section} section={section} hidden={found !== null && !found.counts.has(section)}>
              {parts[section]}
            </Part>
          ))}
        </div>
      </div>
    </FoundContext>
  );
}

/** Those that there is something of: without a workspace most is nobody's, and only a sandbox makes trouble on order. */
function sectionsOf(isOpen: boolean, isSandbox: boolean): readonly Section[] {
  const alone: Section[] = ["computer", "safety", "about"];
  return SECTIONS.filter((section) => (section === "sandbox" ? isSandbox : isOpen || alone.includes(section)));
}

function Part({ section, hidden, children }: { section: Section; hidden: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  const meant = usePlace().section;
  // where a card has the name, that is brought into sight
  const held = useHeld<HTMLDivElement>(meant === section && !(section in CARDS));
  const isNamed = (Object.keys(CARDS) as CardName[]).filter((card) => CARDS[card].section === section).length > 1;
  return (
    <div className="settings-section" id={sectionId(section)} ref={held} hidden={hidden}>
      {isNamed && <h2 className="settings-name">{t(`setting.section.${section}`)}</h2>}
      {children}
    </div>
  );
}

/** How much fits, and where nothing does, what to do. */
function Outcome({ found, query }: { found: Found; query: string }) {
  const { t } = useTranslation();
  const go = useGo();
  const clear = () => go.stay({ q: undefined });
  if (found.ids.size === 0) {
    return (
      <Empty title={t("setting.noneFound", { query })} text={t("setting.noneFoundText")}>
        <Button variant="default" onClick={clear} data-testid={ids.settingsAll}>
          {t("setting.showAll")}
        </Button>
      </Empty>
    );
  }
  return (
    <Text size="sm" role="status" data-testid={ids.settingsFound}>
      {`${t("setting.found", { count: found.ids.size, query })} `}
      <Anchor component="button" type="button" size="sm" onClick={clear} data-testid={ids.settingsAll}>
        {t("setting.showAll")}
      </Anchor>
    </Text>
  );
}
