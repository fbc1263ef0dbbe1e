import { Modal, Stack, Textarea } from "@mantine/core";
import { type ReactNode, useEffect, useEffectEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiError } from "../../api/generated/api";
import { needsSecond } from "../lib/errors";
import { ids } from "../lib/testids";
import { DialogFoot } from "./DialogFoot";
import { ErrorNote } from "./ErrorNote";

interface Props {
  opened: boolean;
  title: string;
  /** What will happen, and why it is safe. */
  children?: ReactNode;
  /** The act, as a verb with its object. */
  act: string;
  danger?: boolean;
  /** A reason has to be given, and is kept. */
  askReason?: boolean;
  /** Why it cannot be done yet, beside a missing reason. */
  missing?: string | null;
  /** Input fields that show their own error. */
  fields?: string[];
  /** Where the words of its refusals are. */
  refusals?: string;
  busy: boolean;
  error: ApiError | null;
  onAct: (reason: string) => void;
  onClose: () => void;
}

/** Says what will happen, then does it. The act is never the button that Enter presses by itself. */
export function ConfirmDialog(props: Props) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const without = props.askReason === true && reason.trim() === "";
  const missing = props.missing ?? (without ? t("common.reasonMissing") : null);
  const field = props.error?.field ?? "";
  const atReason = props.askReason === true && field === "reason";
  // while it is done nobody leaves it: what comes of it, or why nothing did, is told here
  const onClose = () => {
    if (!props.busy) props.onClose();
  };
  const waits = needsSecond(props.error);
  // it was written down: nothing is left to be done here. Only when that is answered, not whenever the parent draws anew
  const closes = useEffectEvent(() => onClose());
  useEffect(() => {
    if (waits) closes();
  }, [waits]);
  return (
    <Modal opened={props.opened} onClose={onClose} title={props.title} centered transitionProps={{ duration: 80 }}>
      <Stack gap="sm">
        {props.children}
        {props.askReason && (
          <Textarea
            label={t("common.reason")}
            description={t("common.reasonKept")}
            error={atReason && t("acts.wrong.reason")}
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.currentTarget.value)}
            data-testid={ids.reason}
          />
        )}
        {props.error && !atReason && !props.fields?.includes(field) && <ErrorNote error={props.error} refusals={props.refusals} />}
        <DialogFoot
          missing={missing}
          label={props.act}
          busy={props.busy}
          danger={props.danger}
          confirms
          act={() => props.onAct(reason.trim())}
          close={onClose}
          testId={ids.confirm}
        />
      </Stack>
    </Modal>
  );
}
