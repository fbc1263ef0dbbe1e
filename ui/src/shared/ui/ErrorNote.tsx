import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type ApiError, type Commands, neededRole } from "../../api/generated/api";
import { needsSecond, viewOf } from "../lib/errors";
import { FailureText } from "./FailureText";

const COLORS = { info: "bridge", warning: "yellow", error: "red" } as const;

interface Props {
  error: ApiError;
  again?: () => void;
  /** Where the words are of why something is refused now, before those that all screens share. */
  refusals?: string;
}

/** What went wrong, in words, with its facts, and the way on where there is one. */
export function ErrorNote({ error, again, refusals }: Props) {
  const { t } = useTranslation();
  const view = viewOf(error);
  // the window says it once, above all screens, and every screen asks again by itself
  if (again && error.code === "owner_silent") return null;
  // the locked screen takes this one's place; and what waits for a second person is told by the frame, with the way there
  if (error.code === "sign_in_needed" || needsSecond(error)) return null;
  const Icon = view.severity === "info" ? IconInfoCircle : IconAlertTriangle;
  return (
    <Alert color={COLORS[view.severity]} icon={<Icon size={18} />} variant="light" role="alert" data-testid="error-note">
      <Stack gap={6}>
        <Text size="sm" fw={600}>
          {t(`error.${error.code}`)}
        </Text>
        {error.failure ? (
          <FailureText failure={error.failure} />
        ) : (
          <Facts error={error} refusals={refusals} />
        )}
        {again && view.action !== "none" && (
          <Group>
            <Button variant="default" onClick={again}>
              {t("common.tryAgain")}
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}

/** Why not now is one of few codes, and the caller may have words for a field; anything else is shown as it came. */
function Facts({ error, refusals }: Pick<Props, "error" | "refusals">) {
  const { t, i18n } = useTranslation();
  const { code, detail, field } = error;
  const reasons = code === "not_now" && /^[a-z_]+$/.test(detail) ? [`${refusals}.${detail}`, `blocked.${detail}`, `absent.${detail}`] : [];
  const words = code === "invalid_input" && field ? [`${refusals}.${field}`] : reasons;
  const known = words.find((key) => i18n.exists(key));
  // the detail says which command it was
  const command = code === "forbidden" ? (detail.split(" ")[0] as keyof Commands) : null;
  if (command && command in neededRole) return <Text size="sm">{t(`needsRole.${neededRole[command]}`)}</Text>;
  if (known) return <Text size="sm">{t(known, { provider: t("blocked.theProvider") })}</Text>;
  if (!detail) return null;
  return (
    <Text className="mono">
      {field && `${field}: `}
      {detail}
    </Text>
  );
}
