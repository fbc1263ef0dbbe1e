import { CloseButton, Combobox, Group, Text, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { type KeyboardEvent, memo, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldInfo, QueryProblem } from "../../../api/generated/api";
import { type Part, partsOf, type Proposal, proposalsAt, taken } from "../../lib/search";
import { ids } from "../../lib/testids";
import { useWords } from "./useWords";

interface Props {
  /** What is searched for now. */
  text: string;
  /** Told 200 ms after the last key. */
  onSearch: (text: string) => void;
  placeholder: string;
  fields: FieldInfo[];
  /** What of the text could not be read, by its characters; of the text that is searched for. */
  problems: QueryProblem[];
}

const WAIT_MS = 200;

/** One field for words and `field:value`: what it reads as is coloured, what is meant is proposed, what is wrong is told. */
export const SearchBox = memo(function SearchBox({ text, onSearch, placeholder, fields, problems }: Props) {
  const { t } = useTranslation();
  const wordOf = useWords();
  const input = useRef<HTMLInputElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState(text);
  const [caret, setCaret] = useState(text.length);
  const [wanted, setWanted] = useState<number | null>(null);
  const said = useRef(text);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const tell = useDebouncedCallback((now: string) => {
    said.current = now;
    onSearch(now);
  }, WAIT_MS);
  useEffect(() => {
    // changed from elsewhere: a saved view, a column's filter, the address
    if (text !== said.current) setTyped(text);
    said.current = text;
  }, [text]);
  useEffect(() => {
    if (wanted === null) return;
    input.current?.setSelectionRange(wanted, wanted);
    setCaret(wanted);
    setWanted(null);
  }, [wanted]);
  useEffect(() => {
    // with the frame: reading where the field is scrolled to lays the screen out
    const frame = requestAnimationFrame(() => {
      if (mirror.current && input.current) mirror.current.scrollLeft = input.current.scrollLeft;
    });
    return () => cancelAnimationFrame(frame);
  }, [typed]);
  const proposals = proposalsAt(typed, caret, fields, wordOf);
  const change = (now: string, at: number) => {
    setTyped(now);
    setCaret(at);
    tell(now.trim());
  };
  const take = (proposal: Proposal) => {
    const next = taken(typed, proposal);
    change(next.text, next.caret);
    setWanted(next.caret);
    combobox.resetSelectedOption();
    if (proposal.kind === "value") combobox.closeDropdown();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isChosen = combobox.dropdownOpened && combobox.getSelectedOptionIndex() >= 0;
    if (event.key === "Tab" && isChosen && !event.shiftKey) {
      event.preventDefault();
      combobox.clickSelectedOption();
    } else if (event.key === "Enter" && !isChosen) {
      combobox.closeDropdown();
      tell.flush();
    } else if (event.key === "Escape" && combobox.dropdownOpened) {
      event.stopPropagation();
      combobox.closeDropdown();
    }
  };
  const keepCaret = () => setCaret(input.current?.selectionStart ?? typed.length);
  const shownProblems = typed.trim() === text ? problems : [];
  return (
    <div className="desk-search">
      <Combobox store={combobox} onOptionSubmit={(at) => proposals[Number(at)] && take(proposals[Number(at)] as Proposal)} withinPortal width={360} position="bottom-start">
        <Combobox.Target>
          <TextInput
            ref={input}
            size="xs"
            aria-label={placeholder}
            placeholder={placeholder}
            spellCheck={false}
            autoComplete="off"
            leftSection={<IconSearch size={15} />}
            rightSection={typed && <CloseButton size="xs" onClick={() => change("", 0)} aria-label={t("common.clear")} />}
            value={typed}
            onChange={(event) => {
              change(event.currentTarget.value, event.currentTarget.selectionStart ?? event.currentTarget.value.length);
              combobox.openDropdown();
              combobox.resetSelectedOption();
            }}
            onKeyDown={onKeyDown}
            onSelect={keepCaret}
            onScroll={() => input.current && mirror.current && (mirror.current.scrollLeft = input.current.scrollLeft)}
            onClick={() => combobox.openDropdown()}
            onBlur={() => combobox.closeDropdown()}
            error={shownProblems.length > 0}
            data-testid={ids.search}
            data-search
          />
        </Combobox.Target>
        <Combobox.Dropdown hidden={proposals.length === 0}>
          <Combobox.Options mah={280} style={{ overflowY: "auto" }} aria-label={t("desk.proposals")} data-testid={ids.proposals}>
            {proposals.map((proposal, at) => (
              <Combobox.Option key={`${proposal.kind} ${proposal.insert}`} value={String(at)} data-testid={ids.proposalAt(proposal.insert)}>
                <Group gap="sm" justify="space-between" wrap="nowrap">
                  <span className="desk-mono">{proposal.insert}</span>
                  <Text span size="xs" c="dimmed" truncate>
                    {wordOf(proposal.field, proposal.kind === "field" ? null : proposal.value, proposal.label)}
                  </Text>
                </Group>
              </Combobox.Option>
            ))}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      <div className="desk-mirror" ref={mirror} aria-hidden>
        <Coloured text={typed} parts={partsOf(typed, fields)} problems={shownProblems} />
      </div>
      {shownProblems.map((problem) => (
        <Text key={`${problem.from} ${problem.code}`} size="xs" mt={4} role="alert" data-testid={ids.searchProblem}>
          {t(`desk.problem.${problem.code}`)} <q className="desk-mono">{problem.text || text.slice(problem.from, problem.to)}</q>
        </Text>
      ))}
    </div>
  );
});

/** The text in its parts: a field's name, its value, what is no field of the list. */
function Coloured({ text, parts, problems }: { text: string; parts: Part[]; problems: QueryProblem[] }) {
  const cuts = parts.flatMap((part) => {
    const isWrong = problems.some((problem) => problem.from < part.to && part.from < problem.to);
    const cut = (from: number, to: number, kind: string) => ({ from, to, kind, isWrong });
    if (part.kind === "word") return [cut(part.from, part.to, "word")];
    if (part.kind === "unknown") return [cut(part.from, part.to, "unknown")];
    return [cut(part.from, part.valueFrom, "name"), cut(part.valueFrom, part.to, "value")];
  });
  let before = 0;
  return cuts.map(({ from, to, kind, isWrong }) => {
    const gap = text.slice(before, from);
    before = to;
    return [
      gap,
      <span key={`${from} ${kind}`} data-part={kind} data-problem={isWrong || undefined}>
        {text.slice(from, to)}
      </span>,
    ];
  });
}
