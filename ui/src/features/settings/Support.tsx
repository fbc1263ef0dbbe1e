import { Button, Group, NativeSelect, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload, IconEye } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SupportPart, SupportPreview } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { saveFile } from "../../shared/lib/files";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { MayButton } from "../../shared/ui/MayButton";
import { useFormat } from "../../shared/ui/useFormat";
import { Card } from "./Card";
import defaults from "./defaults.json";
import { Setting } from "./Setting";

const DAYS = [1, 3, 7, 14];
/** Of a part that is longer, the newest of it is on screen: the end, as in the file. */
const SHOWN = 200_000;

/** A file for whoever helps: put together, shown whole, and saved only then. */
export function Support() {
  const { t } = useTranslation();
  const [days, setDays] = useState(defaults["support-days"]);
  const preview = useAct("support.preview");
  const make = () => preview.mutate({ days, webview: navigator.userAgent });
  return (
    <Card of="support" testId={ids.support}>
      <Stack gap="sm">
        <Title order={2}>{t("support.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("support.text")}
        </Text>
        <Text size="sm">{t("support.never")}</Text>
        <Group gap="sm" align="flex-start">
          <Setting id="support-days">
            <NativeSelect
              size="xs"
              w={150}
              label={t("support.daysLabel")}
              data={DAYS.map((count) => ({ value: String(count), label: t("support.days", { count }) }))}
              value={String(days)}
              onChange={(event) => setDays(Number(event.currentTarget.value))}
              data-testid={ids.supportDays}
            />
          </Setting>
          <MayButton
            command="support.preview"
            size="xs"
            variant="default"
            // beside the field, below its label
            mt={22}
            leftSection={<IconEye size={15} />}
            loading={preview.isPending}
            onClick={make}
            data-testid={ids.supportPreview}
          >
            {t(preview.data ? "support.again" : "support.preview")}
          </MayButton>
        </Group>
        {preview.error && <ErrorNote error={preview.error} again={make} />}
        {preview.data && <Previewed key={preview.data.id} preview={preview.data} />}
      </Stack>
    </Card>
  );
}

function Previewed({ preview }: { preview: SupportPreview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const save = useAct("support.save");
  const toFile = () =>
    save.mutate(
      { id: preview.id },
      {
        onSuccess: (file) => {
          const isSaved = saveFile(file);
          notifications.show({ message: t(isSaved ? "support.saved" : "support.notSaved"), color: isSaved ? "green" : "red" });
        },
      },
    );
  const isGone = save.error?.code === "not_now";
  return (
    <Stack gap="xs">
      <Title order={3}>{t("support.parts")}</Title>
      {preview.parts.map((part) => (
        <Part key={part.name} part={part} />
      ))}
      <Group gap="sm">
        <MayButton
          command="support.save"
          size="xs"
          leftSection={<IconDownload size={15} />}
          loading={save.isPending}
          onClick={toFile}
          data-testid={ids.supportSave}
        >
          {t("support.save")}
        </MayButton>
        <Text size="sm" c="dimmed">
          {t("support.size", { size: format.size(preview.bytes) })}
        </Text>
      </Group>
      {save.error && (isGone ? <Text size="sm" role="alert">{t("support.gone")}</Text> : <ErrorNote error={save.error} again={toFile} />)}
    </Stack>
  );
}

/** One file of the bundle: what it is, how much was masked in it, and all of its text. */
function Part({ part }: { part: SupportPart }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [opened, setOpened] = useState(false);
  const name = part.name.split(".")[0] ?? part.name;
  const facts = [
    part.name,
    format.size(part.bytes),
    part.masked > 0 ? t("support.masked", { count: part.masked }) : t("support.nothingMasked"),
    part.isCut && t("support.cut"),
  ].filter(Boolean);
  return (
    <div data-testid={ids.supportPart(name)}>
      <Group justify="space-between" wrap="nowrap">
        <div style={{ minWidth: 0 }}>
          <Text size="sm" fw={500}>
            {t(`support.part.${name}`, { defaultValue: part.name })}
          </Text>
          <Text size="xs" c="dimmed">
            {facts.join(" · ")}
          </Text>
        </div>
        <Button
          size="compact-sm"
          variant="default"
          aria-expanded={opened}
          aria-label={`${t(opened ? "support.hide" : "support.show")}: ${part.name}`}
          onClick={() => setOpened(!opened)}
        >
          {t(opened ? "support.hide" : "support.show")}
        </Button>
      </Group>
      {opened && <Whole name={name} text={part.text} />}
    </div>
  );
}

/** All of a part's text, in pieces where it is long: the newest is shown, and what is before it on demand. */
function Whole({ name, text }: { name: string; text: string }) {
  const { t } = useTranslation();
  const [from, setFrom] = useState(Math.max(0, text.length - SHOWN));
  if (text === "") return <Text size="sm">{t("support.emptyPart")}</Text>;
  return (
    <>
      {from > 0 && (
        <Button size="compact-sm" variant="subtle" onClick={() => setFrom(Math.max(0, from - SHOWN))}>
          {t("log.more")}
        </Button>
      )}
      <pre className="mono" tabIndex={0} style={{ maxHeight: 360, overflow: "auto", whiteSpace: "pre-wrap", overflowWrap: "anywhere" }} data-testid={ids.supportText(name)}>
        {text.slice(from)}
      </pre>
    </>
  );
}
