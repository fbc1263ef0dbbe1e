import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { AppInfo } from "../api/generated/api";
import type { Language } from "../shared/lib/format";
import { catalogues } from "../shared/i18n/catalogues";

/** Romanian where the system speaks it, else English: as the api has it for notices. */
export function systemLanguage(): Language {
  return navigator.language.toLowerCase().startsWith("ro") ? "ro" : "en";
}

/** The screen's language: the one that the operator chose, the one that the program was started with, or the system's. */
export function languageOf(app: AppInfo | undefined): Language {
  const chosen = app?.language ?? app?.startLanguage;
  return chosen === "ro" || chosen === "en" ? chosen : systemLanguage();
}

export async function startI18n(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { ro: { translation: catalogues.ro }, en: { translation: catalogues.en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
}
