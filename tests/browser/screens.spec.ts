import path from "node:path";
import { audit } from "./audit";
import { type Desk, expect, look, looks, pictures, settle, test } from "./desk";

/** Every screen by its place in the navigation, and what must stand on it before it is looked at. */
const screens: { name: string; ready: string }[] = [
  { name: "overview", ready: "overview-today" },
  { name: "connections", ready: "conn-card-smartbill" },
  { name: "mappings", ready: "result-total" },
  { name: "orders", ready: "desk-summary" },
  { name: "invoices", ready: "row-10440" },
  { name: "failures", ready: "failure-group-tax_id_invalid" },
  { name: "reconcile", ready: "reconcile-last" },
  { name: "einvoice", ready: "board-sum-late" },
  { name: "inbox", ready: "inbox-show-refused" },
  { name: "activity", ready: "audit-verify" },
  { name: "settings", ready: "sandbox-switches" },
];

/** How much wider than its place the window's content is, and the screen's, which scrolls by itself. */
function wider({ page }: Desk) {
  return page.evaluate(() => {
    const main = document.querySelector("main");
    return {
      page: Math.max(0, document.documentElement.scrollWidth - window.innerWidth),
      main: main ? main.scrollWidth - main.clientWidth : Number.NaN,
    };
  });
}

for (const [language, theme] of looks) {
  test(`every screen stands up to WCAG 2.2 AA, ${language} ${theme}`, async ({ desk }) => {
    await look(desk, language, theme);
    for (const { name, ready } of screens) {
      await desk.at(`nav-${name}`).click();
      await expect(desk.at(ready).first()).toBeVisible();
      await settle(desk.page);
      await audit(desk, name);
      await desk.page.screenshot({ path: path.join(pictures, `${language}-${theme}-${name}.png`) });
    }
    await desk.at("nav-invoices").click();
    await desk.at("row-10439").click();
    for (const tab of ["timeline", "order", "draft", "attempts"]) {
      await desk.at(`drawer-tab-${tab}`).click();
      await settle(desk.page);
      await audit(desk, `record, ${tab}`);
      await desk.page.screenshot({ path: path.join(pictures, `${language}-${theme}-record-${tab}.png`) });
    }
    await desk.at("drawer-close").click();
  });
}

for (const width of [1024, 1280, 1920, 3840]) {
  test(`nothing is cut off at ${width} px`, async ({ desk }) => {
    await desk.page.setViewportSize({ width, height: Math.round((width * 10) / 16) });
    await look(desk, "ro", "light");
    for (const { name, ready } of screens) {
      await desk.at(`nav-${name}`).click();
      await expect(desk.at(ready).first()).toBeVisible();
      await settle(desk.page);
      expect.soft(await wider(desk), `${name} is wider than the window`).toEqual({ page: 0, main: 0 });
      await desk.page.screenshot({ path: path.join(pictures, `width-${width}-${name}.png`) });
    }
  });
}

/** Side by side, or a table of many columns: in 640 px these scroll sideways (WCAG 1.4.10 lets them). */
const WIDE = ["connections", "mappings", "einvoice"];

// a zoom of the window leaves so many CSS pixels of 1280 × 800
for (const zoom of [80, 125, 200]) {
  test(`every screen can be used at ${zoom} %`, async ({ desk }) => {
    const width = Math.round(128000 / zoom);
    await desk.page.setViewportSize({ width, height: Math.round(80000 / zoom) });
    for (const { name, ready } of screens) {
      await desk.at(`nav-${name}`).focus();
      await desk.page.keyboard.press("Enter");
      await expect(desk.at(ready).first()).toBeVisible();
      await settle(desk.page);
      await expect.soft(desk.page.getByRole("heading", { level: 1 }), name).toBeVisible();
      const found = await wider(desk);
      expect.soft(found.page, `${name} is wider than the window`).toBe(0);
      if (width >= 1024 || !WIDE.includes(name)) expect.soft(found.main, `${name} scrolls sideways`).toBe(0);
      await desk.page.screenshot({ path: path.join(pictures, `zoom-${zoom}-${name}.png`) });
    }
  });
}
