import { Button, Group, Text } from "@mantine/core";
import { IconCircleCheck, IconCircleOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PersonInfo } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { Badge } from "../../../shared/ui/Badge";
import { Time } from "../../../shared/ui/Time";
import { PasswordDialog } from "./PasswordDialog";
import { PersonDialog } from "./PersonDialog";

type Open = { what: "change" | "password"; person: PersonInfo } | null;

interface Props {
  people: PersonInfo[];
  /** Whoever is signed in. */
  own: string;
}

/** Everybody who may, or might once, work here. */
export function PeopleTable({ people, own }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  return (
    <>
      <table className="plain">
        <thead>
          <tr>
            {["name", "role", "state", "lastSignIn"].map((name) => (
              <th key={name} scope="col">
                {t(`people.${name}`)}
              </th>
            ))}
            <th />
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <Row key={person.id} person={person} isOwn={person.name === own} open={(what) => setOpen({ what, person })} />
          ))}
        </tbody>
      </table>
      {open?.what === "change" && <PersonDialog person={open.person} close={close} />}
      {open?.what === "password" && <PasswordDialog person={open.person} close={close} />}
    </>
  );
}

interface RowProps {
  person: PersonInfo;
  isOwn: boolean;
  open: (what: "change" | "password") => void;
}

function Row({ person, isOwn, open }: RowProps) {
  const { t } = useTranslation();
  const { name, role, active, signedInMs } = person;
  return (
    <tr data-testid={ids.person(name)}>
      <td>
        <b>{name}</b>
        {isOwn && (
          <Text span size="sm" c="dimmed">
            {` · ${t("people.you")}`}
          </Text>
        )}
      </td>
      <td>{t(`settings.role.${role}`)}</td>
      <td>
        <Badge icon={active ? IconCircleCheck : IconCircleOff} color={active ? "var(--state-issued)" : "var(--mantine-color-dimmed)"}>
          {t(active ? "people.active" : "people.inactive")}
        </Badge>
      </td>
      <td>{signedInMs === null ? t(isOwn ? "people.now" : "people.never") : <Time ms={signedInMs} />}</td>
      <td className="num">
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t("people.changeOf", { name })}
            onClick={() => open("change")}
            data-testid={ids.personChange(name)}
          >
            {t("people.change")}
          </Button>
          {/* the own one is changed with the one that counts now */}
          {!isOwn && (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={t("people.setPasswordOf", { name })}
              onClick={() => open("password")}
              data-testid={ids.personPassword(name)}
            >
              {t("people.setPassword")}
            </Button>
          )}
        </Group>
      </td>
    </tr>
  );
}
