import { NumberInput, PasswordInput, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ConnectionInput } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { identityField, isAsked, isShop, needsAddress } from "./kinds";

/** Of what an address looks like. */
const EXAMPLES: Record<string, string> = { shopify: "magazin.myshopify.com" };

interface Props {
  draft: ConnectionInput;
  set: (change: Partial<ConnectionInput>) => void;
  /** What is wrong with a field, as the other side said; undefined where nothing is. */
  wrong: (field: string) => string | undefined;
  /** Orders of the connection are known: what makes it the shop that it is stays. */
  isFixed?: boolean;
}

/** What a text field of the connection shows and does, in its system's words. */
export function useField({ draft, set, wrong, isFixed = false }: Props) {
  const { t } = useTranslation();
  const stays = isFixed ? identityField(draft.kind) : null;
  return (name: "address" | "account" | "secret" | "name") => ({
    ...(stays === name && { readOnly: true, variant: "filled", description: t("wizard.fixed") }),
    label: t(`wizard.${draft.kind}.${name}`, { defaultValue: t(`wizard.${name}`) }),
    value: draft[name],
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
    error: wrong(name),
    "data-testid": ids.connForm(name),
    autoComplete: "off",
  });
}

interface AllProps extends Props {
  isKnown: boolean;
  /** Known, and without a credential so far. */
  isBare: boolean;
}

/** Where, as whom and with what; what most need not touch stands under Advanced. */
export function CredentialFields({ isKnown, isBare, ...props }: AllProps) {
  const { t } = useTranslation();
  const place = isBare ? [t("wizard.noSecret"), t("wizard.secretPlace")] : [t(isKnown ? "wizard.keepSecret" : "wizard.secretPlace")];
  const field = useField(props);
  const { kind } = props.draft;
  return (
    <>
      {needsAddress(kind) && <TextInput {...field("address")} placeholder={EXAMPLES[kind] ?? "https://"} />}
      {isAsked(kind) && (
        <>
          <TextInput description={kind === "stripe" && t("wizard.stripe.accountText")} {...field("account")} />
          <PasswordInput
            {...field("secret")}
            description={[...place, t(`wizard.${kind}.secretText`, { defaultValue: "" })].join(" ")}
          />
        </>
      )}
      {isAsked(kind) && !needsAddress(kind) && <Advanced {...props} />}
    </>
  );
}

function Advanced({ draft, set, wrong }: Props) {
  const { t } = useTranslation();
  const field = useField({ draft, set, wrong });
  return (
    <details open={draft.address !== "" || wrong("address") !== undefined}>
      <Text component="summary" size="sm" c="dimmed" mb={6} style={{ cursor: "pointer" }}>
        {t("wizard.advanced")}
      </Text>
      <Stack gap="sm">
        <TextInput {...field("address")} description={t("wizard.publicAddress")} />
        {!isShop(draft.kind) && (
          <NumberInput
            label={t("wizard.reserve")}
            description={t("wizard.reserveText")}
            min={0}
            max={25}
            clampBehavior="strict"
            allowDecimal={false}
            value={draft.reserve}
            onChange={(value) => set({ reserve: Number(value) || 0 })}
            error={wrong("reserve")}
            data-testid={ids.connForm("reserve")}
          />
        )}
        {draft.kind === "smartbill" && (
          <Switch
            label={t("wizard.legacyRoutes")}
            description={t("wizard.legacyRoutesText")}
            checked={draft.legacyRoutes}
            onChange={(event) => set({ legacyRoutes: event.currentTarget.checked })}
            data-testid={ids.connForm("legacy")}
          />
        )}
      </Stack>
    </details>
  );
}
