import type { ApiError, ImportInfo } from "../../api/generated/api";
import type { Host } from "../../api/host";

/** A piece before base64: the most that the host takes at once. */
export const PIECE = 1024 * 1024;

/** Sends what the host has not received yet, piece after piece; ends early where it is told to stop. */
export async function sendPieces(
  host: Host,
  begun: ImportInfo,
  file: File,
  stop: AbortSignal,
  onInfo: (info: ImportInfo) => void,
): Promise<void> {
  let info = begun;
  while (!stop.aborted && info.state === "receiving" && info.received < file.size) {
    const offset = info.received;
    const base64 = await base64Of(file.slice(offset, offset + PIECE));
    if (stop.aborted) return;
    info = await host.call("imports.append", { id: info.id, offset, base64 });
    onInfo(info);
    if (info.received <= offset) throw unreadable("the host received nothing");
  }
}

function unreadable(detail: string): ApiError {
  return { code: "invalid_input", field: "gone", detail, failure: null };
}

/** A file that was changed or removed since it was chosen gives no bytes. */
function base64Of(piece: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(unreadable(reader.error?.message ?? ""));
    reader.onload = () => {
      const url = typeof reader.result === "string" ? reader.result : "";
      resolve(url.slice(url.indexOf(",") + 1));
    };
    reader.readAsDataURL(piece);
  });
}
