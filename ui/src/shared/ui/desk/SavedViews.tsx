import { ActionIcon, Button, Divider, Group, Popover, Stack, Text, TextInput } from "@mantine/core";
import { IconPencil, IconStar, IconStarFilled, IconTrash } from "@tabler/icons-react";
import { type FormEvent, memo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ColumnState, ListName, SavedView, SortBy } from "../../../api/generated/api";
import { useAct, useAsk } from "../../../api/queries";
import { BUILTIN_VIEWS } from "../../lib/builtinViews";
import { ids } from "../../lib/testids";
import { ErrorNote } from "../ErrorNote";
import { useUndo } from "../useUndo";

interface Props {
  list: ListName;
  text: string;
  sort: SortBy | null;
  columns: ColumnState[];
  /** Columns are null where a view says nothing of them. */
  onView: (text: string, sort: SortBy | null, columns: ColumnState[] | null) => void;
}

/** Searches that are kept by name: those that come with the list, and the operator's own. */
export const SavedViews = memo(function SavedViews({ list, text, sort, columns, onView }: Props) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const views = useAsk("views.list", { list });
  const own = views.data?.views ?? [];
  const now = own.find((one) => one.text === text);
  const builtin = BUILTIN_VIEWS[list].find((one) => one.text === text);
  const name = now?.name ?? (builtin && t(`desk.builtin.${builtin.id}`)) ?? t("desk.views");
  const go = (wanted: string, by: SortBy | null, shown: ColumnState[] | null) => {
    onView(wanted, by, shown);
    setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" width={300} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={now || builtin ? <IconStarFilled size={14} /> : <IconStar size={14} />}
          onClick={() => setOpened(!opened)}
          data-testid={ids.views}
        >
          {name}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label={t("desk.views")}>
        <Stack gap={2}>
          {BUILTIN_VIEWS[list].map((view) => (
            <Choice key={view.id} name={t(`desk.builtin.${view.id}`)} shown={view.text === text} onGo={() => go(view.text, null, null)} />
          ))}
          {own.length > 0 && <Divider my={4} label={t("desk.ownViews")} labelPosition="left" />}
          {own.map((view) => (
            <Own key={view.id} view={view} taken={own.filter((one) => one.id !== view.id).map((one) => one.name)} shown={view.text === text} onGo={() => go(view.text, view.sort, view.columns)} />
          ))}
          <Divider my={4} />
          <Save view={{ id: "", list, name: "", text, sort, columns }} taken={own.map((one) => one.name)} />
          {views.error && <ErrorNote error={views.error} />}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
});

function Choice({ name, shown, onGo }: { name: string; shown: boolean; onGo: () => void }) {
  return (
    <Button
      variant={shown ? "light" : "subtle"}
      color={shown ? undefined : "gray"}
      justify="flex-start"
      fullWidth
      onClick={onGo}
      aria-pressed={shown}
      data-testid={ids.view(name)}
    >
      {name}
    </Button>
  );
}

interface OwnProps {
  view: SavedView;
  /** Names of the others. */
  taken: string[];
  shown: boolean;
  onGo: () => void;
}

function Own({ view, taken, shown, onGo }: OwnProps) {
  const { t } = useTranslation();
  const [renaming, setRenaming] = useState<string | null>(null);
  const save = useAct("views.save");
  const remove = useAct("views.delete");
  const undo = useUndo();
  const wanted = renaming?.trim() ?? "";
  const missing = useMissing(wanted, taken);
  const rename = (event: FormEvent) => {
    event.preventDefault();
    if (missing === null) save.mutate({ ...view, name: wanted }, { onSuccess: () => setRenaming(null) });
  };
  const restore = () => save.mutate({ ...view, id: "" });
  const error = save.error ?? remove.error;
  if (renaming !== null) {
    return (
      <form onSubmit={rename}>
        <TextInput
          size="xs"
          data-autofocus
          autoFocus
          aria-label={t("desk.viewName")}
          value={renaming}
          onChange={(event) => setRenaming(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Escape" && (event.stopPropagation(), setRenaming(null))}
          onBlur={() => setRenaming(null)}
          error={missing}
          data-testid={ids.viewName}
        />
        {save.error && <ErrorNote error={save.error} />}
      </form>
    );
  }
  return (
    <>
      <Group gap={2} wrap="nowrap">
        <Choice name={view.name} shown={shown} onGo={onGo} />
        <ActionIcon
          variant="subtle"
          color="gray"
          onClick={() => setRenaming(view.name)}
          aria-label={t("desk.renameView", { name: view.name })}
          title={t("desk.renameView", { name: view.name })}
          data-testid={ids.viewRename(view.name)}
        >
          <IconPencil size={15} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          onClick={() => remove.mutate({ id: view.id }, { onSuccess: () => undo(t("desk.viewDeleted", { name: view.name }), restore) })}
          aria-label={t("desk.deleteView", { name: view.name })}
          title={t("desk.deleteView", { name: view.name })}
          data-testid={ids.viewDelete(view.name)}
        >
          <IconTrash size={15} />
        </ActionIcon>
      </Group>
      {error && <ErrorNote error={error} />}
    </>
  );
}

/** Why a view cannot have this name. */
function useMissing(wanted: string, taken: string[]): string | null {
  const { t } = useTranslation();
  if (taken.includes(wanted)) return t("desk.viewTaken");
  return wanted === "" ? t("desk.viewUnnamed") : null;
}

function Save({ view, taken }: { view: SavedView; taken: string[] }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const save = useAct("views.save");
  const wanted = name.trim();
  const missing = useMissing(wanted, taken);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (missing === null) save.mutate({ ...view, name: wanted }, { onSuccess: () => setName("") });
  };
  return (
    <form onSubmit={submit}>
      <Text size="xs" c="dimmed" mb={4}>
        {t("desk.saveViewText")}
      </Text>
      <Group gap={6} wrap="nowrap" align="flex-start">
        <TextInput
          size="xs"
          flex={1}
          aria-label={t("desk.viewName")}
          placeholder={t("desk.viewName")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={wanted !== "" && missing}
          data-testid={ids.viewName}
        />
        <Button type="submit" disabled={missing !== null} title={missing ?? undefined} loading={save.isPending} data-testid={ids.viewSave}>
          {t("desk.saveView")}
        </Button>
      </Group>
      {save.error && <ErrorNote error={save.error} />}
    </form>
  );
}
