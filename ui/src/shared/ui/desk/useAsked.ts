import { useCallback, useEffect, useRef, useState } from "react";
import type { ListName, SortBy } from "../../../api/generated/api";
import { type Place, useGo } from "../../lib/navigation";
import { sortText } from "../../lib/sorting";
import { useReadAhead } from "./useBlocks";

/** What a list is asked for. */
export interface Asked {
  text: string;
  /** Null: newest first. */
  sort: SortBy | null;
}

interface Own {
  /** What was asked last, and of that what has its rows on screen. */
  asked: Asked;
  shown: Asked;
  /** The addresses that it is ahead of: with any other one it is over. */
  ahead: string[];
}

/** Rows that a screen shows at first, about. */
const FIRST_ROWS = 40;
/** The address follows what is on screen after this: to change it costs as much as to draw the rows. */
const FOLLOWS_MS = 200;

const keyOf = ({ q, filter, sort }: Place) => JSON.stringify([q ?? "", filter ?? "", sort ?? ""]);
const placeOf = ({ text, sort }: Asked): Place => ({ q: text || undefined, filter: undefined, sort: sortText(sort) });

/**
 * What is asked of a list, ahead of the address: `asked` at once, `shown` once its first rows are there, so that they are drawn
 * once and with it. `ask` asks for something else; what is asked meanwhile adds to it.
 */
export function useAsked(list: ListName, place: Place, address: Asked, keepSort: (sort: SortBy | null) => void) {
  const readAhead = useReadAhead();
  const { stay } = useGo();
  const at = keyOf(place);
  const [own, setOwn] = useState<Own | null>(null);
  const now: Own = own?.ahead.includes(at) ? own : { asked: address, shown: address, ahead: [] };
  const latest = useRef({ ...now, at });
  const turn = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    const before = latest.current.ahead;
    if (before.includes(at)) {
      // arrived: what was left behind is another address again, should somebody go there
      setOwn((mine) => mine && { ...mine, ahead: mine.ahead.slice(mine.ahead.lastIndexOf(at)) });
      return;
    }
    turn.current += 1;
    clearTimeout(timer.current);
    setOwn(null);
  }, [at]);
  useEffect(
    () => () => {
      turn.current += 1;
      clearTimeout(timer.current);
    },
    [],
  );
  useEffect(() => {
    latest.current = { ...now, at };
  });
  const ask = useCallback(
    (by: Partial<Asked>) => {
      const { asked: before, shown: standing } = latest.current;
      const asked = { text: before.text, sort: before.sort, ...by };
      turn.current += 1;
      const mine = turn.current;
      const show = (shown: Asked) => {
        const ahead = [...latest.current.ahead, latest.current.at, keyOf(placeOf(shown))].slice(-4);
        const next = { asked, shown, ahead };
        latest.current = { ...next, at: latest.current.at };
        setOwn(next);
      };
      const arrive = () => {
        if (mine !== turn.current) return;
        show(asked);
        if (sortText(asked.sort) !== sortText(standing.sort)) keepSort(asked.sort);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => stay(placeOf(asked)), FOLLOWS_MS);
      };
      const rows = readAhead({ list, ...asked }, 0, FIRST_ROWS);
      if (rows === null) {
        arrive();
        return;
      }
      show(standing);
      void rows.then(arrive);
    },
    [list, readAhead, stay, keepSort],
  );
  return { asked: now.asked, shown: now.shown, latest, ask };
}
