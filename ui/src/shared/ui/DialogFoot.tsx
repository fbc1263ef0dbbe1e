import { Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface Props {
  /** What keeps it from being done, in words; null where nothing does. */
  missing: string | null;
  /** What doing it means, where nothing is missing. */
  told?: string;
  label: string;
  busy: boolean;
  /** What it does cannot be taken back. */
  danger?: boolean;
  /** It is asked for once more: the way out has the focus, and is shut while it is done. */
  confirms?: boolean;
  /** It stands in a form that acts by itself: Enter does too. */
  submits?: boolean;
  act: () => void;
  close: () => void;
  testId: string;
}

/** The foot of a dialog: what is missing or what follows, the way out, and the act. */
export function DialogFoot({ missing, told, label, busy, danger, confirms, submits, act, close, testId }: Props) {
  const { t } = useTranslation();
  const text = missing ?? told;
  return (
    <Group justify="flex-end" gap="xs" wrap="nowrap">
      {text && (
        <Text size="sm" c="dimmed" flex={1} miw={0} data-testid={`${testId}-note`}>
          {text}
        </Text>
      )}
      {/* the words give way: a button whose label is cut says nothing */}
      <Button variant="default" flex="none" onClick={close} disabled={confirms && busy} data-autofocus={confirms}>
        {t("common.cancel")}
      </Button>
      <Button
        flex="none"
        color={danger ? "red.9" : undefined}
        type={submits ? "submit" : "button"}
        disabled={missing !== null}
        title={missing ?? undefined}
        loading={busy}
        onClick={submits ? undefined : act}
        data-testid={testId}
      >
        {label}
      </Button>
    </Group>
  );
}
