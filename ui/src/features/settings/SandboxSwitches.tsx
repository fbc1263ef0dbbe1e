import { Group, NumberInput, SegmentedControl, Select, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct, useAsk } from "../../api/queries";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { MayButton } from "../../shared/ui/MayButton";
import { Card } from "./Card";
import { Setting } from "./Setting";

/** A shop has only reads: nothing of it can be refused for its VAT or series. */
const SHOP_KINDS = ["timeout_before", "status_429", "status_500", "wrong_credential"];
const KINDS = ["timeout_after", "refuse_vat", "refuse_series", ...SHOP_KINDS];

/** Trouble on order, to practise on. */
export function SandboxSwitches() {
  const { t } = useTranslation();
  const sandbox = useAsk("sandbox.get", {});
  const arm = useAct("sandbox.set_fault");
  const clear = useAct("sandbox.clear_faults");
  const add = useAct("sandbox.add_orders");
  const [provider, setProvider] = useState("smartbill");
  const [kind, setKind] = useState("timeout_after");
  const [times, setTimes] = useState("once");
  const [count, setCount] = useState(3);
  const kinds = provider === "woocommerce" ? SHOP_KINDS : KINDS;
  const chosen = kinds.includes(kind) ? kind : (kinds[0] ?? kind);
  const error = sandbox.error ?? arm.error ?? clear.error ?? add.error;
  return (
    <Card of="sandbox" testId="sandbox-switches">
      <Title order={2}>{t("sandbox.title")}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t("sandbox.text")}
      </Text>
      <Stack gap="sm">
        {error && <ErrorNote error={error} />}
        {sandbox.data && (
          <Text size="sm">
            {t("sandbox.holds", {
              orders: sandbox.data.orders,
              smartbill: sandbox.data.smartbillDocuments,
              oblio: sandbox.data.oblioDocuments,
            })}
          </Text>
        )}
        <Setting id="sandbox-orders">
          <Group align="flex-end" gap="xs">
            <NumberInput
              w={120}
              size="xs"
              label={t("sandbox.orders")}
              min={1}
              max={100}
              value={count}
              onChange={(value) => setCount(Math.max(1, Math.min(100, Number(value) || 1)))}
            />
            <MayButton
              command="sandbox.add_orders"
              variant="default"
              loading={add.isPending}
              onClick={() => add.mutate({ count })}
              data-testid="sandbox-add"
            >
              {t("sandbox.add", { count })}
            </MayButton>
          </Group>
        </Setting>
        <Setting id="sandbox-trouble" changed={(sandbox.data?.faults.length ?? 0) > 0}>
          <Stack gap="sm">
            <Group align="flex-end" gap="xs">
              <Select
                w={150}
                size="xs"
                label={t("sandbox.where")}
                data={["smartbill", "oblio", "woocommerce"].map((value) => ({ value, label: t(`system.${value}`) }))}
                value={provider}
                onChange={(value) => value && setProvider(value)}
                allowDeselect={false}
              />
              <Select
                w={330}
                size="xs"
                label={t("sandbox.what")}
                data={kinds.map((value) => ({ value, label: t(`fault.${value}`) }))}
                value={chosen}
                onChange={(value) => value && setKind(value)}
                allowDeselect={false}
              />
              <SegmentedControl
                size="xs"
                value={times}
                onChange={setTimes}
                data={["once", "always"].map((value) => ({ value, label: t(`sandbox.${value}`) }))}
              />
              <MayButton
                command="sandbox.set_fault"
                loading={arm.isPending}
                onClick={() => arm.mutate({ provider, kind: chosen, times: times === "once" ? 1 : null })}
                data-testid="sandbox-arm"
              >
                {t("sandbox.arm")}
              </MayButton>
            </Group>
            {sandbox.data?.faults.length === 0 && (
              <Text size="sm" c="dimmed">
                {t("sandbox.none")}
              </Text>
            )}
            {sandbox.data && sandbox.data.faults.length > 0 && (
              <>
                <Stack gap={2} data-testid="sandbox-faults">
                  {sandbox.data.faults.map((fault, at) => (
                    <Text size="sm" key={`${at}-${fault.kind}`}>
                      {`${t(`system.${fault.provider}`)}: ${t(`fault.${fault.kind}`, { defaultValue: fault.kind })}, `}
                      {fault.times === null ? t("sandbox.always") : t("sandbox.times", { count: fault.times })}
                    </Text>
                  ))}
                </Stack>
                <MayButton
                  command="sandbox.clear_faults"
                  variant="default"
                  w="max-content"
                  loading={clear.isPending}
                  onClick={() => clear.mutate({})}
                  data-testid="sandbox-clear"
                >
                  {t("sandbox.clear")}
                </MayButton>
              </>
            )}
          </Stack>
        </Setting>
      </Stack>
    </Card>
  );
}
