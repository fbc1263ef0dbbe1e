import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiError, ImportInfo } from "../../api/generated/api";
import { toApiError } from "../../api/host";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { MayButton } from "../../shared/ui/MayButton";
import { useUploads } from "./uploads";

/** Gives an import up of which nothing was taken in yet: its file goes, and so does the dialog. */
export function Discard({ info, close, label }: { info: ImportInfo; close: () => void; label: string }) {
  const { t } = useTranslation();
  const { discard } = useUploads();
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    try {
      await discard(info.id);
      close();
    } catch (thrown) {
      setError(toApiError(thrown));
      setBusy(false);
    }
  };
  return (
    <>
      {error && <ErrorNote error={error} refusals="imports.refused" />}
      <MayButton
        command="imports.cancel"
        variant="default"
        loading={busy}
        onClick={() => void go()}
        title={t("imports.discardText")}
        data-testid={ids.importDiscard}
      >
        {label}
      </MayButton>
    </>
  );
}
