import { Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { DraftInfo, ProblemInfo } from "../../api/generated/api";
import { useFormat } from "./useFormat";

/** A draft as the invoice that it would be, with the check against the order's total. */
export function DraftView({ draft }: { draft: DraftInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const agrees = draft.total.minor === draft.orderTotal.minor && draft.total.currency === draft.orderTotal.currency;
  const facts: [string, string][] = [
    [t("draft.client"), draft.clientName],
    [t("draft.taxId"), draft.taxId],
    [t("draft.regCom"), draft.regCom],
    [t("draft.address"), [draft.address, draft.city, draft.county, draft.country].filter(Boolean).join(", ")],
    [t("draft.contact"), [draft.email, draft.phone].filter(Boolean).join(" · ")],
    [
      t("draft.payment"),
      draft.paymentKind && draft.payment ? `${t(`draft.kind.${draft.paymentKind}`)}, ${format.amount(draft.payment)}` : "",
    ],
    [t("draft.mentions"), draft.mentions],
  ];
  return (
    <Stack gap="sm" data-testid="draft">
      <dl className="facts">
        {facts.filter(([, value]) => value !== "").map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}=`}>{value}</dd>])}
      </dl>
      <table className="plain">
        <thead>
          <tr>
            <th>{t("draft.line")}</th>
            <th className="num">{t("draft.quantity")}</th>
            <th className="num">{t("draft.price")}</th>
            <th className="num">{t("draft.vat")}</th>
            <th className="num">{t("draft.gross")}</th>
          </tr>
        </thead>
        <tbody>
          {draft.lines.map((line, at) => (
            <tr key={`${at}-${line.name}`}>
              <td>
                {line.name}
                {line.description && (
                  <Text size="xs" c="dimmed">
                    {line.description}
                  </Text>
                )}
              </td>
              <td className="num">
                {format.decimal(line.quantity, 0)} {line.unit}
              </td>
              <td className="num">{format.decimal(line.unitPrice)}</td>
              <td className="num">{t("draft.percent", { rate: format.decimal(line.vatRate, 0) })}</td>
              <td className="num">{format.plain(line.gross)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          {draft.vat.map((share) => (
            <tr key={share.rate}>
              <td colSpan={4} className="num">
                {t("draft.vatOf", { rate: format.decimal(share.rate, 0), net: format.amount(share.net) })}
              </td>
              <td className="num">{format.amount(share.vat)}</td>
            </tr>
          ))}
          <tr>
            <td colSpan={4} className="num">
              <b>{t("draft.total")}</b>
            </td>
            <td className="num">
              <b>{format.amount(draft.total)}</b>
            </td>
          </tr>
        </tfoot>
      </table>
      <Group gap={6} justify="flex-end">
        {agrees ? (
          <IconCircleCheck size={16} color="var(--state-issued)" aria-hidden />
        ) : (
          <IconAlertTriangle size={16} color="var(--state-mismatched)" aria-hidden />
        )}
        <Text size="sm">
          {agrees ? t("draft.agrees") : t("draft.differs", { total: format.amount(draft.orderTotal) })}
        </Text>
      </Group>
    </Stack>
  );
}

/** What keeps a draft from being sent. */
export function Problems({ problems }: { problems: ProblemInfo[] }) {
  const { t } = useTranslation();
  if (problems.length === 0) return null;
  return (
    <Stack gap={6} data-testid="problems">
      {problems.map((problem, at) => (
        <Group key={`${at}-${problem.field}`} gap={8} wrap="nowrap" align="flex-start">
          <IconAlertTriangle size={16} color="var(--state-held)" style={{ flex: "none", marginTop: 2 }} aria-hidden />
          <div>
            <Text size="sm">{t(`failure.${problem.kind}.title`)}</Text>
            <Text className="mono">
              {problem.field}
              {problem.detail && `: ${problem.detail}`}
            </Text>
          </div>
        </Group>
      ))}
    </Stack>
  );
}
