import { Autocomplete, Button, Group, Popover } from "@mantine/core";
import { IconUser, IconUserPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Commands } from "../../api/generated/api";
import { ids } from "../lib/testids";
import { MayButton } from "./MayButton";

interface Props {
  /** What it is changed with. */
  command: keyof Commands;
  owner: string;
  people: string[];
  size?: string;
  onAssign: (owner: string) => void;
}

/** Who looks after something: shown, and changed to a name that is known or typed. */
export function OwnerPicker({ command, owner, people, size, onAssign }: Props) {
  const { t } = useTranslation();
  const [opened, open] = useState(false);
  const [name, setName] = useState(owner);
  const assign = (to: string) => {
    onAssign(to.trim());
    open(false);
  };
  return (
    <Popover opened={opened} onChange={open} position="bottom-start" trapFocus withinPortal shadow="md">
      <Popover.Target>
        <MayButton
          command={command}
          variant="subtle"
          color="gray"
          size={size}
          leftSection={owner ? <IconUser size={15} aria-hidden /> : <IconUserPlus size={15} aria-hidden />}
          onClick={() => {
            setName(owner);
            open(!opened);
          }}
          aria-expanded={opened}
          data-testid={ids.owner}
        >
          {owner || t("owner.assign")}
        </MayButton>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            assign(name);
          }}
        >
          <Autocomplete
            label={t("owner.label")}
            description={t("owner.text")}
            data={people}
            value={name}
            onChange={setName}
            maxLength={100}
            comboboxProps={{ withinPortal: false }}
            data-testid={ids.ownerName}
          />
          <Group gap="xs" mt="sm" justify="flex-end">
            {owner && (
              <Button variant="subtle" color="gray" onClick={() => assign("")} data-testid={ids.ownerNobody}>
                {t("owner.nobody")}
              </Button>
            )}
            <Button type="submit" disabled={name.trim() === ""} title={name.trim() === "" ? t("owner.missing") : undefined} data-testid={ids.ownerSave}>
              {t("owner.act")}
            </Button>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
