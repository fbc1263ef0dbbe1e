import { Group, Skeleton, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Where a record's parts will stand, while it is being read. */
export function RecordSkeleton() {
  const { t } = useTranslation();
  return (
    <Stack p="md" gap="sm" role="status" aria-label={t("common.loading")}>
      <Skeleton height={18} width="55%" animate={false} />
      <Skeleton height={14} width="35%" animate={false} />
      <Group gap="xs" mt={4}>
        {[72, 96, 140].map((width) => (
          <Skeleton key={width} height={30} width={width} animate={false} />
        ))}
      </Group>
      <Skeleton height={12} mt="md" animate={false} />
      <Skeleton height={12} width="80%" animate={false} />
    </Stack>
  );
}
