import type { MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { SearchField } from "../../shared/ui/SearchField";
import type { Section } from "./catalogue";
import type { Found } from "./search";
import { sectionId, useCurrent } from "./useCurrent";

interface Props {
  sections: readonly Section[];
  query: string;
  found: Found | null;
}

/** The search and the sections, beside all that they lead to. */
export function SectionList({ sections, query, found }: Props) {
  const { t } = useTranslation();
  const go = useGo();
  const { current, choose } = useCurrent(sections, found);
  const lead = (event: MouseEvent, section: Section) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose(section);
    go.stay({ section });
    document.getElementById(sectionId(section))?.scrollIntoView({ block: "start" });
  };
  return (
    <div className="settings-side">
      <search>
        <SearchField label={t("setting.search")} maw={220} text={query} onSearch={(q) => go.stay({ q: q || undefined, section: undefined })} />
      </search>
      <nav aria-label={t("setting.sections")}>
        {sections.map((section) => {
          const count = found?.counts.get(section);
          if (found && !count) return null;
          return (
            <a
              key={section}
              className="nav-link"
              href={`#/settings?section=${section}`}
              data-active={current === section}
              aria-current={current === section ? "location" : undefined}
              onClick={(event) => lead(event, section)}
              data-testid={ids.settingsSection(section)}
            >
              {t(`setting.section.${section}`)}
              {count && <span className="nav-count">{count}</span>}
            </a>
          );
        })}
      </nav>
    </div>
  );
}
