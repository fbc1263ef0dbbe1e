import { Group, Select, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Amount, RecordInfo } from "../../../api/generated/api";
import { fiscalDay } from "../../../shared/lib/format";
import { parseNumber } from "../../../shared/lib/numbers";
import { ids } from "../../../shared/lib/testids";
import { ConfirmDialog } from "../../../shared/ui/ConfirmDialog";
import { useFormat } from "../../../shared/ui/useFormat";
import { type DialogProps, useActWords } from "./ActDialog";
import { useAsked } from "./useAsked";

const KINDS = ["card", "bank_transfer", "cash_on_delivery", "cash", "other"];
const FIELDS = ["payment.value", "payment.date", "payment.kind", "payment.documentNumber"];

/** A payment on the document: what is left of it, today, unless told otherwise. */
export function PaymentDialog({ record, document, close }: DialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useActWords("record_payment", document);
  const operate = useAsked("documents.operate");
  const left = leftOf(record, document.total);
  const today = fiscalDay(Date.now());
  const [kind, setKind] = useState(record.draft?.paymentKind ?? "bank_transfer");
  const [value, setValue] = useState(() => format.plain(left));
  const [date, setDate] = useState(today);
  const [documentNumber, setDocumentNumber] = useState("");
  const amount = parseNumber(value, format.language, { decimals: 2 });
  const refused = (name: string) => operate.error?.field === `payment.${name}`;
  const missing = amount === null || date === "" || documentNumber.trim() === "";
  const go = () => {
    if (amount === null) return;
    const payment = { kind, value: amount, date, documentNumber: documentNumber.trim() };
    operate.ask({ id: document.id, kind: "record_payment", reason: "", payment, email: null }, close);
  };
  return (
    <ConfirmDialog
      opened
      title={words.title}
      act={words.act}
      missing={missing ? t("acts.form.missing") : null}
      fields={FIELDS}
      busy={operate.busy}
      error={operate.error}
      onAct={go}
      onClose={close}
    >
      <Text size="sm">{words.text}</Text>
      <Group grow align="flex-start">
        <TextInput
          label={t("acts.form.value")}
          description={t("acts.form.left", { left: format.amount(left) })}
          value={value}
          inputMode="decimal"
          classNames={{ input: "right" }}
          rightSection={<Text size="xs">{document.total.currency}</Text>}
          rightSectionWidth={44}
          onChange={(event) => setValue(event.currentTarget.value)}
          error={(amount === null || refused("value")) && t("acts.wrong.value", { example: format.plain(left) })}
          data-testid={ids.dialogField("payment-value")}
        />
        <TextInput
          type="date"
          label={t("acts.form.date")}
          description={format.day(date)}
          max={today}
          value={date}
          onChange={(event) => setDate(event.currentTarget.value)}
          error={refused("date") && t("acts.wrong.date")}
          data-testid={ids.dialogField("payment-date")}
        />
      </Group>
      <Select
        label={t("acts.form.kind")}
        data={KINDS.map((one) => ({ value: one, label: t(`draft.kind.${one}`) }))}
        value={kind}
        onChange={(chosen) => chosen && setKind(chosen)}
        allowDeselect={false}
        error={refused("kind") && t("acts.wrong.receiptSeries")}
        data-testid={ids.dialogField("payment-kind")}
      />
      <TextInput
        label={t("acts.form.documentNumber")}
        description={t("acts.form.documentNumberText")}
        value={documentNumber}
        maxLength={50}
        onChange={(event) => setDocumentNumber(event.currentTarget.value)}
        error={refused("documentNumber") && t("acts.wrong.documentNumber")}
        data-testid={ids.dialogField("payment-document")}
      />
    </ConfirmDialog>
  );
}

/** Total less what is paid: as the provider said last, else what was recorded with the invoice. */
function leftOf(record: RecordInfo, total: Amount): Amount {
  const paid = record.document?.paid ?? record.draft?.payment;
  return { minor: total.minor - (paid?.minor ?? 0), currency: total.currency };
}
