import { Stack, Text, Title } from "@mantine/core";
import { IconCircleCheck, IconCirclePlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { SetupPlan } from "../../../api/generated/api";
import { Badge } from "../../../shared/ui/Badge";

/** What is in the file, each with whether it comes or is here already. What is wrong is missing from it, so then no list is called empty. */
export function Plan({ plan }: { plan: SetupPlan }) {
  const { t } = useTranslation();
  const isWhole = plan.problems.length === 0;
  return (
    <Stack gap="md">
      <Table isWhole={isWhole} of="connections" heads={["name", "kind", "detail"]} fates={plan.connections}>
        {(at) => {
          const one = plan.connections[at];
          return [one?.name, t(`system.${one?.kind}`, { defaultValue: one?.kind }), one?.detail];
        }}
      </Table>
      <Table isWhole={isWhole} of="mappings" heads={["name", "detail"]} fates={plan.mappings}>
        {(at) => [plan.mappings[at]?.name, t("setup.plan.rules", { count: Number(plan.mappings[at]?.detail) || 0 })]}
      </Table>
      <Table isWhole={isWhole} of="flows" heads={["name", "between", "mapping", "company", "series"]} fates={plan.flows}>
        {(at) => {
          const one = plan.flows[at];
          return [one?.name, `${one?.shop} – ${one?.billing}`, one?.mapping, one?.company, one?.series];
        }}
      </Table>
    </Stack>
  );
}

interface TableProps {
  of: "connections" | "mappings" | "flows";
  heads: string[];
  fates: { fate: string }[];
  isWhole: boolean;
  /** The cells of a row. */
  children: (row: number) => ReactNode[];
}

function Table({ of, heads, fates, isWhole, children }: TableProps) {
  const { t } = useTranslation();
  if (fates.length === 0 && !isWhole) return null;
  return (
    <div>
      <Title order={4} mb={2}>
        {t(`setup.plan.${of}`)}
      </Title>
      {fates.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("setup.plan.none")}
        </Text>
      )}
      {fates.length > 0 && (
        <table className="plain setup-plan" data-testid={`setup-${of}`}>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {t(of === "mappings" && head === "detail" ? "setup.plan.size" : `setup.plan.${head}`)}
                </th>
              ))}
              <th scope="col">{t("setup.plan.fate")}</th>
            </tr>
          </thead>
          <tbody>
            {fates.map(({ fate }, row) => (
              <tr key={row} data-fate={fate}>
                {children(row).map((cell, at) => (
                  <td key={at}>{cell}</td>
                ))}
                <td>
                  <Fate fate={fate} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function Fate({ fate }: { fate: string }) {
  const { t } = useTranslation();
  const isNew = fate === "new";
  return (
    <Badge icon={isNew ? IconCirclePlus : IconCircleCheck} color={isNew ? "var(--state-issued)" : "var(--mantine-color-dimmed)"}>
      {t(`setup.plan.${isNew ? "new" : "kept"}`)}
    </Badge>
  );
}
