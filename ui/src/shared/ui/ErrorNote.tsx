import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ApiError } from "../../api/generated/api";
import { viewOf } from "../lib/errors";
import { FailureText } from "./FailureText";

const COLORS = { info: "bridge", warning: "yellow", error: "red" } as const;

/** What went wrong, in words, with its facts, and the way on where there is one. */
export function ErrorNote({ error, again }: { error: ApiError; again?: () => void }) {
  const { t } = useTranslation();
  const view = viewOf(error);
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
          error.detail && (
            <Text className="mono">
              {error.field && `${error.field}: `}
              {error.detail}
            </Text>
          )
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
