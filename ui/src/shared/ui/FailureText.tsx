import { Stack, Text } from "@mantine/core";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { FailureInfo } from "../../api/generated/api";

interface Props {
  failure: FailureInfo;
  title?: boolean;
  /** Only what happened, in whose words: for a mere look, after which nothing is to be done. */
  brief?: boolean;
  /** Where words of cause and fix are that fit the place, before those that all screens share. */
  words?: string;
}

/** What happened, the other side's own words quoted, the facts, and what to do. */
export function FailureText({ failure, title = true, brief = false, words }: Props) {
  const { t } = useTranslation();
  const told = (what: "cause" | "fix") => {
    const shared = explained(t, failure, what);
    const system = systemName(t, failure.source);
    return words ? t(`${words}.${failure.kind}.${what}`, { system, defaultValue: shared }) : shared;
  };
  return (
    <Stack gap={4}>
      {title && <Text fw={600}>{t(`failure.${failure.kind}.title`)}</Text>}
      {!brief && <Text size="sm">{told("cause")}</Text>}
      {failure.providerWords && (
        <Text size="sm" className="quote">
          {t("says", { system: systemName(t, failure.source) })}
          {": "}
          <q>{failure.providerWords}</q>
        </Text>
      )}
      {failure.detail && <Text className="mono">{failure.detail}</Text>}
      {!brief && (
        <Text size="sm" fw={500}>
          {told("fix")}
        </Text>
      )}
    </Stack>
  );
}

/** What a known answer of the provider means or wants, or else what its kind does. */
function explained(t: TFunction, failure: FailureInfo, what: "cause" | "fix"): string {
  const ofKind = t(`failure.${failure.kind}.${what}`);
  return failure.code ? t(`literal.${failure.code}.${what}`, { defaultValue: ofKind }) : ofKind;
}

/** A system by its name on screen; a source that is none of ours is shown as it is. */
export function systemName(t: TFunction, source: string): string {
  return source === "" ? t("common.otherSide") : t(`system.${source}`, { defaultValue: source });
}
