import { FileButton, Group, Stack, Text, Textarea, Title } from "@mantine/core";
import { IconFile } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SetupPlan } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { MayButton } from "../../../shared/ui/MayButton";
import { Done } from "./Done";
import { Look } from "./Look";

/** The largest file that is read, as in crates/engine/src/carry/mod.rs. */
export const MOST_BYTES = 1024 * 1024;

/** How a file begins. */
const HEAD = "[punte]\nsetup = 1";

/** A file that somebody else wrote: chosen or pasted, looked at, and only then taken in. */
export function Import() {
  const { t } = useTranslation();
  /** What was typed or read. It stays while it is looked at, so that it can be put right in place. */
  const [text, setText] = useState("");
  const [isLooking, look] = useState(false);
  const [done, setDone] = useState<SetupPlan | null>(null);
  const again = () => {
    setText("");
    look(false);
    setDone(null);
  };
  return (
    <Stack gap="xs">
      <Title order={3}>{t("setup.import.title")}</Title>
      <Text size="sm" c="dimmed">
        {t("setup.import.text")}
      </Text>
      {!isLooking && <Given text={text} set={setText} look={() => look(true)} />}
      {isLooking && !done && <Look content={text} done={setDone} change={() => look(false)} />}
      {done && <Done plan={done} again={again} />}
    </Stack>
  );
}

interface GivenProps {
  text: string;
  set: (text: string) => void;
  look: () => void;
}

function Given({ text, set, look }: GivenProps) {
  const { t } = useTranslation();
  const [refused, refuse] = useState<"tooLarge" | "unreadable" | null>(null);
  const reset = useRef<() => void>(null);
  const read = async (file: File | null) => {
    if (!file) return;
    // the same file, mended, can be chosen again
    reset.current?.();
    if (file.size > MOST_BYTES) return refuse("tooLarge");
    try {
      set(await file.text());
      look();
    } catch {
      refuse("unreadable");
    }
  };
  const isEmpty = text.trim() === "";
  return (
    <>
      <Group gap="sm">
        <FileButton resetRef={reset} onChange={(file) => void read(file)} accept=".toml,application/toml,text/plain" inputProps={{ "data-testid": ids.setup("file") } as never}>
          {(props) => (
            <MayButton command="setup.preview" variant="default" leftSection={<IconFile size={15} />} {...props}>
              {t("setup.import.choose")}
            </MayButton>
          )}
        </FileButton>
        <Text size="sm" c="dimmed">
          {t("setup.import.or")}
        </Text>
      </Group>
      <Textarea
        aria-label={t("setup.import.typed")}
        classNames={{ input: "mono" }}
        placeholder={HEAD}
        minRows={3}
        maxRows={12}
        autosize
        spellCheck={false}
        value={text}
        onChange={(event) => {
          set(event.currentTarget.value);
          refuse(null);
        }}
        data-testid={ids.setup("typed")}
      />
      {refused && (
        <Text size="sm" c="var(--state-mismatched)" role="alert" data-testid={ids.setup("refused")}>
          {t(`setup.import.${refused}`)}
        </Text>
      )}
      <MayButton
        command="setup.preview"
        w="fit-content"
        variant="default"
        disabled={isEmpty}
        title={isEmpty ? t("setup.import.empty") : undefined}
        onClick={() => (new TextEncoder().encode(text).length > MOST_BYTES ? refuse("tooLarge") : look())}
        data-testid={ids.setup("look")}
      >
        {t("setup.import.look")}
      </MayButton>
    </>
  );
}
