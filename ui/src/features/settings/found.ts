import { createContext, useContext } from "react";
import { CARDS, type CardName, type SettingId, SETTINGS } from "./catalogue";
import type { Found } from "./search";

/** What is searched for on the screen of settings; null shows all. */
export const FoundContext = createContext<Found | null>(null);

export function useIsShown(): { setting: (id: SettingId) => boolean; card: (card: CardName) => boolean } {
  const found = useContext(FoundContext);
  return {
    setting: (id) => found === null || found.ids.has(id),
    card: (card) => found === null || (found.counts.has(CARDS[card].section) && SETTINGS.some((one) => one.card === card && found.ids.has(one.id))),
  };
}
