import { expect, typeIntoPalette } from "./desk";
import { lookAt, type Part } from "./parts";

/** What opens over a screen or inside it: each looked at, and held to WCAG 2.2 AA. */
const parts: Part[] = [
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
    name: "shop-kinds",
    open: async ({ page, at }) => {
      await at("nav-connections").click();
      await at("conn-add-woocommerce").click();
      await expect(page.getByRole("dialog")).toBeVisible();
    },
  },
  {
    name: "webhooks",
    open: async ({ page, at }) => {
      await at("nav-connections").click();
      await page.locator("[data-testid^=hooks-open-]").first().click();
      await expect(at("hooks")).toBeVisible();
    },
  },
  {
    name: "rules",
    open: async ({ page, at }) => {
      await at("nav-connections").click();
      await page.locator("[data-testid^=flow-A]").first().click();
      await expect(at("flow-form-series")).toBeVisible();
      await page.waitForTimeout(1500);
    },
  },
  {
    name: "older-orders",
    open: async ({ page, at }) => {
      await at("nav-connections").click();
      await page.locator("[data-testid^=older-orders-A]").first().click();
      const make = at("backfill-make").or(at("backfill-another"));
      await expect(make).toBeVisible();
      if (await at("backfill-make").isVisible()) {
        await at("backfill-make").click();
        await expect(at("backfill-planned")).toBeVisible({ timeout: 20_000 });
      }
    },
  },
  {
    name: "palette",
    open: async ({ page }) => {
      await typeIntoPalette(page, "10440");
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

lookAt("what opens", parts);
