import { useTranslation } from "react-i18next";
import type { EInvoiceInfo } from "../../../api/generated/api";
import { LOOKS as EINVOICE_LOOKS } from "../EInvoiceState";
import { LOOKS as STATE_LOOKS, shownState } from "../StateBadge";
import { useNow } from "../Time";
import { useFormat } from "../useFormat";

// Cells are many and come and go with every movement of the wheel: plain elements, and what is hidden told by `title`.

/** A state as icon and word. */
export function StateCell(props: { state: string; verification?: string; changes?: number; decision?: boolean }) {
  const { t } = useTranslation();
  const shown = shownState(props);
  const look = STATE_LOOKS[shown];
  const word = t(props.decision ? `decision.${shown}` : `state.${shown}`);
  return (
    <span className="desk-state" title={word}>
      {look && <look.icon size={15} stroke={2} color={look.color} aria-hidden />}
      <span>{word}</span>
    </span>
  );
}

/** What e-Factura holds of a document; the provider's own words on hover. */
export function EInvoiceCell({ einvoice }: { einvoice: EInvoiceInfo | null }) {
  const { t } = useTranslation();
  if (!einvoice || einvoice.state === "not_sent") return t("common.none");
  const look = EINVOICE_LOOKS[einvoice.state];
  const word = t(`einvoice.state.${einvoice.state}`);
  return (
    <span className="desk-state" title={einvoice.words || word}>
      {look && <look.icon size={15} stroke={2} color={look.color} aria-hidden />}
      <span>{word}</span>
    </span>
  );
}

/** Relative, with the Bucharest date and time on hover. */
export function TimeCell({ ms }: { ms: number | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  if (ms === null) return t("common.none");
  const at = new Date(ms).toISOString();
  return (
    <time dateTime={at} title={format.instant(ms)}>
      {format.relative(ms, Math.max(now, Math.min(ms, Date.now())))}
    </time>
  );
}

/** A text that may be longer than its column. */
export function TextCell({ text, mono = false }: { text: string; mono?: boolean }) {
  const { t } = useTranslation();
  if (text === "") return t("common.none");
  return (
    <span className={mono ? "desk-mono" : undefined} title={text}>
      {text}
    </span>
  );
}
