import { type ReactNode, useRef, useState } from "react";
import type { ApiError, MappingDocument } from "../../../api/generated/api";
import { toApiError, useHost } from "../../../api/host";
import { saveText } from "../../../shared/lib/files";
import { ids } from "../../../shared/lib/testids";

/** A mapping as a file: saved from here, or read into the editor. */
export function useFiles() {
  const host = useHost();
  const chooser = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const write = async (document: MappingDocument) => {
    try {
      const { fileName, content } = await host.call("mappings.write_text", document);
      saveText(fileName, content, "application/json");
      setError(null);
    } catch (thrown) {
      setError(toApiError(thrown));
    }
  };
  const read = async (file: File, done: (document: MappingDocument) => void) => {
    try {
      const document = await host.call("mappings.read_text", { fileName: file.name, content: await file.text() });
      setError(null);
      done(document);
    } catch (thrown) {
      setError(toApiError(thrown));
    }
  };
  const input = (done: (document: MappingDocument) => void): ReactNode => (
    <input
      ref={chooser}
      type="file"
      accept=".json,.punte-mapping.json,application/json"
      hidden
      onChange={(event) => {
        const file = event.currentTarget.files?.[0];
        event.currentTarget.value = "";
        if (file) void read(file, done);
      }}
      data-testid={ids.mappingFile}
    />
  );
  return { write: (document: MappingDocument) => void write(document), choose: () => chooser.current?.click(), input, error };
}
