import { type RefObject, useEffect } from "react";
import { plain } from "../../shared/lib/search";
import { wordsOf } from "./search";

const NAME = "punte-found";

/** Where in a text the words stand that begin with one of those searched for, by characters of the text itself. */
export function marksIn(text: string, asked: string[]): [from: number, to: number][] {
  const found: [number, number][] = [];
  for (const word of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
    // composed letters are one character here and one there, so that places agree
    const told = plain(word[0].normalize("NFC"));
    const fits = asked.filter((one) => told.startsWith(one)).sort((a, b) => b.length - a.length)[0];
    if (fits) found.push([word.index, word.index + Math.min(fits.length, word[0].length)]);
  }
  return found;
}

/** Marks what is searched for wherever it stands in the list, where the window can mark text. */
export function useMarks(list: RefObject<HTMLElement | null>, query: string) {
  useEffect(() => {
    const root = list.current;
    const asked = wordsOf(query);
    if (!root || asked.length === 0 || typeof Highlight === "undefined" || !("highlights" in CSS)) return;
    const mark = () => {
      const ranges: Range[] = [];
      for (const section of root.querySelectorAll(".settings-section")) {
        const walk = document.createTreeWalker(section, NodeFilter.SHOW_TEXT);
        for (let node = walk.nextNode(); node; node = walk.nextNode()) {
          for (const [from, to] of marksIn(node.nodeValue ?? "", asked)) {
            const range = new Range();
            range.setStart(node, from);
            range.setEnd(node, to);
            ranges.push(range);
          }
        }
      }
      CSS.highlights.set(NAME, new Highlight(...ranges));
    };
    mark();
    const changed = new MutationObserver(mark);
    changed.observe(root, { childList: true, subtree: true, characterData: true });
    return () => {
      changed.disconnect();
      CSS.highlights.delete(NAME);
    };
  }, [list, query]);
}
