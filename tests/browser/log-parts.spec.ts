import { type Desk, expect } from "./desk";
import { lookAt, type Part } from "./parts";

async function log({ at }: Desk) {
  await at("nav-activity").click();
  await at("log-tab-log").click();
  await expect(at("log-follow")).toBeVisible();
}

const lines = ({ page }: Desk) => page.locator("[data-testid^='log-line-']");

/** What a command is answered with, as if it stood so. */
async function told({ page }: Desk, command: string, json: object) {
  await page.route(new RegExp(`/call/${command.replace(".", "\\.")}$`), (route) => route.fulfill({ json }));
}

const untold = ({ page }: Desk) => page.unrouteAll({ behavior: "ignoreErrors" });
const line = (at: number, level: string | null, message: string, more: object = {}) => ({
  at: `2026-11-27:${at}`,
  atMs: level === null ? null : Date.UTC(2026, 10, 27, 10, 0, at),
  level,
  target: level === null ? "" : "punte_engine::outbox",
  message,
  connection: null,
  order: null,
  document: null,
  ofMachine: level === null,
  fields: {},
  ...more,
});

/** The program's log on its screen and beside a record, and the bundle for whoever helps. */
const parts: Part[] = [
  {
    name: "log",
    open: async (desk) => {
      await log(desk);
      await expect(lines(desk).first()).toBeVisible();
    },
  },
  {
    name: "log-line",
    open: async (desk) => {
      const about = { order: "1042", document: "doc_0199a1b2c3d47e8f9a0b1c2d3e4f5061" };
      const levels = [
        line(50, "error", "the ledger cannot be written: nothing is sent until it can", { fields: { error: "database is locked" } }),
        line(40, "warn", "answered with no, or not at all", { ...about, fields: { elapsed_ms: 30012, kind: "timed_out", phase: "Unknown" } }),
        line(30, "info", "sending", { ...about, fields: { reference: "PNT-7K3QM4X2ZPV", trigger: "automatic" } }),
        line(20, "debug", "looked for at the provider", { ...about, fields: { verdict: "wait" } }),
        line(10, null, '{"timestamp":"2026-11-27T10:00:0'),
      ];
      await told(desk, "log.tail", { lines: levels, older: "2026-11-27:1", newer: null, isCut: true });
      await log(desk);
      await desk.at("log-line-2026-11-27:40").click();
      await expect(desk.at("log-facts")).toBeVisible();
    },
    close: untold,
  },
  {
    name: "log-none",
    open: async (desk) => {
      await log(desk);
      await desk.at("list-search").fill("nothing is like this");
      await expect(desk.at("empty")).toBeVisible();
    },
    close: async (desk) => {
      await desk.at("list-search").fill("");
      await expect(lines(desk).first()).toBeVisible();
    },
  },
  {
    name: "log-record",
    open: async (desk) => {
      await desk.at("nav-invoices").click();
      await desk.page.locator("[data-testid^='row-']").first().click();
      await expect(desk.at("drawer")).toBeVisible();
      await desk.at("drawer-tab-log").click();
      await expect(lines(desk).first()).toBeVisible();
      await lines(desk).first().click();
      await expect(desk.at("log-facts")).toBeVisible();
    },
  },
  {
    name: "support",
    open: async (desk) => {
      await desk.at("nav-settings").click();
      await desk.at("support").scrollIntoViewIfNeeded();
      await desk.at("support-preview").click();
      await expect(desk.at("support-save")).toBeVisible();
      await desk.at("support-part-log").getByRole("button").click();
      await expect(desk.at("support-text-log")).toContainText("timestamp");
      await desk.at("support-save").scrollIntoViewIfNeeded();
    },
  },
];

lookAt("The log", parts);
