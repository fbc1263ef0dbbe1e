import path from "node:path";
import { audit } from "./audit";
import { type Desk, expect, look, looks, pictures, settle, test } from "./desk";

/** What opens over a screen or inside it: each looked at, and held to WCAG 2.2 AA. */
const parts: { name: string; open: (desk: Desk) => Promise<void> }[] = [
  {
    name: "bulk-plan",
    open: async ({ page, at }) => {
      await at("nav-invoices").click();
      await at("row-10440").click({ modifiers: ["Control"] });
      await at("row-10439").click({ modifiers: ["Control"] });
      await at("desk-bulk-storno").click();
      await expect(at("bulk-plan")).toBeVisible();
      await page.mouse.move(0, 0);
    },
  },
  {
    name: "jobs",
    open: async ({ at }) => {
      await at("nav-failures").click();
      await at("failures-tab-jobs").click();
    },
  },
  {
    name: "month",
    open: async ({ at }) => {
      await at("nav-reconcile").click();
      await at("reconcile-tab-month").click();
      await expect(at("month-close")).toBeVisible();
    },
  },
  {
    name: "views",
    open: async ({ at }) => {
      await at("nav-invoices").click();
      await at("saved-views").click();
    },
  },
  {
    name: "columns",
    open: async ({ at }) => {
      await at("nav-invoices").click();
      await at("desk-columns").click();
    },
  },
  {
    name: "search",
    open: async ({ page, at }) => {
      await at("nav-invoices").click();
      await at("list-search").fill("status:held nosuch:1 st");
      await page.waitForTimeout(600);
    },
  },
  {
    name: "record-notes",
    open: async ({ page, at }) => {
      await page.goto(page.url().replace(/#.*/, "#/invoices"));
      await at("row-10440").click();
      await at("drawer-tab-notes").click();
    },
  },
  {
    name: "palette",
    open: async ({ page }) => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type("10440");
      await page.waitForTimeout(500);
    },
  },
  {
    name: "shortcuts",
    open: async ({ page, at }) => {
      await at("nav-overview").focus();
      await page.keyboard.press("?");
      await expect(at("shortcuts")).toBeVisible();
    },
  },
];

for (const [language, theme] of looks) {
  test(`what opens stands up to WCAG 2.2 AA, ${language} ${theme}`, async ({ desk }) => {
    await look(desk, language, theme);
    for (const { name, open } of parts) {
      await open(desk);
      await settle(desk.page);
      await desk.page.screenshot({ path: path.join(pictures, `${language}-${theme}-${name}.png`) });
      await audit(desk, name);
      await desk.page.keyboard.press("Escape");
      await settle(desk.page);
    }
  });
}
