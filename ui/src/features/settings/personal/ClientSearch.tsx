import { Alert, Checkbox, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ClientErased, ClientInfo, ClientsFound } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { MayButton } from "../../../shared/ui/MayButton";
import { useFormat } from "../../../shared/ui/useFormat";
import { ClientKept } from "./ClientKept";
import { Outcome } from "./Outcome";

/** Looks for one client; several that fit are told apart before anything is done. */
export function ClientSearch() {
  const { t } = useTranslation();
  const find = useAct("clients.find");
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<{ query: string; told: ClientsFound } | null>(null);
  const [chosen, setChosen] = useState<string[]>([]);
  const [done, setDone] = useState<ClientErased | null>(null);
  const isWrong = find.error?.field === "query";
  const look = () => {
    const asked = query.trim();
    setDone(null);
    setFound(null);
    find.mutate(
      { query: asked, only: [] },
      {
        onSuccess: (told) => {
          setFound({ query: asked, told });
          setChosen(told.clients.length === 1 ? told.clients.map((one) => one.key) : []);
        },
      },
    );
  };
  return (
    <Stack gap="sm">
      <Title order={3}>{t("personal.client")}</Title>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          look();
        }}
      >
        <Group gap="sm" align="flex-start">
          <TextInput
            flex={1}
            label={t("personal.query")}
            description={t("personal.clientText")}
            value={query}
            maxLength={200}
            onChange={(event) => setQuery(event.currentTarget.value)}
            error={isWrong && t("personal.queryWrong")}
            autoComplete="off"
            data-testid={ids.personal("query")}
          />
          <MayButton
            command="clients.find"
            type="submit"
            variant="default"
            mt={45}
            leftSection={<IconSearch size={15} />}
            disabled={query.trim() === ""}
            loading={find.isPending}
            data-testid={ids.personal("search")}
          >
            {t("personal.search")}
          </MayButton>
        </Group>
      </form>
      {find.error && !isWrong && <ErrorNote error={find.error} />}
      {done && <Outcome done={done} />}
      {!done && found && (
        <Result
          found={found.told}
          query={found.query}
          chosen={chosen}
          choose={setChosen}
          erased={(told) => {
            setDone(told);
            setFound(null);
            setQuery("");
          }}
        />
      )}
    </Stack>
  );
}

interface ResultProps {
  found: ClientsFound;
  query: string;
  chosen: string[];
  choose: (keys: string[]) => void;
  erased: (done: ClientErased) => void;
}

function Result({ found, query, chosen, choose, erased }: ResultProps) {
  const { t } = useTranslation();
  const { clients, loose } = found;
  const isElsewhere = loose.deliveries + loose.rejects + loose.audit + loose.texts > 0;
  if (clients.length === 0 && !isElsewhere) return <Text size="sm">{t("personal.nobody")}</Text>;
  const toggle = (key: string) => choose(chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key]);
  return (
    <Stack gap="sm" data-testid={ids.personal("found")}>
      {found.isCut && <Alert color="yellow">{t("personal.cut")}</Alert>}
      {clients.length === 0 && <Text size="sm">{t("personal.someElsewhere")}</Text>}
      {clients.length > 1 && <Text size="sm">{t("personal.several")}</Text>}
      {clients.map((client) => (
        <Checkbox
          key={client.key}
          label={<Who client={client} />}
          checked={chosen.includes(client.key)}
          onChange={() => toggle(client.key)}
          data-testid={ids.personalClient(client.key)}
        />
      ))}
      <ClientKept
        query={query}
        found={found}
        isElsewhere={isElsewhere}
        chosen={clients.filter((one) => chosen.includes(one.key))}
        erased={erased}
      />
    </Stack>
  );
}

/** Who it is, and how much there is of them. */
function Who({ client }: { client: ClientInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = [client.name, client.email, client.phone, client.taxId].filter(Boolean);
  const counts = [
    t("personal.orders", { count: client.orders }),
    t("personal.documents", { count: client.documentCount }),
    t("personal.deliveries", { count: client.deliveries }),
  ];
  if (client.erased > 0) counts.push(t("personal.erasedBefore", { count: client.erased }));
  if (client.firstMs !== null && client.lastMs !== null) {
    counts.push(t("personal.between", { from: format.instant(client.firstMs), to: format.instant(client.lastMs) }));
  }
  return (
    <>
      {names.join(" · ")}
      <Text size="sm" c="dimmed" component="span" display="block">
        {counts.join(" · ")}
      </Text>
    </>
  );
}
