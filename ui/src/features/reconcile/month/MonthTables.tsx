import { SimpleGrid, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CountedAmount, MonthMoney, MonthReport } from "../../../api/generated/api";
import { useFormat } from "../../../shared/ui/useFormat";
import { SeriesNumbers } from "./SeriesNumbers";

const ISSUED = ["invoices", "stornos", "corrections", "net", "cancelled"] as const;
const PAYMENTS = ["paid", "partlyPaid", "unpaid", "notTold"] as const;
const EINVOICES = ["accepted", "processing", "rejected", "not_sent", "late"] as const;

/** The month in tables, as its file has them. */
export function MonthTables({ report }: { report: MonthReport }) {
  const { t } = useTranslation();
  const format = useFormat();
  const isEmpty = report.series.length === 0;
  return (
    <>
      {isEmpty && (
        <Text size="sm" c="dimmed">
          {t("closing.noDocuments")}
        </Text>
      )}
      {!isEmpty && <Issued report={report} />}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Part name="leftOut">
          {report.leftOut.length === 0 && <None />}
          {report.leftOut.length > 0 && (
            <table className="plain">
              <tbody>
                {report.leftOut.map((one) => (
                  <tr key={`${one.decision} ${one.reason} ${one.total.currency}`}>
                    <td>{t(`decision.${one.decision}`)}</td>
                    <td>{t(`reason.${one.reason}`, { defaultValue: one.reason })}</td>
                    <td className="num">{format.count(one.count)}</td>
                    <td className="num">{format.amount(one.total)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Part>
        <Part name="open">
          <Open report={report} />
        </Part>
        <Part name="einvoices">
          {!report.einvoices.told && <Text size="sm">{t("closing.file.einvoiceSilent")}</Text>}
          {report.einvoices.told && (
            <table className="plain">
              <tbody>
                {EINVOICES.map((one) => (
                  <tr key={one}>
                    <td>{t(`closing.einvoice.${one}`)}</td>
                    <td className="num">{format.count(report.einvoices[one === "not_sent" ? "notSent" : one])}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          {report.einvoices.nextDeadline && (
            <Text size="sm">{t("closing.deadline", { day: format.day(report.einvoices.nextDeadline) })}</Text>
          )}
        </Part>
        {!isEmpty && (
          <Part name="payments">
            <Sums money={report.money} parts={PAYMENTS} />
          </Part>
        )}
      </SimpleGrid>
    </>
  );
}

/** What was issued: in all, by VAT rate, by series. */
function Issued({ report }: { report: MonthReport }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Part name="issued">
          <Sums money={report.money} parts={ISSUED} />
        </Part>
        <Part name="byVat">
          <table className="plain">
            <thead>
              <tr>
                <th className="num">{t("closing.file.rate")}</th>
                <th className="num">{t("closing.file.documents")}</th>
                <th className="num">{t("closing.file.base")}</th>
                <th className="num">{t("closing.file.vat")}</th>
                <th className="num">{t("closing.file.total")}</th>
              </tr>
            </thead>
            <tbody>
              {report.vat.map((one) => (
                <tr key={`${one.base.currency} ${one.rate}`}>
                  <td className="num">{`${format.decimal(one.rate, 0)} %`}</td>
                  <td className="num">{format.count(one.documents)}</td>
                  <td className="num">{format.amount(one.base)}</td>
                  <td className="num">{format.amount(one.vat)}</td>
                  <td className="num">{format.amount(one.total)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Part>
      </SimpleGrid>
      <Part name="bySeries">
        {report.series.map((one) => (
          <SeriesNumbers key={one.series} series={one} />
        ))}
      </Part>
    </>
  );
}

function Part({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <section className="card" aria-label={t(`closing.file.${name}`)}>
      <Title order={3} mb={6}>
        {t(`closing.file.${name}`)}
      </Title>
      {children}
    </section>
  );
}

function None() {
  const { t } = useTranslation();
  return (
    <Text size="sm" c="dimmed">
      {t("closing.none")}
    </Text>
  );
}

function Sums({ money, parts }: { money: MonthMoney[]; parts: readonly (keyof MonthMoney)[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (money.length === 0) return <None />;
  return (
    <table className="plain">
      <tbody>
        {money.flatMap((one) =>
          parts.map((part) => {
            const sum = one[part] as CountedAmount;
            return (
              <tr key={`${one.currency} ${part}`}>
                <th scope="row">{t(`closing.file.${part}`)}</th>
                <td className="num">{format.count(sum.count)}</td>
                <td className="num">{format.amount(sum.total)}</td>
              </tr>
            );
          }),
        )}
      </tbody>
    </table>
  );
}

function Open({ report }: { report: MonthReport }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rows = [
    ...Object.entries(report.notIssued).map(([state, count]) => [t(`state.${state}`), count] as const),
    [t("closing.obstacle.mismatched"), report.mismatched] as const,
    [t("closing.obstacle.missing_there"), report.missingThere] as const,
    [t("closing.obstacle.unknown_here"), report.unknownHere] as const,
    [t("closing.obstacle.duplicates"), report.duplicates] as const,
  ].filter(([, count]) => count > 0);
  if (rows.length === 0) return <None />;
  return (
    <table className="plain">
      <tbody>
        {rows.map(([name, count]) => (
          <tr key={name}>
            <td>{name}</td>
            <td className="num">{format.count(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
