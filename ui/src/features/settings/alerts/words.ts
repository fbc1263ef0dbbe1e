import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { AlertChannelInfo, AlertChannelInput } from "../../../api/generated/api";

/** A channel as it is, to be kept with a change; its secret stays. */
export function inputOf({ id, kind, name, enabled, mail, url }: AlertChannelInfo): AlertChannelInput {
  return { id, kind, name, enabled, mail, url, secret: "", remove: false };
}

interface Named {
  kind: string;
  name: string;
}

/** What a channel is called: its name, or its kind where it has none. */
export function useChannelName(): (channel: Named) => string {
  const { t } = useTranslation();
  return useCallback(({ kind, name }) => name || t(`alerts.channel.kind.${kind}`), [t]);
}

/** Minutes of the day as a clock shows them, and back; null where a text is none. */
export function clockOf(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

export function minuteOf(clock: string): number | null {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})/.exec(clock) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  return Number.isInteger(minute) && Number(hours) < 24 && Number(minutes) < 60 ? minute : null;
}
