import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import { data, type Desk, dropped, expect } from "./desk";
import { lookAt, type Part } from "./parts";

/** The one column of the sheet that no heading suggests. */
async function chooseTotal(page: Page) {
  await page.getByTestId("import-column-total").click();
  await page.getByRole("option", { name: "De încasat" }).click();
  await expect(page.getByTestId("import-start")).toBeEnabled();
}

/** Opens the file that waits as if it stood so: it is over too soon to be looked at on its way. */
async function standing({ page, at }: Desk, state: object) {
  await page.route(/\/call\/imports\.(get|list)$/, async (route) => {
    const answer = await route.fetch();
    const told = (await answer.json()) as { imports?: { fileName: string }[] };
    const changed = told.imports?.map((one) => (one.fileName === "look.csv" ? { ...one, ...state } : one));
    await route.fulfill({ response: answer, json: changed ? { imports: changed } : { ...told, ...state } });
  });
  await page.reload();
  await at("nav-orders").click();
  await at("import-latest").click();
  await at("import-open-look.csv").click();
}

/** Whether this program was given its files: one that waits, for all looks, and one that was imported. */
let [waits, isOver] = [false, false];

/** An import of orders, step by step. */
const parts: Part[] = [
  {
    name: "import-look",
    open: async ({ at }) => {
      await at("nav-orders").click();
      if (waits) {
        await at("import-latest").click();
        await at("import-open-look.csv").click();
      } else {
        const buffer = await readFile(path.join(data, "orders-sheet.csv"));
        await at("import-file").first().setInputFiles({ name: "look.csv", mimeType: "text/csv", buffer });
        waits = true;
      }
      await expect(at("import-look")).toBeVisible();
      await expect(at("import-summary")).toHaveAttribute("data-missing", "true");
    },
  },
  {
    name: "import-columns",
    open: async ({ page, at }) => {
      await at("nav-orders").click();
      await at("import-latest").click();
      await at("import-open-look.csv").click();
      await chooseTotal(page);
    },
  },
  {
    name: "import-latest",
    open: async ({ at }) => {
      await at("nav-orders").click();
      await at("import-latest").click();
      await expect(at("import-open-look.csv")).toBeVisible();
    },
  },
  {
    name: "import-over",
    open: async ({ page, at }) => {
      await at("nav-orders").click();
      if (isOver) {
        await at("import-latest").click();
        await at("import-open-over.csv").click();
      } else {
        // orders of its own: another file's tests count theirs as new
        const text = (await readFile(path.join(data, "orders-sheet.csv"), "utf8")).replaceAll(/^C-2/gm, "L-2");
        await at("import-file").first().setInputFiles({ name: "over.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
        await chooseTotal(page);
        await at("import-start").click();
        isOver = true;
      }
      await expect(at("import-report")).toBeVisible();
      await expect(at("import-next")).toBeVisible();
    },
  },
  {
    name: "import-running",
    open: async (desk) => {
      await standing(desk, { state: "running", progress: 437, read: 41_812, new: 41_204, changed: 360, unchanged: 248, rejected: 17 });
      await expect(desk.at("import-running")).toBeVisible();
      await expect(desk.at("running-import")).toBeVisible();
    },
    close: async ({ page }) => page.unrouteAll({ behavior: "ignoreErrors" }),
  },
  {
    name: "import-interrupted",
    open: async (desk) => {
      await standing(desk, { state: "receiving", bytes: 48_200_000, received: 17_825_792 });
      await expect(desk.at("import-sending")).toBeVisible();
    },
    close: async ({ page }) => page.unrouteAll({ behavior: "ignoreErrors" }),
  },
  {
    name: "import-drop",
    open: async ({ page, at }) => {
      await dropped(page, "dragenter", ["a.csv", "b.csv"], "");
      await expect(at("import-drop")).toBeVisible();
    },
    close: async ({ page, at }) => {
      await dropped(page, "dragleave", ["a.csv", "b.csv"], "");
      await expect(at("import-drop")).toBeHidden();
    },
  },
];

lookAt("an import of orders", parts);
