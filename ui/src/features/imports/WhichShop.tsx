import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportInfo } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { type Target, useUploads } from "./uploads";

/** No connection has it for its id. */
const OTHER = "";

/** Of which shop the file is: two shops' orders may have the same numbers, so those of each are kept apart. */
export function WhichShop({ info, isJson }: { info: ImportInfo; isJson: boolean }) {
  const { t } = useTranslation();
  const { of, move } = useUploads();
  const [isMoving, setMoving] = useState(false);
  const [isOther, setOther] = useState(false);
  const [name, setName] = useState("");
  const connections = useAsk("connections.list", {});
  const isHere = of.has(info.id);
  // of a shop itself are only orders as it wrote them, whole
  const fitting = connections.data?.shops.filter(({ kind }) => kind === "file" || isJson);
  const shops = fitting ?? [{ id: info.connectionId, name: info.connection }];
  const go = (target: Target) => {
    setMoving(true);
    void move(info.id, target).finally(() => setMoving(false));
  };
  if (!isHere && shops.length < 2) {
    return (
      <Stack gap={2}>
        <Text size="sm" fw={500}>
          {t("imports.connection")}
        </Text>
        <Text size="sm">{info.connection}</Text>
        <Text size="sm" c="dimmed">
          {t("imports.connectionText")}
        </Text>
      </Stack>
    );
  }
  return (
    <Stack gap="xs">
      <Select
        label={t("imports.connection")}
        description={t(isHere ? "imports.connectionText" : "imports.connectionGone")}
        data={[...shops.map((one) => ({ value: one.id, label: one.name })), { value: OTHER, label: t("imports.otherShop") }]}
        value={isOther ? OTHER : info.connectionId}
        allowDeselect={false}
        disabled={!isHere || isMoving}
        onChange={(id) => {
          setOther(id === OTHER);
          if (id !== null && id !== OTHER && id !== info.connectionId) go({ connectionId: id });
        }}
        data-testid={ids.importConnection}
      />
      {isOther && (
        <Group gap="xs" align="end" wrap="nowrap">
          <TextInput
            label={t("imports.shopName")}
            description={t("imports.shopNameText")}
            value={name}
            maxLength={100}
            onChange={(event) => setName(event.currentTarget.value)}
            data-testid={ids.importShopName}
          />
          <Button
            variant="default"
            style={{ flex: "none" }}
            loading={isMoving}
            disabled={name.trim() === ""}
            onClick={() => go({ connectionName: name.trim() })}
            data-testid={ids.importShopUse}
          >
            {t("imports.shopUse")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
