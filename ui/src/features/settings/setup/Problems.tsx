import { Alert, List, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { SetupProblem } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";

/** Everything that keeps a file from being taken in: where it stands, what is wrong, and what to do. */
export function Problems({ problems }: { problems: SetupProblem[] }) {
  const { t } = useTranslation();
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={18} />}
      title={t("setup.problems", { count: problems.length })}
      role="alert"
      data-testid={ids.setup("problems")}
    >
      <Text size="sm" mb={8}>
        {t("setup.problemsText")}
      </Text>
      <List size="sm" spacing={8}>
        {problems.map((one, at) => (
          <List.Item key={`${at}-${one.code}`}>
            <b>{placeOf(t, one)}</b>
            <br />
            {`${t(`setup.problem.${one.code}`)}. ${t(`setup.fix.${one.code}`)}`}
            {one.given !== "" && (
              <>
                <br />
                {t("setup.given")} <span className="mono">{one.given}</span>
              </>
            )}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** `flows[2].mapping` as a reader finds it in the file; what has no such form as it came. */
function placeOf(t: TFunction, { at, name }: SetupProblem): string {
  if (at === "") return t("setup.place.file");
  const line = /^line (\d+)$/.exec(at)?.[1];
  if (line) return t("setup.place.line", { number: line });
  const [, list, number, field] = /^(connections|mappings|flows)\[(\d+)\](?:\.(.+))?$/.exec(at) ?? [];
  if (list) {
    const place = t(`setup.place.${list}`, { number });
    return [name === "" ? place : t("setup.place.named", { place, name }), field].filter(Boolean).join(" · ");
  }
  const renamed = /^(companies|series|accounts)\[\d+\]$/.exec(at)?.[1];
  if (renamed) return t(`setup.place.${renamed}`);
  return at.startsWith("punte") ? `${t("setup.place.head")} · ${at}` : at;
}
