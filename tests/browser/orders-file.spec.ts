import { readFile } from "node:fs/promises";
import path from "node:path";
import { audit } from "./audit";
import { data, dropped, expect, look, settle, test } from "./desk";

const sheet = path.join(data, "orders-sheet.csv");

test("a sheet of orders is chosen, its columns are named, looked at, taken in, and what was not taken is saved", async ({ desk }) => {
  const { page, at } = desk;
  await look(desk, "en", "light");
  await at("nav-orders").click();
  await at("import-file").first().setInputFiles(sheet);
  await expect(at("import-look")).toBeVisible();
  await expect(at("import-facts")).toContainText("CSV · UTF-8 · columns parted by ;");
  await expect(at("import-rows")).toContainText("Ștefan Țurcanu");
  await expect(at("import-column-number")).toHaveValue("Nr. comandă");
  await expect(at("import-start")).toBeDisabled();
  await expect(at("import-summary")).toContainText("Total with VAT");

  await at("import-column-total").click();
  await page.getByRole("option", { name: "De încasat" }).click();
  await expect(at("import-taken")).toContainText("#C-2001");
  await expect(at("import-taken")).toContainText("RON 35.50");
  await expect(at("import-refused")).toContainText("#C-2010");
  await expect(at("import-refused")).toContainText("#C-2016");
  await expect(at("import-start")).toBeEnabled();

  // the columns can be worked by keyboard alone
  await at("import-column-customer.county").focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("option", { name: "no column" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(at("import-dialog")).toBeVisible();

  await at("import-start").click();
  await expect(at("import-over")).toBeVisible({ timeout: 30_000 });
  await expect(at("import-counts")).toContainText("New 22");
  await expect(at("import-counts")).toContainText("Not taken 2");
  await expect(at("import-next")).toContainText("No flow takes orders of");
  await expect(at("import-report")).toContainText("Unit price, line 1 of the order");

  const saving = page.waitForEvent("download");
  await at("import-csv").click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe("orders-sheet - not taken.csv");
  const lines = (await readFile(await saved.path(), "utf8")).replace("\uFEFF", "").trim().split("\r\n");
  expect(lines[0]).toBe("Line;Order;Field;Why");
  expect(lines).toHaveLength(3);

  // the address names it: it is there again after the window was loaded anew
  await page.reload();
  await expect(at("import-report")).toContainText("#C-2010");
  await page.keyboard.press("Escape");
  await expect(at("import-dialog")).toBeHidden();
  await at("list-search").fill("C-2001");
  await expect(at("row-C-2001")).toBeVisible();
});

test("the same file again is no order twice", async ({ desk }) => {
  const { page, at } = desk;
  await at("nav-overview").click();
  const text = await readFile(sheet, "utf8");
  await dropped(page, "dragenter", ["again.csv"], text);
  await expect(at("import-drop")).toContainText("Drop it to import orders");
  await dropped(page, "drop", ["again.csv"], text);
  await expect(at("import-drop")).toBeHidden();
  await expect(at("import-look")).toBeVisible();
  await at("import-column-total").click();
  await page.getByRole("option", { name: "De încasat" }).click();
  await at("import-start").click();
  await expect(at("import-counts")).toContainText("New 0", { timeout: 30_000 });
  await expect(at("import-counts")).toContainText("Unchanged 22");
  await at("import-close").click();
});

test("a file of another kind is refused with words, and one that waits can be discarded", async ({ desk }) => {
  const { page, at } = desk;
  await dropped(page, "drop", ["scan.pdf"], "%PDF");
  await expect(at("import-not-taken")).toContainText("scan.pdf");
  await expect(at("import-not-taken")).toContainText("Orders are read from CSV, XLSX and JSON files.");
  await page.keyboard.press("Escape");
  await dropped(page, "drop", ["note.csv"], "no;orders\r\nhere;at all\r\n");
  await expect(at("import-start")).toBeDisabled();
  await settle(page);
  await audit(desk, "a file without orders");
  await at("import-discard").click();
  await expect(at("import-dialog")).toBeHidden();
});

test("the columns are usable at 1024 px", async ({ desk }) => {
  const { page, at } = desk;
  await page.setViewportSize({ width: 1024, height: 640 });
  await dropped(page, "drop", ["narrow.csv"], await readFile(sheet, "utf8"));
  await expect(at("import-look")).toBeVisible();
  const wider = await page.evaluate(() => {
    const content = document.querySelector(".mantine-Modal-content");
    return content ? content.scrollWidth - content.clientWidth : Number.NaN;
  });
  expect(wider).toBe(0);
  await expect(at("import-start")).toBeInViewport();
  await at("import-discard").click();
});
