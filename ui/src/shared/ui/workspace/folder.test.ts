import { expect, test } from "vitest";
import { here } from "../../../test/samples";
import { folderOfNew } from "./folder";

test("a new workspace lies where Punte made the others", () => {
  expect(folderOfNew([{ ...here, folder: "/home/ana/.local/share/punte/workspaces/sandbox" }])).toBe("/home/ana/.local/share/punte/workspaces");
  expect(folderOfNew([{ ...here, folder: "C:\\Users\\ana\\punte\\workspaces\\ws_01J9" }])).toBe("C:\\Users\\ana\\punte\\workspaces");
});

test("a folder that was chosen by hand does not tell where the next one lies", () => {
  expect(folderOfNew([{ ...here, folder: "/mnt/disk/workspaces/atelier" }])).toBeNull();
  expect(folderOfNew([])).toBeNull();
});
