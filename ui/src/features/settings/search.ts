import type { TFunction } from "i18next";
import { plain } from "../../shared/lib/search";
import { CARDS, type Section, sectionOf, SETTINGS, type Setting, type SettingId, textOf } from "./catalogue";

/** What was found, and what of each section; null where nothing is searched for. */
export interface Found {
  ids: ReadonlySet<SettingId>;
  counts: ReadonlyMap<Section, number>;
}

/** A text's words as they are compared: `e-Factura` is two. */
export function wordsOf(text: string): string[] {
  return plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** A text of the catalogues, without the facts that are put into it only where it is shown. */
export function bare(t: TFunction, key: string, count?: number): string {
  return t(key, { count, skipInterpolation: count === undefined }).replace(/\{\{.*?\}\}/g, "").trim();
}

/** The words of a setting's default. */
export function usualOf(t: TFunction, { usual }: Setting): string | undefined {
  if (usual === undefined) return undefined;
  return typeof usual === "string" ? t(usual) : t(usual[0], { count: usual[1] });
}

/** Every text under a key. */
function textsUnder(told: unknown): string[] {
  if (typeof told === "string") return [told];
  return typeof told === "object" && told !== null ? Object.values(told).flatMap(textsUnder) : [];
}

/** All that a setting may be found by, in the language on screen. */
function wordsOfSetting(t: TFunction, setting: Setting): Set<string> {
  const text = textOf(setting);
  const values = (setting.values ?? []).flatMap((key) => textsUnder(t(key, { returnObjects: true, skipInterpolation: true })));
  const told = [
    t(`setting.section.${sectionOf(setting)}`),
    t(CARDS[setting.card].title),
    bare(t, setting.title),
    text ? bare(t, text) : "",
    usualOf(t, setting) ?? "",
    t(`setting.also.${setting.id}`),
    ...values,
  ];
  return new Set(told.flatMap(wordsOf));
}

/** The settings in whose words every word that is searched for begins one. */
export function find(t: TFunction, query: string, among: (setting: Setting) => boolean): Found | null {
  const asked = wordsOf(query);
  if (asked.length === 0) return null;
  const ids = new Set<SettingId>();
  const counts = new Map<Section, number>();
  for (const setting of SETTINGS) {
    if (!among(setting)) continue;
    const words = [...wordsOfSetting(t, setting)];
    if (!asked.every((one) => words.some((word) => word.startsWith(one)))) continue;
    ids.add(setting.id);
    const section = sectionOf(setting);
    counts.set(section, (counts.get(section) ?? 0) + 1);
  }
  return { ids, counts };
}
