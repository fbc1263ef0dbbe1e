import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { EInvoiceInfo } from "../../../api/generated/api";
import { LOOKS as EINVOICE_LOOKS } from "../EInvoiceState";
import { LOOKS as STATE_LOOKS, shownState } from "../StateBadge";
import { useNow } from "../Time";
import { useFormat } from "../useFormat";

interface Shown {
  state: string;
  verification?: string;
  changes?: number;
  decision?: boolean;
}

/**
 * What the cells of a list are drawn by. Cells are many and come and go with every movement of the wheel: plain elements
 * without hooks of their own.
 */
export function useCells() {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(() => {
    const none = t("common.none");
    // the catalogue takes its time over a word, and the same few are asked for again and again
    const words = new Map<string, string>();
    const wordOf = (key: string) => {
      const known = words.get(key);
      if (known !== undefined) return known;
      const word = t(key);
      words.set(key, word);
      return word;
    };
    return {
      /** A text that may be none. */
      text: (text: string) => text || none,
      /** A state as icon and word. */
      state: (of: Shown) => {
        const shown = shownState(of);
        const word = wordOf(of.decision ? `decision.${shown}` : `state.${shown}`);
        return <Look look={STATE_LOOKS[shown]} word={word} title={word} />;
      },
      /** What e-Factura holds of a document; the provider's own words on hover. */
      eInvoice: (of: EInvoiceInfo | null) => {
        if (!of || of.state === "not_sent") return none;
        const word = wordOf(`einvoice.state.${of.state}`);
        return <Look look={EINVOICE_LOOKS[of.state]} word={word} title={of.words || word} />;
      },
      /** Relative to now. */
      time: (ms: number | null) => (ms === null ? none : <Ago ms={ms} relative={format.relative} />),
    };
  }, [t, format]);
}

function Look({ look, word, title }: { look: (typeof STATE_LOOKS)[string] | undefined; word: string; title: string }) {
  return (
    <span className="desk-state" title={title}>
      {look && <look.icon size={15} stroke={2} color={look.color} aria-hidden />}
      <span>{word}</span>
    </span>
  );
}

function Ago({ ms, relative }: { ms: number; relative: (ms: number, now: number) => string }) {
  const now = useNow();
  return <time dateTime={new Date(ms).toISOString()}>{relative(ms, Math.max(now, Math.min(ms, Date.now())))}</time>;
}
