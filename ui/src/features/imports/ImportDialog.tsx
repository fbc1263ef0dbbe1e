import { Alert, Anchor, Group, Modal, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportInfo } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { useGo, usePlace } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { Look } from "./Look";
import { Over } from "./Over";
import { Running } from "./Running";
import { Sending } from "./Sending";
import { type Refused, useUploads } from "./uploads";

/** The import that the address names: sent, looked at, run and told of. May be closed at any time, and is found again. */
export function ImportDialog() {
  const { t } = useTranslation();
  const go = useGo();
  const place = usePlace();
  const { refused, forgetRefused } = useUploads();
  // words stay while the dialog fades
  const [last, setLast] = useState(place.import);
  if (place.import !== undefined && place.import !== last) setLast(place.import);
  const id = last ?? "";
  const answer = useAsk("imports.get", { id }, id !== "");
  const info = answer.data?.id === id ? answer.data : null;
  const close = () => go.stay({ import: undefined });
  // one that failed can be looked at again, as long as its file is kept
  const [anew, setAnew] = useState("");
  const isLook = info !== null && (info.state === "received" || (info.state === "failed" && info.hasFile && anew === info.id));
  return (
    <>
      <Modal
        opened={place.import !== undefined}
        onClose={close}
        title={info ? t("imports.titleOf", { name: info.fileName }) : t("imports.title")}
        size={isLook ? "min(1180px, 96vw)" : "min(860px, 94vw)"}
        centered
        transitionProps={{ duration: 80 }}
      >
        <Stack gap="md" data-testid={ids.importDialog} data-state={info?.state}>
          {refused.length > 0 && (
            <Alert
              color="orange"
              variant="light"
              icon={<IconAlertTriangle size={18} />}
              title={t("imports.notTaken")}
              withCloseButton
              closeButtonLabel={t("common.close")}
              onClose={forgetRefused}
            >
              <NotTaken files={refused} />
            </Alert>
          )}
          {answer.error && !info && <ErrorNote error={answer.error} again={() => void answer.refetch()} />}
          {!info && !answer.error && <Loading />}
          {info && <Others but={info.id} />}
          {info && <Part key={info.id} info={info} isLook={isLook} close={close} anew={() => setAnew(info.id)} />}
        </Stack>
      </Modal>
      <Modal
        opened={refused.length > 0 && place.import === undefined}
        onClose={forgetRefused}
        title={t("imports.notTaken")}
        centered
        transitionProps={{ duration: 80 }}
      >
        <NotTaken files={refused} />
      </Modal>
    </>
  );
}

interface PartProps {
  info: ImportInfo;
  isLook: boolean;
  close: () => void;
  anew: () => void;
}

function Part({ info, isLook, close, anew }: PartProps) {
  if (isLook) return <Look info={info} close={close} />;
  if (info.state === "receiving") return <Sending info={info} close={close} />;
  if (info.state === "running") return <Running info={info} close={close} />;
  return <Over info={info} close={close} anew={anew} />;
}

/** Files that no import was begun for, each with the reason. */
function NotTaken({ files }: { files: Refused[] }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" data-testid={ids.importNotTaken}>
      {files.map(({ name, why }, at) => (
        <div key={`${at} ${name}`}>
          <Text size="sm" fw={600}>
            {name}
          </Text>
          {typeof why === "string" ? <Text size="sm">{t(`imports.unfit.${why}`)}</Text> : <ErrorNote error={why} refusals="imports.refused" />}
        </div>
      ))}
    </Stack>
  );
}

/** Other files that were dropped along, and wait for a person. */
function Others({ but }: { but: string }) {
  const { t } = useTranslation();
  const go = useGo();
  const imports = useAsk("imports.list", {});
  const waiting = imports.data?.imports.filter(({ id, state }) => id !== but && (state === "received" || state === "receiving")) ?? [];
  if (waiting.length === 0) return null;
  return (
    <Group gap="sm">
      <Text size="sm" c="dimmed">
        {t("imports.others")}
      </Text>
      {waiting.map((one) => (
        <Anchor key={one.id} component="button" size="sm" onClick={() => go.stay({ import: one.id })}>
          {one.fileName}
        </Anchor>
      ))}
    </Group>
  );
}
