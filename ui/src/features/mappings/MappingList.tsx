import { Button, Group, Text, Title } from "@mantine/core";
import { IconPencil, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Mappings } from "../../api/generated/api";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { Badge } from "../../shared/ui/Badge";
import { Empty } from "../../shared/ui/Empty";
import { MayButton } from "../../shared/ui/MayButton";
import { NewMapping } from "./NewMapping";

/** Every mapping with its version, the flows that use it, and whether a draft of it waits. */
export function MappingList({ known }: { known: Mappings }) {
  const { t } = useTranslation();
  const go = useGo();
  const [adding, add] = useState(false);
  const button = (
    <MayButton command="mappings.create" leftSection={<IconPlus size={15} />} onClick={() => add(true)} data-testid={ids.mappingNew}>
      {t("editor.new.open")}
    </MayButton>
  );
  return (
    <div className="screen" data-testid={ids.mappingList}>
      <Group justify="space-between" mb={12}>
        <Title order={1}>{t("nav.mappings")}</Title>
        {known.mappings.length > 0 && button}
      </Group>
      {known.mappings.length === 0 && (
        <Empty title={t("editor.list.none")} text={t("editor.list.noneText")}>
          {button}
        </Empty>
      )}
      {known.mappings.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th>{t("editor.list.name")}</th>
              <th>{t("editor.list.version")}</th>
              <th>{t("editor.list.flows")}</th>
              <th>{t("editor.list.draft")}</th>
              <th aria-label={t("common.open")} />
            </tr>
          </thead>
          <tbody>
            {known.mappings.map((mapping) => {
              const open = () => go.screen("/mappings", { mapping: mapping.id });
              return (
                <tr key={mapping.id} className="link-row" onClick={open}>
                  <td>
                    <b>{mapping.name}</b>
                  </td>
                  <td>{mapping.version === 0 ? t("editor.list.unpublished") : t("editor.version", { version: mapping.version })}</td>
                  <td>{mapping.flows.length === 0 ? <Text size="sm" c="dimmed">{t("editor.list.unused")}</Text> : mapping.flows.join(", ")}</td>
                  <td>
                    {mapping.hasDraft && (
                      <Badge icon={IconPencil} color="var(--state-waiting)">
                        {t("editor.list.hasDraft")}
                      </Badge>
                    )}
                  </td>
                  <td className="num">
                    <Button
                      size="compact-xs"
                      variant="default"
                      onClick={(event) => {
                        event.stopPropagation();
                        open();
                      }}
                      aria-label={t("editor.list.open", { name: mapping.name })}
                      data-testid={ids.mappingOpen(mapping.id)}
                    >
                      {t("common.open")}
                    </Button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {adding && <NewMapping known={known} close={() => add(false)} />}
    </div>
  );
}
