import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** What an expression may call; the words are in the catalogues under the same names. */
const FUNCTIONS: [name: string, example: string][] = [
  ["money", "money(order.total)"],
  ["round", "round(money(item.total), 2)"],
  ["gross_unit_price", "gross_unit_price(item.total, item.total_tax, item.quantity)"],
  ["vat_rate", "vat_rate(item, order, tax_point)"],
  ["meta", 'order.meta("_billing_cui")'],
  ["is_company", "is_company(order)"],
  ["company_meta", 'company_meta(order, "cui")'],
  ["cui", 'cui("ro 18773424")'],
  ["is_bucharest", "is_bucharest(order.billing.state, order.billing.city)"],
  ["sector", "sector(order.billing.city)"],
  ["county", "county(order.billing.state, order.billing.city)"],
  ["country", "country(order.billing.country)"],
  ["collect_kind", "collect_kind(order.payment_method, order.date_paid)"],
  ["discount_note", "discount_note(item, order)"],
  ["first_of", 'first_of([order?.billing?.company, "–"])'],
  ["join_words", "join_words([order.billing.first_name, order.billing.last_name])"],
  ["starts_with", 'starts_with(order.billing.postcode, "01")'],
  ["upper", "upper(order.billing.city)"],
  ["ascii", "ascii(order.billing.city)"],
];

export function Functions() {
  const { t } = useTranslation();
  return (
    <details className="card">
      <summary>{t("mapping.functions")}</summary>
      <Text size="sm" my="xs">
        {t("mapping.functionsText")}
      </Text>
      <dl className="facts">
        {FUNCTIONS.map(([name, example]) => [
          <dt key={name}>
            <code className="mono">{example}</code>
          </dt>,
          <dd key={`${name}=`}>{t(`mapping.function.${name}`)}</dd>,
        ])}
      </dl>
    </details>
  );
}
