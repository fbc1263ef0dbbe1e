import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ids } from "../lib/testids";

interface Props {
  /** What can be searched for, in words. */
  label: string;
  maw: number;
  /** What is searched for now. */
  text: string;
  /** Told a moment after the last key, at once with Enter, and with Escape, which empties it. */
  onSearch: (text: string) => void;
}

const WAIT_MS = 250;

/** One field for whatever is searched for on a screen. */
export function SearchField({ text, label, maw, onSearch }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(text);
  const said = useRef(text);
  const tell = useDebouncedCallback((now: string) => {
    said.current = now;
    onSearch(now);
  }, WAIT_MS);
  useEffect(() => {
    // changed from elsewhere: the address, or all is shown again
    if (text !== said.current) setTyped(text);
    said.current = text;
  }, [text]);
  const change = (now: string) => {
    setTyped(now);
    tell(now.trim());
  };
  return (
    <TextInput
      size="xs"
      flex="1 1 240px"
      maw={maw}
      aria-label={label}
      placeholder={label}
      spellCheck={false}
      autoComplete="off"
      leftSection={<IconSearch size={15} />}
      rightSection={typed && <CloseButton size="xs" onClick={() => change("")} aria-label={t("common.clear")} />}
      value={typed}
      onChange={(event) => change(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape" && typed !== "") change("");
        if (event.key === "Enter" || event.key === "Escape") tell.flush();
      }}
      data-testid={ids.search}
      data-search
    />
  );
}
