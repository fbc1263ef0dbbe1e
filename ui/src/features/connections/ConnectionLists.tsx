import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { type UseQueryResult, useQueryClient } from "@tanstack/react-query";
import { IconCheck, IconMinus, IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { AbilityInfo, ApiError, ConnectionInfo, ConnectionListsInfo } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { Time } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";

interface Props {
  connection: ConnectionInfo;
  lists: UseQueryResult<ConnectionListsInfo, ApiError>;
}

/** The provider's own lists as they were read last, read anew on demand; and what its interface can do. */
export function ConnectionLists({ connection, lists }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const refresh = useAct("connections.lists");
  const provider = t(`system.${connection.kind}`);
  const read = () =>
    refresh.mutate(
      { id: connection.id, refresh: true },
      { onSuccess: (now) => client.setQueryData(["connections.lists", { id: connection.id, refresh: false }], now) },
    );
  const error = refresh.error ?? lists.error;
  return (
    <Stack gap="sm" className="card" data-testid={ids.lists}>
      <Group gap="sm">
        <Title order={3}>{t("lists.title", { provider })}</Title>
        {lists.data && (
          <Text size="sm" c="dimmed">
            {t("lists.asOf")} <Time ms={lists.data.readMs} />
          </Text>
        )}
        <Button
          ml="auto"
          variant="default"
          size="compact-sm"
          leftSection={<IconRefresh size={14} />}
          loading={refresh.isPending}
          onClick={read}
          data-testid={ids.listsRefresh}
        >
          {t("lists.refresh")}
        </Button>
      </Group>
      {error && <ErrorNote error={error} />}
      {lists.isPending && <Loading />}
      {lists.data && <Lists lists={lists.data} />}
      {lists.data && <Abilities abilities={lists.data.abilities} provider={provider} />}
    </Stack>
  );
}

function Lists({ lists }: { lists: ConnectionListsInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const can = (name: string) => lists.abilities.some((ability) => ability.name === name && ability.can);
  const typeOf = (type: string) => t(`lists.type.${type}`, { defaultValue: type });
  const named = (rows: string[], ability?: string) =>
    rows.join(", ") || (ability && !can(ability) ? t("lists.notListed") : t("common.none"));
  const facts: [string, string][] = [
    [
      t("lists.companies"),
      lists.companies ? named(lists.companies.map((one) => `${one.name} ${one.cif}`)) : t("lists.notListed"),
    ],
    [
      t("lists.series"),
      named(
        lists.series.map(({ name, documentType, nextNumber }) =>
          t(nextNumber ? "lists.seriesNext" : "lists.seriesOf", { name, type: typeOf(documentType), number: nextNumber }),
        ),
      ),
    ],
    [
      t("lists.rates"),
      named(lists.vatRates.map((rate) => `${rate.name} ${t("draft.percent", { rate: format.decimal(rate.percent, 0) })}`)),
    ],
    [t("lists.warehouses"), named(lists.warehouses, "warehouses")],
    [t("lists.languages"), named(lists.languages, "languages")],
    [t("lists.units"), named(lists.units, "units")],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}=`}>{value}</dd>])}
    </dl>
  );
}

/** What cannot be done is said too: the same that disables a record's buttons. */
function Abilities({ abilities, provider }: { abilities: AbilityInfo[]; provider: string }) {
  const { t } = useTranslation();
  return (
    <details>
      <summary>{t("lists.can", { provider })}</summary>
      <ul className="abilities">
        {abilities.map(({ name, can }) => (
          <li key={name} data-testid={ids.ability(name)} data-can={can}>
            {can ? (
              <IconCheck size={14} color="var(--state-issued)" role="img" aria-label={t("lists.canIt")} />
            ) : (
              <IconMinus size={14} color="var(--mantine-color-dimmed)" role="img" aria-label={t("lists.cannot")} />
            )}
            <Text size="sm" c={can ? undefined : "dimmed"}>
              {t(`ability.${name}`)}
            </Text>
          </li>
        ))}
      </ul>
    </details>
  );
}
