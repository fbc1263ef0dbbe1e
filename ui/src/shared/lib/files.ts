import type { FileContent } from "../../api/generated/api";

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** Hands a file to the window to be saved; false where the window cannot save any. */
export function saveFile(file: FileContent): boolean {
  try {
    const url = URL.createObjectURL(new Blob([bytesOf(file.base64)], { type: file.mediaType }));
    const link = document.createElement("a");
    link.href = url;
    link.download = file.name;
    document.body.append(link);
    link.click();
    link.remove();
    // the window reads it after this turn
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    return true;
  } catch {
    return false;
  }
}

/** A text as a file. */
export function fileOf(name: string, text: string, mediaType: string): FileContent {
  const bytes = new TextEncoder().encode(text);
  let plain = "";
  for (const byte of bytes) plain += String.fromCharCode(byte);
  return { name, mediaType, base64: btoa(plain) };
}

/** Hands a text to the window to be saved. */
export function saveText(name: string, text: string, mediaType: string): boolean {
  return saveFile(fileOf(name, text, mediaType));
}
