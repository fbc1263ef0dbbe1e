import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconEye, IconEyeOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { DeliveryInfo } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";

interface Props {
  delivery: DeliveryInfo;
  personal: boolean;
  setPersonal: (on: boolean) => void;
}

/** What came: the content first, with what is personal hidden until it is asked for, then the headers. */
export function Content({ delivery, personal, setPersonal }: Props) {
  const { t } = useTranslation();
  const { body, isMasked, isCut } = delivery;
  const Icon = personal ? IconEyeOff : IconEye;
  return (
    <>
      <Stack gap={6}>
        <Group gap="sm">
          <Title order={3}>{t("inbox.body")}</Title>
          {(isMasked || personal) && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<Icon size={14} />}
              onClick={() => setPersonal(!personal)}
              data-testid={ids.deliveryPersonal}
            >
              {t(personal ? "inbox.notPersonal" : "inbox.personal")}
            </Button>
          )}
        </Group>
        {isMasked && (
          <Text size="sm" c="dimmed">
            {t("inbox.masked")}
          </Text>
        )}
        {isCut && (
          <Text size="sm" c="dimmed">
            {t("inbox.cut")}
          </Text>
        )}
        {body === "" ? (
          <Text size="sm">{t("inbox.noBody")}</Text>
        ) : (
          <pre className="mono" tabIndex={0} data-testid={ids.deliveryBody}>
            {body}
          </pre>
        )}
      </Stack>
      <Headers headers={delivery.headers} />
    </>
  );
}

function Headers({ headers }: Pick<DeliveryInfo, "headers">) {
  const { t } = useTranslation();
  const named = Object.entries(headers);
  return (
    <Stack gap={6}>
      <Title order={3}>{t("inbox.headers")}</Title>
      {named.length === 0 && <Text size="sm">{t("inbox.noHeaders")}</Text>}
      {named.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th>{t("inbox.headerName")}</th>
              <th>{t("inbox.headerValue")}</th>
            </tr>
          </thead>
          <tbody>
            {named.map(([name, value]) => (
              <tr key={name}>
                <td className="mono">{name}</td>
                <td className="mono">{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Stack>
  );
}
