import { Group, Select, Stack, Text } from "@mantine/core";
import { IconArrowRight, IconReplace } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Amount, ChangeInfo, ChangedFieldInfo, DocumentRow, DraftInfo, RecordInfo } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { ConfirmDialog } from "../../shared/ui/ConfirmDialog";
import { systemName } from "../../shared/ui/FailureText";
import { MayButton } from "../../shared/ui/MayButton";
import { useFormat } from "../../shared/ui/useFormat";
import { useAsked } from "./acts/useAsked";
import { kindKey } from "./changeKind";

interface Props {
  record: RecordInfo;
  /** A dialog of the record has opened or closed: Escape is the dialog's then. */
  onActing: (acting: boolean) => void;
}

type Asking = { change: ChangeInfo; act: "accept" | "ignore" };

/** What became of the order after its invoice, and what may be done about it. Never a second invoice by itself. */
export function Changes({ record, onActing }: Props) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState<Asking | null>(null);
  const acting = asking !== null;
  useEffect(() => {
    if (!acting) return;
    onActing(true);
    return () => onActing(false);
  }, [acting, onActing]);
  const open = record.changes.filter((change) => change.state === "open");
  const { document, order } = record;
  if (!document || open.length === 0) return null;
  const close = () => setAsking(null);
  return (
    <Stack gap="xs" mt="sm" className="note">
      <Group gap={8}>
        <IconReplace size={17} color="var(--state-held)" aria-hidden />
        <Text size="sm" fw={600}>
          {t(document.role === "proforma" ? "change.titleProforma" : "change.title")}
        </Text>
      </Group>
      {open.map((change) => (
        <Row key={change.id} change={change} ask={(act) => setAsking({ change, act })} />
      ))}
      {asking?.act === "accept" && <AcceptDialog change={asking.change} document={document} close={close} />}
      {asking?.act === "ignore" && <IgnoreDialog change={asking.change} number={order.number} close={close} />}
    </Stack>
  );
}

function Row({ change, ask }: { change: ChangeInfo; ask: (act: Asking["act"]) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { blocked, proposal } = change;
  return (
    <div data-testid={ids.change(change.kind)}>
      <Text size="sm">{t(kindKey(change.kind, change.refund), { refund: change.refund })}</Text>
      <dl className="facts">
        {change.facts.map((fact) => (
          <Fact key={fact.field} fact={fact} currency={change.amount.currency} />
        ))}
      </dl>
      {blocked && (
        <Text size="sm" c="dimmed">
          {t(`blocked.${blocked}`, { provider: t("blocked.theProvider") })}
        </Text>
      )}
      <Lost change={change} />
      {change.automatic && !blocked && (
        <Text size="sm" c="dimmed">
          {t("change.automatic")}
        </Text>
      )}
      <Group gap="xs" mt={6}>
        {proposal !== "nothing" && (
          <MayButton
            command="documents.accept_change"
            variant="default"
            disabled={blocked !== null}
            onClick={() => ask("accept")}
            data-testid={ids.changeAccept}
          >
            {t(`change.do.${proposal}`, { amount: format.amount(change.amount) })}
          </MayButton>
        )}
        <MayButton
          command="documents.ignore_change"
          variant="subtle"
          color="gray"
          onClick={() => ask("ignore")}
          data-testid={ids.changeIgnore}
        >
          {t("change.ignore")}
        </MayButton>
      </Group>
    </div>
  );
}

/** Said before anybody accepts: what stands at the provider already is attached. */
function Lost({ change }: { change: ChangeInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (change.lostMs === null || change.proposal === "nothing") return null;
  return (
    <Text size="sm" data-testid={ids.changeLost}>
      {t("change.lost", { at: format.instant(change.lostMs) })}
    </Text>
  );
}

const AMOUNTS = new Set(["total", "refunded"]);

function Fact({ fact, currency }: { fact: ChangedFieldInfo; currency: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const shown = (text: string) => {
    if (text === "") return t("change.nothing");
    if (fact.field === "status") return t(`change.status.${text}`);
    return AMOUNTS.has(fact.field) ? format.money(text, currency) : text;
  };
  return (
    <>
      <dt>{t(`change.field.${fact.field.replace(".", "_")}`)}</dt>
      <dd>
        <Group gap={6} component="span">
          <span title={t("change.before")}>{shown(fact.before)}</span>
          <IconArrowRight size={13} aria-label="→" />
          <b title={t("change.after")}>{shown(fact.after)}</b>
        </Group>
      </dd>
    </>
  );
}

function AcceptDialog({ change, document, close }: { change: ChangeInfo; document: DocumentRow; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const accept = useAsked("documents.accept_change");
  const [rate, setRate] = useState<string | null>(null);
  const words = t(`change.do.${change.proposal}`, { amount: format.amount(change.amount) });
  const number = `${document.series} ${document.number ?? ""}`.trim();
  const again = change.kind === "total" || change.kind === "billing";
  return (
    <ConfirmDialog
      opened
      danger
      title={words}
      act={words}
      askReason
      missing={change.rates.length > 0 && rate === null ? t("change.rateMissing") : null}
      busy={accept.busy}
      error={accept.error}
      onAct={(reason) => accept.ask({ id: change.id, reason, vatRate: rate }, close)}
      onClose={close}
    >
      <Text size="sm">{t(`change.text.${change.proposal}`, { provider: systemName(t, document.provider), number })}</Text>
      {again && <Text size="sm">{t("change.after_storno")}</Text>}
      <Lost change={change} />
      {change.rates.length > 0 && (
        <Select
          label={t("change.rate")}
          description={t("change.rateText")}
          data={change.rates.map((one) => ({ value: one, label: t("draft.percent", { rate: format.decimal(one, 0) }) }))}
          value={rate}
          onChange={setRate}
          data-testid={ids.changeRate}
        />
      )}
      {change.preview && <Preview draft={change.preview} total={change.preview.total} />}
    </ConfirmDialog>
  );
}

function Preview({ draft, total }: { draft: DraftInfo; total: Amount }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <table className="plain">
      <caption>{t("change.preview")}</caption>
      <tbody>
        {draft.lines.map((line, at) => (
          <tr key={`${at}-${line.name}`}>
            <td>{line.name}</td>
            <td className="num">
              {format.decimal(line.quantity, 0)} {line.unit}
            </td>
            <td className="num">{t("draft.percent", { rate: format.decimal(line.vatRate, 0) })}</td>
            <td className="num">{format.amount(line.gross)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <td colSpan={3} className="num">
            <b>{t("draft.total")}</b>
          </td>
          <td className="num">
            <b>{format.amount(total)}</b>
          </td>
        </tr>
      </tfoot>
    </table>
  );
}

function IgnoreDialog({ change, number, close }: { change: ChangeInfo; number: string; close: () => void }) {
  const { t } = useTranslation();
  const ignore = useAsked("documents.ignore_change");
  return (
    <ConfirmDialog
      opened
      title={t("change.ignoreTitle", { number })}
      act={t("change.ignoreAct")}
      askReason
      busy={ignore.busy}
      error={ignore.error}
      onAct={(reason) => ignore.ask({ id: change.id, reason }, close)}
      onClose={close}
    >
      <Text size="sm">{t("change.ignoreText")}</Text>
    </ConfirmDialog>
  );
}
