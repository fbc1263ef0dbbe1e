import { ActionIcon, Group, NativeSelect, TextInput, Tooltip } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BlockEntry } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { BLOCK_KINDS, withBlock, withoutBlock, wrongBlockName } from "../model/document";
import { useDesk } from "./desk";

/** Name and kind of a block's lines, and taking it out (undo brings it back). */
export function BlockHead({ block, title }: { block: BlockEntry; title: string }) {
  const { t } = useTranslation();
  const { editing, chosen, choose } = useDesk();
  const [name, setName] = useState(block.name);
  useEffect(() => setName(block.name), [block.name]);
  const wrong = wrongBlockName(editing.document, block.name, name.trim());
  const rename = () => {
    const wanted = name.trim();
    if (wrong) return setName(block.name);
    if (wanted === block.name) return;
    editing.change(withBlock(editing.document, block.name, { name: wanted }));
    if (chosen?.spot?.block === block.name) choose({ spot: { ...chosen.spot, block: wanted }, table: null });
  };
  const remove = () => {
    editing.change(withoutBlock(editing.document, block.name));
    if (chosen?.spot?.block === block.name) choose(null);
  };
  return (
    <Group gap={6} wrap="nowrap" style={{ minWidth: 0 }} flex={1}>
      <TextInput
        size="xs"
        variant="unstyled"
        className="block-name"
        aria-label={t("editor.blockName")}
        title={title}
        value={name}
        error={wrong ? t(`editor.problem.${wrong}.what`) : undefined}
        onChange={(event) => setName(event.currentTarget.value)}
        onBlur={rename}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") setName(block.name);
        }}
        data-testid={ids.blockName(block.name)}
      />
      <NativeSelect
        size="xs"
        variant="unstyled"
        // the name gives way, and not the word
        style={{ flex: "none" }}
        aria-label={t("editor.blockKind")}
        value={block.kind}
        data={BLOCK_KINDS.map((value) => ({ value, label: t(`editor.kind.${value}`) }))}
        onChange={(event) => editing.change(withBlock(editing.document, block.name, { kind: event.currentTarget.value }))}
        data-testid={ids.blockKind(block.name)}
      />
      <Tooltip label={t("editor.removeLines")}>
        <ActionIcon ml="auto" variant="subtle" color="gray" size="sm" onClick={remove} aria-label={t("editor.removeLines")} data-testid={ids.blockRemove(block.name)}>
          <IconTrash size={14} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
