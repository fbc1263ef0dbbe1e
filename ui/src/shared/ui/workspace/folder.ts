import type { WorkspaceInfo } from "../../../api/generated/api";

/** The name that Punte itself gives to a workspace's folder. */
const MADE = /^(.*[\\/]workspaces)[\\/](?:sandbox|ws_\w+)$/;

/** Where the next workspace will lie, as far as those tell that Punte made before. */
export function folderOfNew(workspaces: WorkspaceInfo[]): string | null {
  for (const { folder } of workspaces) {
    const beside = MADE.exec(folder)?.[1];
    if (beside) return beside;
  }
  return null;
}
