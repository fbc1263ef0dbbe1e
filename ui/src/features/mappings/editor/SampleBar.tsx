import { ActionIcon, Button, Group, Loader, Modal, Popover, Stack, Text, Textarea, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconAlertTriangle, IconChevronDown, IconChevronLeft, IconChevronRight, IconPlayerTrackNext } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAsk } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { parseOrder } from "../model/tree";
import { useDesk } from "./desk";

/** Which order the mapping is shown with, and stepping to the next, or to the next that fails. */
export function SampleBar() {
  const { t } = useTranslation();
  const { sampling } = useDesk();
  const [opened, open] = useState(false);
  const [pasting, setPasting] = useState(false);
  const { sample, busy, missed } = sampling;
  const named = sample?.id ? t("editor.sampleNamed", { number: sample.number, customer: sample.customer }) : null;
  const step = (which: string, label: string, Icon: typeof IconChevronLeft, id: string) => (
    <Tooltip label={label}>
      <ActionIcon
        variant="default"
        size={30}
        disabled={!sample?.id || busy}
        onClick={() => void sampling.choose(which)}
        aria-label={label}
        data-testid={id}
      >
        <Icon size={15} />
      </ActionIcon>
    </Tooltip>
  );
  return (
    <Group gap={4} wrap="nowrap">
      <Popover opened={opened} onChange={open} position="bottom-end" width={380} shadow="md" trapFocus transitionProps={{ duration: 80 }}>
        <Popover.Target>
          <Button
            variant="default"
            rightSection={busy ? <Loader size={12} /> : <IconChevronDown size={14} />}
            onClick={() => open(!opened)}
            aria-expanded={opened}
            title={named ?? undefined}
            maw={250}
            data-testid={ids.sample}
          >
            <Text span inherit truncate lh={1.5}>
              {t("editor.sample")}
              {": "}
              {named ?? (sample ? t("editor.sampleOwn", { number: sample.number }) : t("editor.sampleNone"))}
            </Text>
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Chooser
            close={() => open(false)}
            paste={() => {
              open(false);
              setPasting(true);
            }}
          />
        </Popover.Dropdown>
      </Popover>
      <Paste opened={pasting} close={() => setPasting(false)} />
      {step("previous", t("editor.previousOrder"), IconChevronLeft, ids.samplePrevious)}
      {step("next", t("editor.nextOrder"), IconChevronRight, ids.sampleNext)}
      {step("next_failing", t("editor.nextFailing"), IconPlayerTrackNext, ids.sampleNextFailing)}
      {missed && missed !== "last" && (
        <Group gap={4} wrap="nowrap">
          <IconAlertTriangle size={14} color="var(--state-held)" aria-hidden />
          <Text size="xs" role="status" data-testid={ids.sampleMissed}>
            {t(`editor.missed.${missed}`)}
          </Text>
        </Group>
      )}
    </Group>
  );
}

function Chooser({ close, paste }: { close: () => void; paste: () => void }) {
  const { t } = useTranslation();
  const { sampling } = useDesk();
  const [typed, setTyped] = useState("");
  const [onlyHeld, setOnlyHeld] = useState(false);
  const [search] = useDebouncedValue(typed.trim(), 200);
  const found = useAsk("mappings.samples", { search, onlyHeld });
  const choose = async (which: string, value: string | null = null) => {
    if (await sampling.choose(which, value)) close();
  };
  return (
    <Stack gap={8}>
      <TextInput
        size="xs"
        data-autofocus
        aria-label={t("editor.sampleSearch")}
        placeholder={t("editor.sampleSearch")}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && typed.trim() !== "" && void choose("number", typed.trim().replace(/^#/, ""))}
        data-testid={ids.sampleSearch}
      />
      <Group gap={6}>
        {(["last", "failed", "sandbox"] as const).map((which) => (
          <Button key={which} size="compact-xs" variant="default" onClick={() => void choose(which)} data-testid={ids.sampleOf(which)}>
            {t(`editor.sampleOf.${which}`)}
          </Button>
        ))}
        <Button size="compact-xs" variant="default" onClick={paste} data-testid={ids.sampleOf("pasted")}>
          {t("editor.sampleOf.pasted")}
        </Button>
        <Button
          size="compact-xs"
          variant={onlyHeld ? "filled" : "subtle"}
          aria-pressed={onlyHeld}
          onClick={() => setOnlyHeld(!onlyHeld)}
        >
          {t("editor.onlyHeld")}
        </Button>
      </Group>
      {sampling.error && <ErrorNote error={sampling.error} />}
      {found.error && <ErrorNote error={found.error} />}
      <div className="sample-list" role="listbox" aria-label={t("editor.sample")}>
        {found.data?.orders.map((order) => (
          <button
            key={order.id}
            type="button"
            role="option"
            aria-selected={order.id === sampling.sample?.id}
            className="sample-option"
            onClick={() => void choose("order", order.id)}
            data-testid={ids.sampleOrder(order.number)}
          >
            <b>#{order.number}</b> {order.customer}
          </button>
        ))}
        {found.data?.orders.length === 0 && (
          <Text size="sm" c="dimmed" p={4}>
            {t("editor.noSamples")}
          </Text>
        )}
      </div>
    </Stack>
  );
}

function Paste({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation();
  const { sampling } = useDesk();
  const [text, setText] = useState("");
  const order = parseOrder(text);
  const isOrder = typeof order === "object" && order !== null && !Array.isArray(order);
  const wrong = text.trim() !== "" && !isOrder;
  const take = async () => {
    if (await sampling.choose("pasted", text)) close();
  };
  return (
    <Modal opened={opened} onClose={close} title={t("editor.pasteTitle")} size="lg" centered transitionProps={{ duration: 80 }}>
      <Stack gap="sm">
        <Textarea
          data-autofocus
          label={t("editor.pasteLabel")}
          classNames={{ input: "mono" }}
          rows={14}
          value={text}
          error={wrong ? t("editor.pasteWrong") : undefined}
          onChange={(event) => setText(event.currentTarget.value)}
          data-testid={ids.samplePaste}
        />
        {sampling.error && <ErrorNote error={sampling.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("common.cancel")}
          </Button>
          <Button disabled={!isOrder} title={isOrder ? undefined : t("editor.pasteWrong")} onClick={() => void take()} data-testid={ids.samplePasteUse}>
            {t("editor.pasteUse")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
